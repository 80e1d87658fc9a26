"""Our means beside printed ones: a table a block."""

from typing import Any

import numpy as np
import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.printed import budgets_of, share
from fieldbench.figures.parts.style import Style
from fieldbench.tables.parts.latex import escape
from fieldbench.tables.parts.markdown import aligned

KINDS = ("here", "printed", "difference")


class Table:
    """Writes our means beside those printed elsewhere."""

    path = "published.{suffix}"
    suffixes = ("md", "tex")
    category = "published"
    caption = "Our means beside those printed elsewhere, with the source and what the numbers mean."
    reads = ("published", "published-ranks")

    def write(self, given: Given) -> str:
        write = {"md": to_markdown, "tex": to_latex}[given.names["suffix"]]
        cells, ranks = (given.tables[name] for name in self.reads)
        return write(cells, ranks, given.metrics, given.style)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each table that a study gets."""
    return [{}] if study.published else []


def to_markdown(
    cells: pd.DataFrame, ranks: pd.DataFrame, metrics: dict[str, Metric], style: Style
) -> str:
    """One table a block: three lines a model, then how alike the orders of models are."""
    parts = []
    for key in dict.fromkeys(cells["block"]):
        own, metric = cells[cells["block"] == key], metrics[_one(cells, key, "metric")]
        head = [style.metric(metric), "", *(f"{b:,}" for b in budgets_of(own))]
        lines = [head, *_lines(own, metric, style), *_rank_lines(own, ranks)]
        parts += [f"**{own['title'].iloc[0]}**", _about(own), aligned(lines)]
    return "\n\n".join(parts) + "\n"


def to_latex(
    cells: pd.DataFrame, ranks: pd.DataFrame, metrics: dict[str, Metric], style: Style
) -> str:
    """A booktabs table a block; the preamble needs \\usepackage{booktabs}."""
    tables = []
    for key in dict.fromkeys(cells["block"]):
        own, metric = cells[cells["block"] == key], metrics[_one(cells, key, "metric")]
        budgets = budgets_of(own)
        heads = [escape(style.metric(metric)), "", *(data.budget_text(b) for b in budgets)]
        caption = escape(f"{own['title'].iloc[0]}. {_about(own)}")
        lines = [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{caption}}}",
            rf"\label{{tab:published-{key}}}",
            rf"\begin{{tabular}}{{ll{'r' * len(budgets)}}}",
            r"\toprule",
            " & ".join(heads).replace(r"{\times}", r" \times ") + r" \\",
        ]
        for number, line in enumerate(_lines(own, metric, style)):
            lines += [r"\midrule"] if number % len(KINDS) == 0 else []
            lines.append(" & ".join(escape(text) for text in line) + r" \\")
        lines.append(r"\midrule")
        lines += [" & ".join(map(escape, line)) + r" \\" for line in _rank_lines(own, ranks)]
        tables.append("\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}"]))
    return "\n\n".join(tables) + "\n"


def _one(cells: pd.DataFrame, key: str, column: str) -> str:
    return cells.loc[cells["block"] == key, column].iloc[0]


def _about(own: pd.DataFrame) -> str:
    seeds = data.count_text(own["n"])
    near, known = (own["within"] == "yes").sum(), own["value"].notna().sum()
    failed = int(own["failures"].sum())
    lost = f"; {'one fit' if failed == 1 else f'{failed} fits'} failed" if failed else ""
    return (
        f"Means over {share(own)} ({seeds} fits each{lost}), beside those printed. {near} of "
        f"{known} are within {own['tolerance'].iloc[0]:g}. τ and ρ say how alike both order the "
        f"models of a column (Kendall's tau-b, Spearman's rho; 1: alike). {own['source'].iloc[0]}"
        f". {own['conventions'].iloc[0]}"
    )


def _lines(own: pd.DataFrame, metric: Metric, style: Style) -> list[list[str]]:
    """Three lines a model: here, printed, difference."""
    found = []
    for model in style.ordered(own["model"]):
        rows = own[own["model"] == model].set_index("budget")
        for kind, column in zip(KINDS, ("value", "printed", "difference"), strict=True):
            name = style.model(model).name if kind == KINDS[0] else ""
            cells = [_cell(rows, budget, column, metric) for budget in budgets_of(own)]
            found.append([name, kind, *cells])
    return found


def _cell(rows: pd.DataFrame, budget: int, column: str, metric: Metric) -> str:
    if budget not in rows.index or pd.isna(rows.loc[budget, column]):
        return "–"
    value = float(rows.loc[budget, column])
    if np.isinf(value):
        return "exact"
    digits = 2 if metric.get("unit") or column == "printed" else 3
    value = round(value, digits) + 0.0  # no minus before a zero
    return f"{value:{'+' if column == 'difference' else ''}.{digits}f}".replace("-", "−")


def _rank_lines(own: pd.DataFrame, ranks: pd.DataFrame) -> list[list[str]]:
    rows = ranks[ranks["block"] == own["block"].iloc[0]].set_index("budget")
    found = []
    for name, column in (("τ", "kendall"), ("ρ", "spearman")):
        values = [rows[column].get(budget, np.nan) for budget in budgets_of(own)]
        texts = ["–" if pd.isna(v) else f"{v:.2f}".replace("-", "−") for v in values]
        found.append(["Order of models" if name == "τ" else "", name, *texts])
    return found
