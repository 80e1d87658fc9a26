"""One metric as a table: models as rows, budgets as columns."""

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style
from fieldbench.plan.errors import UserError
from fieldbench.tables.parts.latex import escape
from fieldbench.tables.parts.means import summarise


class Table:
    """Writes one metric, models as rows and budgets as columns."""

    path = "{sets}{metric}.{suffix}"
    suffixes = ("md", "tex")
    category = "tables"
    caption = (
        "Mean ± population standard deviation over the fits of a cell; the best of each "
        "column is bold."
    )
    reads = ("scores",)
    needs = ("sets",)

    def write(self, given: Given) -> str:
        scores = data.together(given.tables["scores"], given.sets)
        write = {"md": to_markdown, "tex": to_latex}[given.names["suffix"]]
        return write(summarise(scores, list(given.metrics.values())), given.metric, given.style)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each table that a study gets."""
    parts = ("", "sets/") if study.sets else ("",)
    return [{"sets": part, "metric": m} for part in parts for m in study.metrics]


def to_markdown(summary: pd.DataFrame, metric: Metric, style: Style) -> str:
    """One table a task, family and label: models as rows, budgets as columns."""
    rows, budgets = _rows(summary, metric)
    head = [style.metric(metric), *(_plain_budget(b) for b in budgets)]
    parts = [_caption(rows, metric, style).replace("|", r"\|")]
    for title, lines in _blocks(rows, budgets, metric, style):
        table = [head, ["---"] + ["---:"] * len(budgets)]
        for name, cells in lines:
            spread = cells * len(budgets) if len(cells) == 1 else cells
            table.append([name, *(f"**{text}**" if best else text for text, best in spread)])
        lines = ["| " + " | ".join(c.replace("|", r"\|") for c in line) + " |" for line in table]
        parts.append("\n".join([f"**{title}**", "", *lines]))
    return "\n\n".join(parts) + "\n"


def to_latex(summary: pd.DataFrame, metric: Metric, style: Style) -> str:
    """A booktabs table of one metric; the preamble needs \\usepackage{booktabs}."""
    rows, budgets = _rows(summary, metric)
    width = len(budgets) + 1
    study = re.sub("[^a-z0-9]+", "-", rows["study"].iloc[0].lower())
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escape(_caption(rows, metric, style))}}}",
        rf"\label{{tab:{study}-{metric['name']}}}",
        rf"\begin{{tabular}}{{l{'r' * len(budgets)}}}",
        r"\toprule",
        " & ".join(["Model", *(_latex_budget(b) for b in budgets)]) + r" \\",
    ]
    for title, block in _blocks(rows, budgets, metric, style):
        lines += [r"\midrule", rf"\multicolumn{{{width}}}{{l}}{{\emph{{{escape(title)}}}}} \\"]
        for name, cells in block:
            texts = [rf"\textbf{{{escape(t)}}}" if best else escape(t) for t, best in cells]
            if len(cells) == 1 and len(budgets) > 1:
                texts = [rf"\multicolumn{{{len(budgets)}}}{{c}}{{{texts[0]}}}"]
            lines.append(" & ".join([escape(name), *texts]) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}"]) + "\n"


def _rows(summary: pd.DataFrame, metric: Metric) -> tuple[pd.DataFrame, list[int]]:
    rows = summary[summary["metric"] == metric["name"]]
    if rows.empty:
        raise UserError(f"No fit has the metric '{metric['name']}'.", "Name another metric.")
    if rows["study"].nunique() > 1:
        raise ValueError("a printed table shows one study")
    return rows, sorted(int(b) for b in rows["budget"].dropna().unique())


def _caption(rows: pd.DataFrame, metric: Metric, style: Style) -> str:
    """What the numbers are, how many fits are behind each, which are bold."""
    fits = data.count_text(rows["n"] + rows["failures"])
    counted = f"mean ± population standard deviation over {fits} fits"
    if (rows["n"] + rows["failures"]).max() == 1:
        counted = f"one fit each ({fits}), so no standard deviation"
    better = f"{metric['better']} is better, the best of a column in bold (controls left aside)"
    notes = [f"{style.metric(metric)}: {counted}", better]
    notes += [metric["parts_are"]] if metric.get("parts") else []
    if rows["exact"].any():
        notes.append("exact: reconstructed without error")
    if ((rows["failures"] > 0) & (rows["n"] > 0)).any():
        notes.append("(k/n): only k of n fits succeeded, the mean is theirs")
    if collapsed := int(rows["collapsed"].sum()):
        fits = "one fit is" if collapsed == 1 else f"{collapsed} fits are"
        notes.append(f"†: {fits} no better than a constant, and counted")
    return "; ".join(notes) + "."


def _blocks(rows: pd.DataFrame, budgets: list[int], metric: Metric, style: Style) -> list:
    """[(title, [(model's name, [(text, is best)])])]; a control has one cell for all budgets."""
    blocks = []
    for panel in style.ordered_panels(data.panels(rows)):
        own = data.rows_of(rows, panel)
        task, family, label = panel
        title = f"{style.task(task)}: {style.family(family)}"
        part = f", {metric['part_name']}" if metric.get("parts") else ""
        title += "" if np.isnan(label) else f"{part} {data.label_text(label)}"
        best = _best(own, metric)
        lines = []
        for model in style.ordered(own["model"]):
            cells = own[own["model"] == model]
            if model in data.CONTROLS:
                found = [(_text(row, metric), False) for row in cells.itertuples()]
            else:
                by_budget = {int(row.budget): row for row in cells.itertuples()}
                found = [_cell(by_budget.get(b), best.get(b), metric) for b in budgets]
            lines.append((style.model(model).name, found))
        blocks.append((title, lines))
    return blocks


def _best(rows: pd.DataFrame, metric: Metric) -> dict[int, float]:
    """The best mean at each budget among the models that are no controls."""
    fitted = rows[~data.is_control(rows) & rows["mean"].notna()]
    pick = "max" if metric["better"] == "higher" else "min"
    return {int(b): m for b, m in fitted.groupby("budget")["mean"].agg(pick).items()}


def _cell(row: tuple | None, best: float | None, metric: Metric) -> tuple[str, bool]:
    """A cell's text, and whether it is the best as printed: ties in print are all bold."""
    if row is None:
        return "–", False
    equal = best is not None and data.text_of(row.mean, metric) == data.text_of(best, metric)
    return _text(row, metric), equal and not math.isnan(row.mean)


def _text(row: tuple, metric: Metric) -> str:
    if row.n == 0:
        return str(row.failure).replace("-", " ") if row.failures else "–"
    text = data.text_of(row.mean, metric)
    if not math.isnan(row.std):
        text += f" ± {data.text_of(row.std, metric)}"
    fits = row.n + row.failures
    if 0 < row.exact < row.n:
        text += f" ({row.exact}/{fits})"
    elif row.failures:
        text += f" ({row.n}/{fits})"
    return text + ("†" if row.collapsed else "")


def _plain_budget(budget: int) -> str:
    return f"{budget:,}"


def _latex_budget(budget: int) -> str:
    return data.budget_text(budget).replace(r"{\times}", r" \times ")
