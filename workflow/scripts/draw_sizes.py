"""A study's scores in; one metric against parameters out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures.parts import tradeoff
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    scores = pd.read_csv(job.input[0])
    rows = scores[(scores["task"] == plan["task"]) & (scores["family"] == plan["family"])]
    metric, style = plan["metrics"][plan["metric"]], Style.of(plan["style"])
    drawn = tradeoff.draw(rows, metric, style, plan["composed"], plan["impossible"])
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
