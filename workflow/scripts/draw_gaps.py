"""A study's scores in; one metric less the reference's, against the budget, out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.analysis.bootstrap import interval
from fieldbench.figures import gaps
from fieldbench.figures.parts import data, selection
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    scores = data.together(pd.read_csv(job.input[0]), plan["sets"])
    metrics, base = plan["metrics"], plan["reference"]
    chosen = selection.best(scores, next(iter(metrics.values())), Style.of(plan["style"]))
    rows, metric = chosen.of(scores, keep=base.values()), metrics[plan["metric"]]
    drawn = gaps.draw(rows, metric, chosen.style, base, interval, chosen.note)
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
