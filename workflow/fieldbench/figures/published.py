"""Our means beside printed ones: a table a block, and a figure of one against the other."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fieldbench.figures import data, panels
from fieldbench.figures import style as look
from fieldbench.figures.data import Metric
from fieldbench.figures.style import INK, SMALL, Style, styled
from fieldbench.figures.table import escape
from fieldbench.figures.throughput_table import aligned

KINDS = ("here", "printed", "difference")
HEIGHT, SIDE = 3.2, 2.55  # inches: without head and legend; the panel
LINE, PER_LINE = 0.155, 4  # inches a line of text; names a line of the legend


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
    """Draw one block: our mean against the printed one, a line a model from small to large.

    On the dashed line both are equal; the band beside it is the tolerance. Upright bars are the
    interval of our mean. Both are cut at 100 dB.
    """
    top = data.CAP if data.is_capped(metric) else np.inf
    shown = ["printed", "value", "low", "high"]
    rows = cells.assign(**cells[shown].astype(float).clip(upper=top))
    rows = rows[rows["value"].notna()].sort_values("budget", kind="stable")
    models = style.ordered(rows["model"])
    key = panels.model_key(models, style)
    lines = -(-len(key) // PER_LINE)
    head = _head(cells, ranks, rows)
    above, below = 0.1 + LINE * len(head.splitlines()), 0.42 + LINE * lines
    drawn = look.figure(look.SINGLE, above + SIDE + below)
    look.text_at(drawn, 0.06, 0.05, head, size=SMALL, linespacing=1.3)
    on = look.axes_at(drawn, (look.SINGLE - SIDE) / 2 + 0.1, above, SIDE, SIDE)
    _identity(on, rows, float(cells["tolerance"].iloc[0]))
    for model in models:
        own, how = rows[rows["model"] == model], panels.line_of(model, style)
        on.plot(own["printed"], own["value"], **(how | {"lw": 0.6}))
        reach = np.abs(own[["low", "high"]].to_numpy().T - own["value"].to_numpy())
        on.errorbar(own["printed"], own["value"], np.nan_to_num(reach), fmt="none",
                    elinewidth=0.7, ecolor=how["color"])  # fmt: skip
    name = style.metric(metric)
    on.set(xlabel=f"{name}, printed", ylabel=f"{name}, here")
    drawn.legend(handles=panels.across(key, PER_LINE), loc="lower center", ncols=PER_LINE,
                 columnspacing=0.9, handlelength=2.0, borderpad=0, borderaxespad=0.3)  # fmt: skip
    return drawn


def _identity(on: Axes, rows: pd.DataFrame, tolerance: float) -> None:
    """Equal scales on both axes, the line of equals and the band of the tolerance."""
    values = rows[["printed", "value"]].to_numpy().ravel()
    low, high = (values.min(), values.max()) if len(values) else (0.0, 1.0)
    room = 0.06 * (high - low) + tolerance
    ends = np.array([low - room, high + room])
    on.fill_between(ends, ends - tolerance, ends + tolerance, color="#e4e4e4", lw=0, zorder=0)
    on.plot(ends, ends, color=INK, ls="dashed", lw=0.7, zorder=1)
    on.set(xlim=ends, ylim=ends, aspect="equal")


def _head(cells: pd.DataFrame, ranks: pd.DataFrame, rows: pd.DataFrame) -> str:
    """The block's title, how much of it there is, and what the marks are."""
    near, tolerance = (cells["within"] == "yes").sum(), cells["tolerance"].iloc[0]
    taus = ranks["kendall"].dropna()
    lines = [
        f"{cells['title'].iloc[0]}: {_share(cells)}",
        f"{near} of {len(rows)} means within {tolerance:g} (grey) of the printed one",
    ]
    if len(taus):
        lines.append(f"order of models: Kendall's τ {_range(taus)} over {len(taus)} budgets")
    bars = bool(rows["low"].notna().any())
    lines.append("lines go from small budgets to large" + ("; bars: 95 % bootstrap" * bars))
    return "\n".join(lines)


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
    digits, sign = 2 if metric.get("unit") else 3, "+" if column == "difference" else ""
    return f"{value:{sign}.{digits}f}".replace("-", "−")


def _rank_lines(own: pd.DataFrame, ranks: pd.DataFrame) -> list[list[str]]:
    rows = ranks[ranks["block"] == own["block"].iloc[0]].set_index("budget")
    found = []
    for name, column in (("τ", "kendall"), ("ρ", "spearman")):
        values = [rows[column].get(budget, np.nan) for budget in _budgets(own)]
        texts = ["–" if pd.isna(v) else f"{v:.2f}".replace("-", "−") for v in values]
        found.append(["Order of models" if name == "τ" else "", name, *texts])
    return found
