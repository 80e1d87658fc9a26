"""The tidy table of measurements in, one for readers out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import throughput_table
from fieldbench.figures.style import Style
from fieldbench.store import write_whole


def main(job: Any) -> None:
    plan = job.params.job
    rows, style = pd.read_csv(job.input[0]), Style.of(plan["style"])
    write_whole(job.output[0], throughput_table.to_markdown(rows, style, plan["dropped"]).encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
