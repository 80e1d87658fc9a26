"""A study's scores and timings in; one metric against seconds of training out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures.parts import tradeoff
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    tables = (pd.read_csv(job.input[name]) for name in ("scores", "timings"))
    scores, timings = (
        table[(table["task"] == plan["task"]) & (table["family"] == plan["family"])]
        for table in tables
    )
    metric, style = plan["metrics"][plan["metric"]], Style.of(plan["style"])
    drawn = tradeoff.draw(scores, metric, style, plan["composed"], plan["impossible"], timings)
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
