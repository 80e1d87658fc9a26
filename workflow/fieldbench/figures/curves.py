"""A metric against the budget: a line a model, a panel a task, family and label."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from fieldbench.figures.parts import budget_lines, data, panels, selection
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import INK, Style, styled


class Figure:
    """Draws a metric against the budget, a line a model."""

    path = "{sets}curves-{metric}"
    category = "curves"
    caption = (
        "Mean and one standard deviation over fits against the parameter budget, with floor "
        "and ceiling."
    )
    reads = ("scores",)
    needs = ("sets",)

    def draw(self, given: Given) -> Drawing:
        scores = data.together(given.tables["scores"], given.sets)
        chosen = selection.best(scores, given.lead, given.style)
        return draw(chosen.of(scores), given.metric, chosen.style, chosen.note)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    if study.clouds:
        return []
    parts = ("", "sets/") if study.sets else ("",)
    return [{"sets": part, "metric": m} for part in parts for m in study.metrics]


@styled()
def draw(scores: pd.DataFrame, metric: Metric, style: Style, note: str = "") -> Drawing:
    """Draw the mean and one standard deviation of `metric` over fits, against the budget.

    Floor and ceiling are the controls' means. Fits that failed leave a
    cross at the bottom, those that learnt no more than a constant a diamond.
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
    budgets = sorted(fitted["budget"].unique())
    drawn, axes = panels.start(
        layout,
        style,
        key,
        [*_notes(fitted, cut, metric), note],
        budget_lines.axis_name(len(budgets) == 1),
        style.metric(metric),
        metric,
    )
    for panel, on in axes.items():
        rows = data.averages(data.rows_of(cut, panel), ["model", "budget"], name)
        budget_lines.budget_axis(on, budgets)
        budget_lines.lines(on, rows, models, style, len(budgets) == 1)
        budget_lines.fates(on, rows, models, style)
        budget_lines.marks(on, rows[_over(rows, metric)], models, style, 0.97, "^")
        for control, level in levels[panel].items():
            own = style.model(control)
            on.axhline(level, color=own.colour, ls=own.line, lw=0.8, zorder=1)
    _limits(axes, cut, levels, metric)
    return drawn


def _over(rows: pd.DataFrame, metric: Metric) -> pd.Series:
    """The rows whose mean is at the cap."""
    return (rows["mean"] >= data.CAP) & data.is_capped(metric)


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
    key += budget_lines.key(fitted)
    if over:
        label = f"{data.CAP:g} dB or more"
        key.append(Line2D([], [], color=INK, ls="", marker="^", ms=4, label=label))
    return key


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
