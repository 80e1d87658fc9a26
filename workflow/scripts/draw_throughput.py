"""The table of measurements in; how much faster, and how near to the machine's best, out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import throughput
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    save(throughput.draw(pd.read_csv(job.input[0]), Style.of(plan["style"])), job.output[0])


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
