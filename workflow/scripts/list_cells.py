"""The config in; every cell out, kept or dropped and why: on the terminal and in the log."""

from pathlib import Path
from typing import Any

import _job  # noqa: F401 (it finds the library)

from fieldbench.plan.jobs.files import cell_name
from fieldbench.plan.jobs.run import Run


def main(job: Any) -> None:
    run = Run(job.params.config, checks=False)
    lines = []
    for study, cells in run.cells.studies.items():
        for cell in cells:
            fit = run.cells.model(cell)
            name = cell_name(cell)
            lines.append(f"kept {study} {name} parameters={fit.parameters} {fit.backend}\n")
    for signal, why in run.cells.unreadable.items():
        lines.append(f"dropped {signal}: {why}\n")
    for study, cell, reason in run.cells.dropped:
        lines.append(f"dropped {study} {cell_name(cell)}: {reason}\n")
    Path(job.log[0]).write_text("".join(lines), encoding="utf-8")
    print("".join(lines), end="")


if __name__ == "__main__":
    main(snakemake)  # noqa: F821
