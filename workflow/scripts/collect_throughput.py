"""Measurements in, one tidy table out."""

from typing import Any

import _job

from fieldbench.results.store import write_whole
from fieldbench.speed import rates


def main(job: Any) -> None:
    write_whole(job.output[0], rates.table(job.input).encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
