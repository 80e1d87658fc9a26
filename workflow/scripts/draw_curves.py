"""A study's scores in; one metric against the budget out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import curves, data
from fieldbench.figures.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    scores = data.together(pd.read_csv(job.input[0]), plan["sets"])
    drawn = curves.draw(scores, plan["metrics"][plan["metric"]], Style.of(plan["style"]))
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
