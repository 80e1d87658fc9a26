"""Scores and timings of every study in; the summary of the run out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures.parts.style import Style
from fieldbench.numerics.bootstrap import interval
from fieldbench.report.summary import Study, to_markdown
from fieldbench.tables.parts import footer


def main(job: Any) -> None:
    plan = job.params.job
    tables = zip(plan["studies"], job.input.scores, job.input.timings, strict=True)
    studies = [
        Study(
            name=told["name"],
            question=told["question"],
            metric=told["metric"],
            style=Style.of(told["style"]),
            scores=pd.read_csv(scores),
            timings=pd.read_csv(timings),
        )
        for told, scores, timings in tables
    ]
    text = to_markdown(plan["preset"], studies, plan["left_out"], interval)
    footer.save(text, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
