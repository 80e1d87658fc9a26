"""What a few steps took in; what each study will take, on the terminal and in the log."""

import json
from pathlib import Path
from typing import Any

import _job  # noqa: F401 (it finds the library)

from fieldbench.plan.jobs.forecast import Forecast
from fieldbench.plan.jobs.run import Run


def main(job: Any) -> None:
    measured = json.loads(Path(job.input.steps).read_text(encoding="utf-8"))
    table = Forecast(Run(job.params.config), measured).table(job.params.cores)
    Path(job.log[0]).write_text(table + "\n", encoding="utf-8")
    print(table)
    print(f"Fit by fit, with what a cluster is asked for: {job.input.fits}")


if __name__ == "__main__":
    main(snakemake)  # noqa: F821
