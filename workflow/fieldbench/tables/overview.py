"""The overview of composed models over all tasks as a table: CSV, Markdown or LaTeX."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fieldbench.figures.parts import ranking
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.overview_ranks import Ranks, caption
from fieldbench.figures.parts.style import Style
from fieldbench.tables.parts.latex import escape

NONE = "–"


class Table:
    """Writes the ranks of composed models at every task."""

    path = "overview.{suffix}"
    suffixes = ("csv", "md", "tex")
    category = "overview"
    caption = (
        "Ranks of composed models at every task, among themselves, sorted by their mean. Who "
        "was asked for and has no rank counts as the last there."
    )
    reads = ("scores",)
    needs = ("columns", "composed", "impossible")
    scope = "overview"

    def write(self, given: Given) -> str:
        plan, columns = given.plan, [tuple(column) for column in given.plan["columns"]]
        ranks = Ranks.of(given.tables, columns, given.metrics, plan["composed"], plan["impossible"])
        if given.names["suffix"] == "csv":
            return to_csv(ranks, given.style)
        write = {"md": to_markdown, "tex": to_latex}[given.names["suffix"]]
        return write(ranks, given.metrics, given.style)


def to_csv(ranks: Ranks, style: Style) -> str:
    """A row a model and column: its rank, or why it has none, and its mean over all columns."""
    rows = [
        {
            "model": model,
            "name": style.model(model).name,
            "mean_rank": ranks.means[place],
            **dict(zip(("study", "task", "metric"), column, strict=True)),
            "rank": None if np.isnan(rank) else int(rank),
            "state": state,
        }
        for place, model in enumerate(ranks.models)
        for column, rank, state in zip(
            ranks.columns, ranks.ranks[place], ranks.states[place], strict=True
        )
        if state
    ]
    table = pd.DataFrame(rows).astype({"rank": "Int64"})
    return table.to_csv(index=False, lineterminator="\n")


def to_markdown(ranks: Ranks, metrics: Mapping[str, Metric], style: Style) -> str:
    """A row a model; the best of a column in bold."""
    head = ["model", "mean rank", *ranks.heads(style)]
    lines = [head, ["---"] + ["--:"] * (len(head) - 1)]
    for name, mean, cells in _lines(ranks, style):
        marked = [f"**{cell}**" if cell == "1" else cell for cell in cells]
        lines.append([name, mean, *marked])
    table = "\n".join(
        "| " + " | ".join(c.replace("|", r"\|") for c in line) + " |" for line in lines
    )
    return f"{caption(ranks, metrics, style)}\n\n{table}\n"


def to_latex(ranks: Ranks, metrics: Mapping[str, Metric], style: Style) -> str:
    """A table that breaks over pages; the preamble needs booktabs and longtable."""
    head = " & ".join(escape(word) for word in ["model", "mean rank", *ranks.heads(style)]) + r" \\"
    lines = [
        rf"\begin{{longtable}}{{l{'r' * (1 + len(ranks.columns))}}}",
        rf"\caption{{{escape(caption(ranks, metrics, style))}}}",
        r"\label{tab:overview} \\",
        *(r"\toprule", head, r"\midrule", r"\endfirsthead"),
        *(r"\toprule", head, r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot"),
    ]
    for name, mean, cells in _lines(ranks, style):
        marked = [rf"\textbf{{{cell}}}" if cell == "1" else escape(cell) for cell in cells]
        lines.append(" & ".join([escape(name), mean, *marked]) + r" \\")
    return "\n".join([*lines, r"\end{longtable}"]) + "\n"


def _lines(ranks: Ranks, style: Style) -> list[tuple[str, str, list[str]]]:
    """Name, mean rank, and a cell a column: a rank, or the state without one."""
    return [
        (
            style.model(model).name,
            f"{ranks.means[place]:.1f}",
            [
                f"{rank:.0f}" if state == ranking.RANKED else state or NONE
                for rank, state in zip(ranks.ranks[place], ranks.states[place], strict=True)
            ],
        )
        for place, model in enumerate(ranks.models)
    ]
