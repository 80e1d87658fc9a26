"""Tables, or a signal with fits and scores, in; a figure out."""

from typing import Any

import _job
import _drawing

from fieldbench.figures.parts.style import save
from fieldbench.plan.entries import registry


def main(job: Any) -> None:
    figure = registry.load("figures", job.params.job["entry"])()
    save(figure.draw(_drawing.given(job)), job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
