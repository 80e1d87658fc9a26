"""Ranks as a table for readers: the best in bold, and below who has no rank, with the reason."""

import re
from typing import Any

import pandas as pd

from fieldbench.figures.parts import data, ranking
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style
from fieldbench.tables.parts.latex import escape
from fieldbench.tables.parts.markdown import number

WORDS = {ranking.PARTLY: "in part", ranking.FAILED: "failed", ranking.IMPOSSIBLE: "impossible"}
NOT_RANKED = "Not ranked"
RULE = ["--:", "---", "--:", "--:", "--:"]  # how columns line up
WORDS_RULE = ["---", "---", "--:", "---"]
Line = list[str]


class Table:
    """Writes the models of one task in the order of a metric."""

    path = "rankings/{task}/{metric}.{suffix}"
    suffixes = ("csv", "md", "tex")
    category = "rankings"
    caption = (
        "Models in the order of the study's leading metric: mean ± population standard "
        "deviation over signals and seeds. Below stand the controls, and models without a "
        "rank with the reason. Seconds are medians over fits and differ from run to run."
    )
    reads = ("scores", "timings")
    needs = ("impossible",)

    def write(self, given: Given) -> str:
        scores, timings = given.rows("scores"), given.rows("timings")
        rows = ranking.ranks(scores, given.metric, given.plan["impossible"], timings)
        if given.names["suffix"] == "csv":
            return to_csv(rows, given.style)
        write = {"md": to_markdown, "tex": to_latex}[given.names["suffix"]]
        return write(rows, given.metric, given.style)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each table that a study gets."""
    return [{"task": task, "metric": metric} for task, metric in study.rankings]


def to_csv(rows: pd.DataFrame, style: Style) -> str:
    """All of it, numbers in full, with each model's name for readers behind its own."""
    whole = rows.copy()
    names = [style.model(model).name for model in rows["model"]]
    whole.insert(list(whole.columns).index("model") + 1, "name", names)
    return whole.to_csv(index=False, lineterminator="\n")


def to_markdown(rows: pd.DataFrame, metric: Metric, style: Style) -> str:
    """For each budget a table of ranks, and below it one of those without."""
    parts = [_caption(rows, metric, style).replace("|", r"\|")]
    for budget, own in _budgets(rows):
        parts.append(f"**{_title(own, budget, style)}**")
        found = _lines(own, metric, style)
        ranked = [_bold(line, "**{}**") if first else line for line, first in found]
        parts.append(_table([_head(metric, style), *ranked], RULE))
        if others := _others(own, metric, style):
            head = ["model", "", style.metric(metric), "why"]
            parts += [f"**{NOT_RANKED}**", _table([head, *others], WORDS_RULE)]
    return "\n\n".join(parts) + "\n"


