"""Score tables of the studies in, one table out."""

from typing import Any

import _job

from fieldbench.results import collecting
from fieldbench.results.store import write_whole


def main(job: Any) -> None:
    write_whole(job.output[0], collecting.join(job.input).encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
