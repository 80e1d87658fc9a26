"""The comparison with printed numbers in; ours against those of one block out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import published
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    tables = (pd.read_csv(job.input.cells), pd.read_csv(job.input.ranks))
    cells, ranks = (table[table["block"] == plan["block"]] for table in tables)
    metric = plan["metrics"][cells["metric"].iloc[0]]
    save(
        published.draw(cells, ranks, metric, Style.of(plan["style"])),
        job.output[0],
        job.params.stamp,
    )


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