def to_latex(rows: pd.DataFrame, metric: Metric, style: Style) -> str:
    """A table that breaks over pages; the preamble needs booktabs and longtable."""
    study = re.sub("[^a-z0-9]+", "-", rows["study"].iloc[0].lower())
    label = f"tab:{study}-{rows['task'].iloc[0]}-{metric['name']}-ranks"
    head = " & ".join(escape(word) for word in _head(metric, style)) + r" \\"
    lines = [
        r"\begin{longtable}{rlrrr}",
        rf"\caption{{{escape(_caption(rows, metric, style))}}}",
        rf"\label{{{label}}} \\",
        *(r"\toprule", head, r"\midrule", r"\endfirsthead"),
        *(r"\toprule", head, r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot"),
    ]
    for place, (budget, own) in enumerate(_budgets(rows)):
        lines += [r"\midrule"] if place else []
        lines.append(_across(rf"\emph{{{escape(_title(own, budget, style))}}}"))
        for line, first in _lines(own, metric, style):
            cells = [escape(cell) for cell in line]
            lines.append(" & ".join(_bold(cells, r"\textbf{{{}}}") if first else cells) + r" \\")
        if others := _others(own, metric, style):
            lines += [r"\midrule", _across(rf"\emph{{{NOT_RANKED}}}")]
            for name, state, mean, why in others:
                told = escape("; ".join(word for word in (state, mean.strip("–"), why) if word))
                wide = rf"\multicolumn{{3}}{{p{{0.5\linewidth}}}}{{\raggedright {told}}}"
                lines.append(rf"-- & {escape(name)} & {wide} \\")
    return "\n".join([*lines, r"\end{longtable}"]) + "\n"


def _across(words: str) -> str:
    return rf"\multicolumn{{5}}{{l}}{{{words}}} \\"


def _table(lines: list[Line], rule: Line) -> str:
    """A Markdown table that lines up as text too."""
    lines = [[cell.replace("|", r"\|") for cell in line] for line in lines]
    widths = [max(4, *map(len, column)) for column in zip(*lines, strict=True)]
    shown = [lines[0], [r[0] + "-" * (w - 2) + r[-1] for r, w in zip(rule, widths, strict=True)]]
    shown += lines[1:]
    pads = [str.rjust if r.endswith(":") else str.ljust for r in rule]
    return "\n".join(
        "| " + " | ".join(p(c, w) for p, c, w in zip(pads, line, widths, strict=True)) + " |"
        for line in shown
    )


def _bold(line: Line, mark: str) -> Line:
    """Model and score marked, as those of the best."""
    return [mark.format(cell) if place in (1, 2) else cell for place, cell in enumerate(line)]


def _head(metric: Metric, style: Style) -> Line:
    return ["rank", "model", style.metric(metric), "parameters", "training (s)"]


def _budgets(rows: pd.DataFrame) -> list[tuple[int, pd.DataFrame]]:
    """Each budget and its rows, with the controls, which know none, behind."""
    controls = rows[rows["budget"].isna()]
    budgets = sorted(int(b) for b in rows["budget"].dropna().unique())
    return [(b, pd.concat([rows[rows["budget"] == b], controls])) for b in budgets]


def _title(rows: pd.DataFrame, budget: int, style: Style) -> str:
    """The task and the budget."""
    return f"{style.task(rows['task'].iloc[0])}, budget {budget:,}"


def _lines(rows: pd.DataFrame, metric: Metric, style: Style) -> list[tuple[Line, bool]]:
    """Lines of the ranked and whether each is the best as printed; then of the controls."""
    ranked = rows[rows["state"] == ranking.RANKED]
    first = data.text_of(ranked["mean"].iloc[0], metric) if len(ranked) else None
    shown = rows[rows["state"].isin([ranking.RANKED, ranking.CONTROL])]
    lines = []
    for row in shown.itertuples():
        control = row.state == ranking.CONTROL
        name = style.model(row.model).name
        name += f" ({data.CONTROLS.get(row.model, 'control')})" if control else ""
        size = "–" if pd.isna(row.parameters) or control else f"{int(row.parameters):,}"
        seconds = "–" if pd.isna(row.training_seconds) else number(row.training_seconds)
        rank = "–" if control else str(row.rank)
        best = not control and data.text_of(row.mean, metric) == first
        lines.append(([rank, name, _mean(row, metric), size, seconds], best))
    return lines


def _mean(row: tuple, metric: Metric) -> str:
    if not row.n:
        return "–"
    spread = f" ± {data.text_of(row.std, metric)}" if pd.notna(row.std) else ""
    return data.text_of(row.mean, metric) + spread


def _others(rows: pd.DataFrame, metric: Metric, style: Style) -> list[Line]:
    """Who has no rank: name, state, the mean of what there is, and why."""
    others = rows[rows["state"].isin(list(WORDS))]
    return [
        [style.model(row.model).name, WORDS[row.state], _mean(row, metric), row.reason]
        for row in others.itertuples()
    ]


def _caption(rows: pd.DataFrame, metric: Metric, style: Style) -> str:
    """What is ranked by what, over how many fits."""
    fitted = rows[rows["state"] != ranking.CONTROL]
    fits = data.count_text(fitted["of"])
    ranked = rows.groupby("budget")["rank"].count().max()
    notes = [
        f"{ranked} of {fitted['model'].nunique()} models ranked by {style.metric(metric)}",
        f"mean ± population standard deviation over {fits} fits, signals and seeds together",
        f"{metric['better']} is better, the best in bold; controls have no rank",
        "a model has a rank where each of its fits succeeded",
    ]
    notes += [f"scores above {data.CAP:g} dB count as {data.CAP:g} dB"] * data.is_capped(metric)
    if fitted["of"].max() == 1:
        notes[1] = f"one fit each ({fits}), so no standard deviation"
    notes.append("seconds: median over fits, not the same from run to run")
    return "; ".join(notes) + "."
