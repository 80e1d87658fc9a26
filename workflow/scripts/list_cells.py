"""The config in; every cell out, kept or dropped and why: on the terminal and in the log."""

from pathlib import Path
from typing import Any

import _job  # noqa: F401 (it finds the library)

from fieldbench.plan.jobs.listing import listing
from fieldbench.plan.jobs.run import Run


def main(job: Any) -> None:
    text = listing(Run(job.params.config, checks=False).cells) + "\n"
    Path(job.log[0]).write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main(snakemake)  # noqa: F821
