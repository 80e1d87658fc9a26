"""A folder of results in; those that are damaged are deleted, and named on the terminal and in the
log."""

from pathlib import Path
from typing import Any

import _job  # noqa: F401 (it finds the library)

from fieldbench.results.damage import clear


def main(job: Any) -> None:
    text = clear(Path(job.params.root))
    Path(job.log[0]).write_text(f"{text}\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main(snakemake)  # noqa: F821
