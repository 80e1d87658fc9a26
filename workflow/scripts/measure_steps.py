"""Planned fits in; what a few of their steps took on this machine out, as JSON."""

import json
from functools import partial
from typing import Any

import _job

from fieldbench.results.store import write_whole
from fieldbench.training.probe import measure_all


def main(job: Any) -> None:
    plan = job.params.job
    told = partial(_job.tell, job, "note")
    found = measure_all(plan["plans"], plan["points"], told)
    write_whole(job.output[0], json.dumps(found, indent=1).encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
