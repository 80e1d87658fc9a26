"""The config in; the chain behind the file that it names out, on the terminal and in the log."""

import sys
from pathlib import Path
from typing import Any

import _job

from fieldbench.explaining.asking import explain
from fieldbench.plan.errors import UserError


def main(job: Any) -> None:
    try:
        told = explain(job.params.config)
    except UserError as error:
        _job.refuse(job, error)
        sys.exit(1)
    Path(job.log[0]).write_text(told + "\n", encoding="utf-8")
    print(told)


if __name__ == "__main__":
    main(snakemake)  # noqa: F821
