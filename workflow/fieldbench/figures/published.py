"""Our means against printed ones, a figure a block."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import budget_lines, data, panels
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.printed import budgets_of, share
from fieldbench.figures.parts.style import INK, SMALL, Style, styled

SIDE, LINE, PER_LINE = 2.4, 0.155, 6  # inches a panel and a line of text; names a line of legend
BAND = "#e4e4e4"  # the tolerance


class Figure:
    """Draws our means against those printed elsewhere."""

    path = "published/{block}"
    category = "published"
    caption = "Our means beside those printed elsewhere, with the source and what the numbers mean."
    reads = ("published", "published-ranks")

    def draw(self, given: Given) -> Drawing:
        tables = (given.tables[name] for name in self.reads)
        cells, ranks = (table[table["block"] == given.names["block"]] for table in tables)
        metric = given.metrics[cells["metric"].iloc[0]]
        return draw(cells, ranks, metric, given.style)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"block": block} for block in study.published]


@styled()
def draw(cells: pd.DataFrame, ranks: pd.DataFrame, metric: Metric, style: Style) -> Drawing:
    """Draw one block: our mean against the printed one, and their difference by budget.

    On dashed lines both are equal; the grey beside them is the tolerance. Upright bars are the
    interval of our mean. Means at 100 dB and above are left out and counted.
    """
    top = data.CAP if data.is_capped(metric) else np.inf
    rows = cells[cells["value"].notna()].sort_values("budget", kind="stable")
    over = rows[["value", "printed"]].max(axis=1) >= top
    rows, beyond = rows[~over], int(over.sum())
    models = style.ordered(cells["model"])
    key, head = panels.model_key(models, style), _head(cells, ranks, rows, beyond)
    above, below = 0.12 + LINE * len(head), 0.42 + LINE * -(-len(key) // PER_LINE)
    drawn = look.figure(look.DOUBLE, above + SIDE + below)
    look.text_at(drawn, 0.06, 0.05, "\n".join(head), size=SMALL, linespacing=1.3)
    scatter = look.axes_at(drawn, 0.55, above, SIDE, SIDE)
    apart = look.axes_at(drawn, 0.55 + SIDE + 0.75, above, look.DOUBLE - SIDE - 1.4, SIDE)
    tolerance = float(cells["tolerance"].iloc[0])
    _identity(scatter, rows, tolerance)
    _difference(apart, rows, budgets_of(cells), tolerance)
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
    budget_lines.budget_axis(on, budgets)
    on.axhspan(-tolerance, tolerance, color=BAND, lw=0, zorder=0)
    on.axhline(0, color=INK, ls="dashed", lw=0.7, zorder=1)
    reach = 1.1 * max(rows["difference"].abs().max(), 1.5 * tolerance) if len(rows) else tolerance
    on.set_ylim(-reach, reach)


def _head(cells: pd.DataFrame, ranks: pd.DataFrame, rows: pd.DataFrame, over: int) -> list[str]:
    """The block's title, how much of it there is, and what the marks are: lines of text."""
    near, tolerance = (cells["within"] == "yes").sum(), cells["tolerance"].iloc[0]
    about = [
        f"{cells['title'].iloc[0]}: {share(cells)}",
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
