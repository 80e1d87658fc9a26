"""What a few steps took in; every fit's expected time and what it asks of a cluster out."""

import json
from pathlib import Path
from typing import Any

import _job

from fieldbench.plan.jobs.forecast import Forecast
from fieldbench.plan.jobs.run import Run
from fieldbench.results.store import write_whole


def main(job: Any) -> None:
    measured = json.loads(Path(job.input[0]).read_text(encoding="utf-8"))
    rows = Forecast(Run(job.params.config), measured).rows()
    write_whole(job.output[0], rows.encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
