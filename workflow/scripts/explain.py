"""The config in; the chain behind the file that it names out, on the terminal and in the log."""

import sys
from pathlib import Path
from typing import Any

import _job  # noqa: F401 (it finds the library)

from fieldbench.explaining.asking import explain
from fieldbench.plan.errors import UserError


def main(job: Any) -> None:
    try:
        told = explain(job.params.config)
    except UserError as error:
        sys.exit(f"explain: {error}")
    Path(job.log[0]).write_text(told + "\n", encoding="utf-8")
    print(told)


if __name__ == "__main__":
    main(snakemake)  # noqa: F821
