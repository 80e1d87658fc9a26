"""A study's timings in; what fits cost out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import timings
from fieldbench.figures.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    save(
        timings.draw(pd.read_csv(job.input[0]), Style.of(plan["style"])),
        job.output[0],
        job.params.stamp,
    )


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
