"""The config in; figures, tables and media that its preset makes no more are removed and named."""

from pathlib import Path
from typing import Any

import _job  # noqa: F401 (it finds the library)

from fieldbench.plan.jobs import leftovers, summaries
from fieldbench.plan.jobs.run import Run


def main(job: Any) -> None:
    run = Run(job.params.config, checks=False)
    files = leftovers.find(run)
    leftovers.remove(files)
    text = "".join(f"removed {file}\n" for file in files)
    text = text or f"Nothing below {run.paths.root} is left over.\n"
    if run.cells.unreadable or run.left_out:
        text = "".join(f"{line}\n" for line in summaries.left_out_lines(run.cells, run.left_out))
        text += "Nothing is removed while the plan lacks these.\n"
    Path(job.log[0]).write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main(snakemake)  # noqa: F821
