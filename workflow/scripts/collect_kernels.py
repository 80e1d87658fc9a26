"""Examined kernels in; one of their tidy tables out: kernels, responses or spectra."""

from typing import Any

import _job

from fieldbench.analysis import kernel_tables
from fieldbench.results.store import write_whole


def main(job: Any) -> None:
    kernel_tables.check(job.input, job.params.made_of)
    text = kernel_tables.table(job.input, job.params.job["what"])
    write_whole(job.output[0], text.encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
