"""A study's scores in, a table for readers out: all as CSV, or one metric as Markdown or LaTeX."""

from typing import Any

import _job
import pandas as pd

from fieldbench.analysis.bootstrap import interval
from fieldbench.figures.parts import data
from fieldbench.figures.parts.style import Style
from fieldbench.tables import summary as table
from fieldbench.tables.parts import footer


def main(job: Any) -> None:
    plan = job.params.job
    scores = data.together(pd.read_csv(job.input[0]), plan["sets"])
    metrics = list(plan["metrics"].values())
    if plan["suffix"] == "csv":
        text = table.to_csv(table.summarise(scores, metrics, interval, plan["reference"]))
    else:
        summary = table.summarise(scores, metrics)
        write = {"md": table.to_markdown, "tex": table.to_latex}[plan["suffix"]]
        text = write(summary, plan["metrics"][plan["name"]], Style.of(plan["style"]))
    footer.save(text, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
