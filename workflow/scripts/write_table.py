"""Tidy tables in; a table for readers out."""

from typing import Any

import _job
import _drawing

from fieldbench.plan.entries import registry
from fieldbench.tables.parts import footer


def main(job: Any) -> None:
    table = registry.load("tables", job.params.job["entry"])()
    footer.save(table.write(_drawing.given(job)), job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
