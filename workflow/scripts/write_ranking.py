"""A study's scores and timings in; the models of one task in the order of a metric out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures.parts import ranking
from fieldbench.figures.parts.style import Style
from fieldbench.tables import rankings
from fieldbench.tables.parts import footer


def main(job: Any) -> None:
    plan = job.params.job
    tables = (pd.read_csv(job.input[name]) for name in ("scores", "timings"))
    scores, timings = (table[table["task"] == plan["task"]] for table in tables)
    metric, style = plan["metrics"][plan["metric"]], Style.of(plan["style"])
    rows = ranking.ranks(scores, metric, plan["impossible"], timings)
    text = {
        "csv": lambda: rankings.to_csv(rows, style),
        "md": lambda: rankings.to_markdown(rows, metric, style),
        "tex": lambda: rankings.to_latex(rows, metric, style),
    }[plan["suffix"]]()
    footer.save(text, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
