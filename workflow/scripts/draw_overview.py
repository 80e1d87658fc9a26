"""Scores of all studies of composed models in; their ranks at every task, drawn, out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import overview
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    studies = dict.fromkeys(study for study, *_ in plan["columns"])
    scores = dict(zip(studies, map(pd.read_csv, job.input), strict=True))
    columns = [tuple(column) for column in plan["columns"]]
    about = (plan["metrics"], plan["composed"], plan["impossible"])
    ranks = overview.Ranks.of(scores, columns, *about)
    drawn = overview.draw(ranks, plan["metrics"], Style.of(plan["style"]))
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
