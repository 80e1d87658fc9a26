"""A metric against the budget: a line a model, a panel a task, family and label."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from fieldbench.figures.parts import data, panels
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.style import INK, Style, styled


@styled()
def draw(scores: pd.DataFrame, metric: Metric, style: Style, note: str = "") -> Figure:
    """Draw the mean and one standard deviation of `metric` over fits, against the budget.

    Floor and ceiling are the controls' means. Fits that failed leave a cross at the bottom.
    Means at 100 dB and above, exact ones among them, are arrows at the top: to show them to
    scale would flatten all others. A `note` is said above.
    """
    name = metric["name"]
    frame = data.tidy_scores(data.unfolded(scores, metric), [name])
    fitted = data.fitted_rows(frame, name)
    cut, controls = data.capped(fitted, metric), frame[data.is_control(frame)]
    models, layout = style.ordered(fitted["model"]), panels.Layout.of(fitted, style)
    levels = {panel: _levels(cut, controls, panel, name) for panel in layout.places}
    means = data.averages(cut, [*data.PANEL, "model", "budget"], name)
    over = bool(_over(means, metric).any())
    key = panels.model_key(models, style) + _key(levels, fitted, style, over)
    drawn, axes = panels.start(
        layout,
        style,
        key,
        [*_notes(fitted, cut, metric), note],
        "parameter budget",
        style.metric(metric),
        metric,
    )
    budgets = sorted(fitted["budget"].unique())
    for panel, on in axes.items():
        rows = data.averages(data.rows_of(cut, panel), ["model", "budget"], name)
        budget_axis(on, budgets)
        lines(on, rows, models, style, len(budgets) == 1)
        marks(on, rows[rows["failures"] > 0], models, style, 0.04, "x")
        marks(on, rows[_over(rows, metric)], models, style, 0.97, "^")
        for control, level in levels[panel].items():
            own = style.model(control)
            on.axhline(level, color=own.colour, ls=own.line, lw=0.8, zorder=1)
    _limits(axes, cut, levels, metric)
    return drawn


def _over(rows: pd.DataFrame, metric: Metric) -> pd.Series:
    """The rows whose mean is at the cap."""
    return (rows["mean"] >= data.CAP) & data.is_capped(metric)


def lines(on: Axes, rows: pd.DataFrame, models: Sequence[str], style: Style, alone: bool) -> None:
    """A line a model; where there is but one budget, points side by side."""
    for number, model in enumerate(models):
        own = rows[rows["model"] == model]
        shift = 10 ** (0.4 * ((number + 0.5) / len(models) - 0.5)) if alone else 1.0
        panels.draw_line(on, own["budget"].to_numpy() * shift, own, model, style)


def _notes(fitted: pd.DataFrame, cut: pd.DataFrame, metric: Metric) -> list[str]:
    name = metric["name"]
    counts = fitted.groupby([*data.PANEL, "model", "budget"], dropna=False).size()
    spread = "mean ± 1 std" if counts.max() > 1 else "one fit a point, so no band"
    notes = [data.count_text(counts), spread]
    notes += ["lower is better"] if metric["better"] == "lower" else []
    notes += [metric["parts_are"]] if metric.get("parts") else []
    if (fitted[name] > cut[name]).any():
        notes.append(f"scores above {data.CAP:g} dB count as {data.CAP:g} dB")
    return notes


def _levels(
    cut: pd.DataFrame, controls: pd.DataFrame, panel: panels.Panel, name: str
) -> dict[str, float]:
    """The floor and the ceiling of a panel, where they are finite and near enough to be seen."""
    values = data.rows_of(cut, panel)[name].dropna()
    rows = data.rows_of(controls, panel)
    levels = {}
    for control in data.CONTROLS:
        level = rows.loc[rows["model"] == control, name].mean()
        if not np.isfinite(level):
            continue
        reach = max(values.max() - values.min(), 1e-9) if len(values) else np.inf
        far = max(values.min() - level, level - values.max(), 0) if len(values) else 0
        if control == "constant" or far <= 0.5 * reach:
            levels[control] = level
    return levels


def _key(levels: dict, fitted: pd.DataFrame, style: Style, over: bool) -> list[Line2D]:
    """The legend's entries beside the models'."""
    key = []
    for control, word in data.CONTROLS.items():
        own = style.model(control)
        if any(control in level for level in levels.values()):
            label = f"{own.name} ({word})"
            key.append(Line2D([], [], color=own.colour, ls=own.line, lw=0.8, label=label))
    if (fitted["status"] != "ok").any():
        key.append(Line2D([], [], color=INK, ls="", marker="x", ms=4, label="failed fits"))
    if over:
        label = f"{data.CAP:g} dB or more"
        key.append(Line2D([], [], color=INK, ls="", marker="^", ms=4, label=label))
    return key


def budget_axis(on: Axes, budgets: Sequence[float]) -> None:
    """A logarithmic axis with a tick at each budget."""
    on.set_xscale("log")
    on.xaxis.set_minor_locator(NullLocator())
    # Where budgets are dense only round powers of ten are named.
    named = budgets if len(budgets) <= 4 else [b for b in budgets if np.log10(b) % 1 < 1e-9]
    on.set_xticks(budgets, [data.budget_text(b) if b in named else "" for b in budgets])
    margin = 1.35 if len(budgets) > 1 else 2.0
    on.set_xlim(budgets[0] / margin, budgets[-1] * margin)


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


def _limits(axes: dict, cut: pd.DataFrame, levels: dict, metric: Metric) -> None:
    """Where some scores are at the cap, each group's scale ends above the highest other score."""
    if not data.is_capped(metric):
        return
    for panel, on in axes.items():
        group = cut[(cut["task"] == panel[0]) & (cut["family"] == panel[1])][metric["name"]]
        below = group[group < data.CAP]
        if below.empty or len(below) == group.notna().sum():
            continue
        low = min(
            [
                below.min(),
                *(v for p, own in levels.items() if p[:2] == panel[:2] for v in own.values()),
            ]
        )
        reach = max(below.max() - low, 1.0)
        on.set_ylim(low - 0.12 * reach, below.max() + 0.15 * reach)
