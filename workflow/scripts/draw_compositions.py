"""A study's scores in; the score of every encoding with every activation out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import compositions
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    scores = pd.read_csv(job.input[0])
    rows = scores[(scores["task"] == plan["task"]) & (scores["family"] == plan["family"])]
    metric, style = plan["metrics"][plan["metric"]], Style.of(plan["style"])
    drawn = compositions.draw(rows, metric, style, plan["composed"], plan["impossible"])
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
