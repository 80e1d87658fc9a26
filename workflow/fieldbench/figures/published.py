"""Our means beside printed ones: a table a block, and a figure of one against the other."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fieldbench.figures import curves
from fieldbench.figures.parts import data, panels
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.style import INK, SMALL, Style, styled
from fieldbench.tables.summary import escape
from fieldbench.tables.throughput import aligned

KINDS = ("here", "printed", "difference")
SIDE, LINE, PER_LINE = 2.4, 0.155, 6  # inches a panel and a line of text; names a line of legend
BAND = "#e4e4e4"  # the tolerance


def to_markdown(
    cells: pd.DataFrame, ranks: pd.DataFrame, metrics: dict[str, Metric], style: Style
) -> str:
    """One table a block: three lines a model, then how alike the orders of models are."""
    parts = []
    for key in dict.fromkeys(cells["block"]):
        own, metric = cells[cells["block"] == key], metrics[_one(cells, key, "metric")]
        head = [style.metric(metric), "", *(f"{b:,}" for b in _budgets(own))]
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
        budgets = _budgets(own)
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


@styled()
def draw(cells: pd.DataFrame, ranks: pd.DataFrame, metric: Metric, style: Style) -> Figure:
    """Draw one block: our mean against the printed one, and their difference by budget.

    On dashed lines both are equal; the grey beside them is the tolerance. Upright bars are the
    interval of our mean. Means at 100 dB and above are left out and counted.
    """
    top = data.CAP if data.is_capped(metric) else np.inf
    rows = cells[cells["value"].notna()].sort_values("budget", kind="stable")
    over = rows[["value", "printed"]].max(axis=1) >= top
    rows, over = rows[~over], int(over.sum())
    models = style.ordered(cells["model"])
    key, head = panels.model_key(models, style), _head(cells, ranks, rows, over)
    above, below = 0.12 + LINE * len(head), 0.42 + LINE * -(-len(key) // PER_LINE)
    drawn = look.figure(look.DOUBLE, above + SIDE + below)
    look.text_at(drawn, 0.06, 0.05, "\n".join(head), size=SMALL, linespacing=1.3)
    scatter = look.axes_at(drawn, 0.55, above, SIDE, SIDE)
    apart = look.axes_at(drawn, 0.55 + SIDE + 0.75, above, look.DOUBLE - SIDE - 1.4, SIDE)
    tolerance = float(cells["tolerance"].iloc[0])
    _identity(scatter, rows, tolerance)
    _difference(apart, rows, _budgets(cells), tolerance)
    for model in models:
        own, how = rows[rows["model"] == model], panels.line_of(model, style)
        scatter.plot(own["printed"], own["value"], **(how | {"ls": ""}))
        reach = np.abs(own[["low", "high"]].to_numpy(float).T - own["value"].to_numpy())
        bars = {"fmt": "none", "elinewidth": 0.6, "ecolor": how["color"]}
        scatter.errorbar(own["printed"], own["value"], np.nan_to_num(reach), **bars)
        apart.plot(own["budget"], own["difference"], **how)
    name = style.metric(metric)
    scatter.set(xlabel=f"{name}, printed", ylabel=f"{name}, here")
    apart.set(xlabel="parameter budget", ylabel=f"{name}, here − printed")
    drawn.legend(
        handles=panels.across(key, PER_LINE),
        loc="lower center",
        ncols=PER_LINE,
        borderpad=0,
        borderaxespad=0.3,
    )
    return drawn


def _identity(on: Axes, rows: pd.DataFrame, tolerance: float) -> None:
    """Equal scales on both axes, the line of equals and the band of the tolerance."""
    values = rows[["printed", "value", "low", "high"]].to_numpy(float).ravel()
    values = values[~np.isnan(values)]
    low, high = (values.min(), values.max()) if len(values) else (0.0, 1.0)
    room = 0.04 * (high - low) + tolerance
    ends = np.array([low - room, high + room])
    on.fill_between(ends, ends - tolerance, ends + tolerance, color=BAND, lw=0, zorder=0)
    on.plot(ends, ends, color=INK, ls="dashed", lw=0.7, zorder=1)
    on.set(xlim=ends, ylim=ends, aspect="equal")


def _difference(on: Axes, rows: pd.DataFrame, budgets: list[int], tolerance: float) -> None:
    """The line of no difference and the band of the tolerance."""
    curves.budget_axis(on, budgets)
    on.axhspan(-tolerance, tolerance, color=BAND, lw=0, zorder=0)
    on.axhline(0, color=INK, ls="dashed", lw=0.7, zorder=1)
    reach = 1.1 * max(rows["difference"].abs().max(), 1.5 * tolerance) if len(rows) else tolerance
    on.set_ylim(-reach, reach)


def _head(cells: pd.DataFrame, ranks: pd.DataFrame, rows: pd.DataFrame, over: int) -> list[str]:
    """The block's title, how much of it there is, and what the marks are: lines of text."""
    near, tolerance = (cells["within"] == "yes").sum(), cells["tolerance"].iloc[0]
    about = [
        f"{cells['title'].iloc[0]}: {_share(cells)}",
        f"{near} of {len(rows) + over} means within {tolerance:g} (grey) of the printed one",
    ]
    if over:
        about.append(f"{over} of {data.CAP:g} dB or more, here or in print, not shown")
    taus = ranks["kendall"].dropna()
    if len(taus):
        about.append(f"order of models: Kendall's τ {_range(taus)} over {len(taus)} budgets")
    if rows["low"].notna().any():
        about.append("bars: 95% bootstrap interval of our mean")
    return textwrap.wrap("; ".join(about), int(look.DOUBLE * 17))


def _range(taus: pd.Series) -> str:
    low, high = (f"{v:.2f}".replace("-", "−") for v in (taus.min(), taus.max()))
    return low if low == high else f"{low} to {high}"


def _one(cells: pd.DataFrame, key: str, column: str) -> str:
    return cells.loc[cells["block"] == key, column].iloc[0]


def _budgets(own: pd.DataFrame) -> list[int]:
    return sorted(int(b) for b in own["budget"].unique())


def _share(own: pd.DataFrame) -> str:
    """How many of the signals behind the printed means ours are over."""
    counts = own.loc[own["signals"] > 0, "signals"]
    low, high = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    many = f"{low}" if low == high else f"{low} to {high}"
    return f"{many} of {int(own['of'].iloc[0])} {own['what'].iloc[0]}"


def _about(own: pd.DataFrame) -> str:
    seeds = data.count_text(own["n"])
    near, known = (own["within"] == "yes").sum(), own["value"].notna().sum()
    failed = int(own["failures"].sum())
    lost = f"; {'one fit' if failed == 1 else f'{failed} fits'} failed" if failed else ""
    return (
        f"Means over {_share(own)} ({seeds} fits each{lost}), beside those printed. {near} of "
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
            cells = [_cell(rows, budget, column, metric) for budget in _budgets(own)]
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
        values = [rows[column].get(budget, np.nan) for budget in _budgets(own)]
        texts = ["–" if pd.isna(v) else f"{v:.2f}".replace("-", "−") for v in values]
        found.append(["Order of models" if name == "τ" else "", name, *texts])
    return found
