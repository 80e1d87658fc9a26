"""Lines and marks over an axis of budgets."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from fieldbench.figures.parts import data, panels
from fieldbench.figures.parts.style import INK, Style
from fieldbench.results import statuses

FAILED, COLLAPSED = "x", "D"  # the marks of fits at the bottom of a panel


def axis_name(alone: bool) -> str:
    """What lies along the axis: ticks are at budgets, models lie where their true counts are."""
    return "parameter budget" if alone else "parameters (ticks at the budgets)"


def fates(on: Axes, rows: pd.DataFrame, models: Sequence[str], style: Style) -> None:
    """Marks at the budgets where fits of a model failed, or learnt no more than a constant."""
    marks(on, rows[rows["failures"] > 0], models, style, 0.04, FAILED)
    marks(on, rows[rows["collapsed"] > 0], models, style, 0.04, COLLAPSED)


def key(fits: pd.DataFrame) -> list[Line2D]:
    """The legend's entries of `fates`, where a fit of these has met one."""
    found = []
    if (~data.scored(fits)).any():
        found.append(Line2D([], [], color=INK, ls="", marker=FAILED, ms=4, label="failed fits"))
    if (fits["status"] == statuses.COLLAPSED).any():
        label = "fits no better than a constant"
        found.append(Line2D([], [], color=INK, ls="", marker=COLLAPSED, ms=4, label=label))
    return found


def budget_axis(on: Axes, budgets: Sequence[float]) -> None:
    """A logarithmic axis with a tick at each budget."""
    on.set_xscale("log")
    on.xaxis.set_minor_locator(NullLocator())
    # Where budgets are dense only round powers of ten are named.
    named = budgets if len(budgets) <= 4 else [b for b in budgets if np.log10(b) % 1 < 1e-9]
    on.set_xticks(budgets, [data.budget_text(b) if b in named else "" for b in budgets])
    margin = 1.35 if len(budgets) > 1 else 2.0
    on.set_xlim(budgets[0] / margin, budgets[-1] * margin)


def lines(on: Axes, rows: pd.DataFrame, models: Sequence[str], style: Style, alone: bool) -> None:
    """A line a model over its true counts; where there is but one budget, points side by side."""
    for number, model in enumerate(models):
        own = rows[rows["model"] == model]
        at = own["budget"].to_numpy()
        if alone:
            at = at * 10 ** (0.4 * ((number + 0.5) / len(models) - 0.5))
        elif own["parameters"].notna().all():
            at = own["parameters"].to_numpy()
        panels.draw_line(on, at, own, model, style)


def marks(
    on: Axes, rows: pd.DataFrame, models: Sequence[str], style: Style, height: float, marker: str
) -> None:
    """Marks at a height of the panel (0 bottom, 1 top), side by side where models share them."""
    marked = [m for m in models if (rows["model"] == m).any()]
    apart = np.diff(np.log10(np.sort(rows["budget"].unique()))).min(initial=np.inf)  # decades
    step = min(0.09, 0.85 * apart / max(1, len(marked)))
    for number, model in enumerate(marked):
        shift = 10 ** (step * (number - (len(marked) - 1) / 2))
        at = rows.loc[rows["model"] == model, "budget"].to_numpy() * shift
        on.plot(
            at,
            np.full(len(at), height),
            ls="",
            marker=marker,
            ms=4,
            clip_on=False,
            zorder=5,
            color=style.model(model).colour,
            transform=on.get_xaxis_transform(),
        )
