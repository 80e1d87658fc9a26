"""TITLE: how many fits each model has. Say what it holds."""

from typing import Any

from fieldbench.figures.parts.given import Given


class Table:
    """Writes a row a model. Say what it writes: this line is read by people."""

    path = "NAME.csv"  # its file: braces are the names that `wanted` gives
    suffixes = ("csv",)  # the formats; with `.{suffix}` in the path also md and tex
    category = "tables"  # the section of Snakemake's report
    caption = "The number of fits of each model. Say what readers see."
    reads = ("scores",)  # the study's tables: scores, history, timings, ...

    def write(self, given: Given) -> str:
        rows = given.tables["scores"]  # a row a fit
        counted = rows.groupby("model").size().rename("fits").reset_index()
        return counted.to_csv(index=False, lineterminator="\n")


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each table that a study gets; the plan calls this, without the imports."""
    return [{}]
