"""A study's scores in; the heatmap of one task, family and metric out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import heatmap
from fieldbench.figures.parts import selection
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    scores = pd.read_csv(job.input[0])
    rows = scores[(scores["task"] == plan["task"]) & (scores["family"] == plan["family"])]
    metrics, base = plan["metrics"], plan["reference"].get(plan["task"], "grid")
    chosen = selection.best(scores, next(iter(metrics.values())), Style.of(plan["style"]))
    rows, metric = chosen.of(rows, keep=[base]), metrics[plan["metric"]]
    drawn = heatmap.draw(rows, metric, chosen.style, base, chosen.note)
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
