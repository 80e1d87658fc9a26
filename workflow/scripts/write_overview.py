"""Scores of all studies of composed models in; their ranks at every task, as a table, out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import overview
from fieldbench.figures.parts.style import Style
from fieldbench.tables import overview as overview_table
from fieldbench.tables.parts import footer


def main(job: Any) -> None:
    plan = job.params.job
    studies = dict.fromkeys(study for study, *_ in plan["columns"])
    scores = dict(zip(studies, map(pd.read_csv, job.input), strict=True))
    columns = [tuple(column) for column in plan["columns"]]
    metrics, style = plan["metrics"], Style.of(plan["style"])
    ranks = overview.Ranks.of(scores, columns, metrics, plan["composed"], plan["impossible"])
    text = {
        "csv": lambda: overview_table.to_csv(ranks, style),
        "md": lambda: overview_table.to_markdown(ranks, metrics, style),
        "tex": lambda: overview_table.to_latex(ranks, metrics, style),
    }[plan["suffix"]]()
    footer.save(text, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
