"""A study's scores in; one metric against the budget out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import curves
from fieldbench.figures.parts import data, selection
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    scores = data.together(pd.read_csv(job.input[0]), plan["sets"])
    metrics, style = plan["metrics"], Style.of(plan["style"])
    chosen = selection.best(scores, next(iter(metrics.values())), style)
    metric = metrics[plan["metric"]]
    drawn = curves.draw(chosen.of(scores), metric, chosen.style, chosen.note)
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
