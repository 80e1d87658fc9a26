"""A study's scores in; our means beside printed numbers, or both orders of models, out."""

from typing import Any

import _job

from fieldbench.analysis import published
from fieldbench.figures.parts.data import CAP
from fieldbench.results.store import write_whole


def main(job: Any) -> None:
    plan = job.params.job
    write = {"published": published.published, "published-ranks": published.rankings}
    text = write[plan["what"]](job.input[0], plan["study"], plan["blocks"], CAP)
    write_whole(job.output[0], text.encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
