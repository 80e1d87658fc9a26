"""The config in; every cell on standard output, one a line, kept or dropped and why."""

from typing import Any

import _job

from fieldbench.plan.run import Run


def main(job: Any) -> None:
    run = Run(job.params.config)
    for study, cells in run.cells.studies.items():
        for cell in cells:
            fit = run.cells.fits[cell]
            print(f"kept {study} {run.cell_name(cell)} parameters={fit.parameters} {fit.backend}")
    for study, cell, reason in run.cells.dropped:
        print(f"dropped {study} {run.cell_name(cell)}: {reason}")


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
