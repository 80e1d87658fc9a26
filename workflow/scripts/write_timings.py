"""A study's timings in; what its models cost out, as CSV, Markdown or LaTeX."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.style import Style
from fieldbench.tables import timings_by_model
from fieldbench.tables.parts import footer


def main(job: Any) -> None:
    plan = job.params.job
    timings = data.folded(pd.read_csv(job.input[0]), plan["sets"])
    rows, style = timings_by_model.summarise(timings), Style.of(plan["style"])
    text = {
        "csv": lambda: timings_by_model.to_csv(rows),
        "md": lambda: timings_by_model.to_markdown(rows, style),
        "tex": lambda: timings_by_model.to_latex(rows, style),
    }[plan["suffix"]]()
    footer.save(text, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
