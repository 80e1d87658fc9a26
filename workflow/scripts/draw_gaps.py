"""A study's scores in; one metric less the reference's, against the budget, out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.analysis.bootstrap import interval
from fieldbench.figures import data, gaps
from fieldbench.figures.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    scores = data.together(pd.read_csv(job.input[0]), plan["sets"])
    metric, style = plan["metrics"][plan["metric"]], Style.of(plan["style"])
    save(
        gaps.draw(scores, metric, style, plan["reference"], interval),
        job.output[0],
        job.params.stamp,
    )


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
