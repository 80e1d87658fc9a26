"""A table of kernels in; eigenvalues, rates by frequency, a map of them, or drift, drawn, out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures.parts import kernels
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    draw = getattr(kernels, plan["look"])
    save(draw(pd.read_csv(job.input[0]), plan["place"], Style.of(plan["style"])), job.output[0])


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
