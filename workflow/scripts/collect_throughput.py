"""Measurements in, one tidy table out."""

from typing import Any

import _job

from fieldbench import rates
from fieldbench.store import write_whole


def main(job: Any) -> None:
    write_whole(job.output[0], rates.table(job.input).encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
