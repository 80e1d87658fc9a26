"""Every score of a study as a table for machines, with its spread and count."""

from typing import Any

import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.given import Given
from fieldbench.numerics.bootstrap import interval
from fieldbench.tables.parts.means import summarise


class Table:
    """Writes every score of a study with its spread, count and interval."""

    path = "{sets}summary.csv"
    suffixes = ("csv",)
    category = "tables"
    caption = (
        "Every score of the study: mean, population standard deviation and 95 % bootstrap "
        "interval over the fits of a cell, and the mean gap to the reference with its own."
    )
    reads = ("scores",)
    needs = ("sets", "reference")

    def write(self, given: Given) -> str:
        scores, metrics = data.together(given.tables["scores"], given.sets), given.metrics.values()
        return to_csv(summarise(scores, list(metrics), interval, given.plan["reference"]))


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each table that a study gets."""
    parts = ("", "sets/") if study.sets else ("",)
    return [{"sets": part} for part in parts]


def to_csv(summary: pd.DataFrame) -> str:
    """All of a summary, numbers in full; what does not exist is empty."""
    return summary.to_csv(index=False, lineterminator="\n")
