"""The comparison with printed numbers in; a table for readers out, in Markdown or LaTeX."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import published
from fieldbench.figures.parts.style import Style
from fieldbench.tables.parts import footer


def main(job: Any) -> None:
    plan = job.params.job
    write = {"md": published.to_markdown, "tex": published.to_latex}[plan["suffix"]]
    cells, ranks = pd.read_csv(job.input.cells), pd.read_csv(job.input.ranks)
    text = write(cells, ranks, plan["metrics"], Style.of(plan["style"]))
    footer.save(text, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
