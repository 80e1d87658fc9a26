"""Kolmogorov-Arnold networks by their bases: a bar each, beside the best MLP of the study."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from fieldbench.figures.parts import data, ranking
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.composed import GREY, HATCHED, Composed, reasons
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style
from fieldbench.plan.errors import UserError

LEFT, RIGHT, ROW, LINE = 1.2, 0.42, 0.16, 0.14  # inches
BEST, MEDIAN, FLOOR = ("#d55e00", "dashed"), ("#0072b2", "dashed"), ("#777777", "dotted")
BETTER, WORSE = "#8da0bc", "#dcb3a3"  # than the constant


class Figure:
    """Draws the score of each basis of Kolmogorov-Arnold networks."""

    path = "bases/{task}/{family}-{metric}"
    category = "bases"
    caption = (
        "Kolmogorov-Arnold networks by their basis, at the largest budget: mean and one "
        "standard deviation over signals and seeds. Bars begin at the constant. Lines: the "
        "best and the median MLP of the study."
    )
    reads = ("scores",)
    needs = ("composed", "impossible")

    def draw(self, given: Given) -> Drawing:
        rows, parts = given.rows("scores"), given.plan["composed"]
        return draw(rows, given.metric, given.style, parts, given.plan["impossible"])


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"task": t, "family": f, "metric": m} for t, f, m in study.bases]


@look.styled()
def draw(
    scores: pd.DataFrame,
    metric: Metric,
    style: Style,
    composed: Composed,
    impossible: Sequence[Mapping[str, Any]],
) -> Drawing:
    """Draw one study, task and family of `scores` at its largest budget, the best basis on top.

    Bars begin at the constant control, so that their lengths are what was learned. Lines are at
    the best and at the median composed MLP that has a rank. Basis without a number: hatched.
    """
    every = ranking.ranks(scores, metric, impossible)
    ranked, floor = ranking.at_largest(every), ranking.level(every, "constant")
    kinds = ranked["model"].map(lambda m: "bases" if "bases" in composed.get(m, {}) else "others")
    own = ranked[kinds == "bases"]
    if own.empty:
        raise UserError("The study has no model of a basis.", "Add some, as in 'kan-fourier'.")
    own = own.iloc[np.lexsort([own["model"].to_numpy(), _worth(own["mean"], metric)])]
    mlps = ranked[ranked["model"].map(lambda m: "activations" in composed.get(m, {}))]
    levels = _levels(mlps[mlps["state"] == ranking.RANKED], floor, metric, style)
    head = _head(scores, own, metric, style, floor)
    top = 0.08 + (LINE + 0.01) * len(head)
    height = ROW * (len(own) + 1)
    key = 2 if len(levels) > 2 else 1
    drawn = look.figure(look.SINGLE + 1.1, top + height + 0.42 + LINE * key)
    for number, (line, size) in enumerate(head):
        look.text_at(drawn, 0.06, 0.05 + (LINE + 0.01) * number, line, size=size)
    on = look.axes_at(drawn, LEFT, top, look.SINGLE + 1.1 - LEFT - RIGHT, height)
    _bars(on, own, floor, metric)
    on.set_yticks(range(len(own)), [style.part(composed[m]["bases"]).name for m in own["model"]])
    for level, name, (colour, line) in levels:
        on.axvline(level, color=colour, ls=line, lw=1.0, zorder=3, label=name)
    _limits(on, own, [level for level, *_ in levels])
    on.set_xlabel(style.metric(metric), size=look.NORMAL)
    _ends(on, own, metric)
    if levels:
        drawn.legend(loc="lower center", ncols=2, borderaxespad=0.3, borderpad=0, handlelength=2.4)
    return drawn


def _worth(means: pd.Series, metric: Metric) -> np.ndarray:
    """Small for good means, infinite without one."""
    sign = -1 if metric["better"] == "higher" else 1
    return np.where(means.isna(), np.inf, sign * means)


def _levels(mlps: pd.DataFrame, floor: float, metric: Metric, style: Style) -> list[tuple]:
    """Where lines stand, what they are, and how they look."""
    levels = []
    if len(mlps):
        first = mlps.sort_values(["rank", "model"]).iloc[0]
        name = style.model(first["model"]).name
        levels.append((float(first["mean"]), f"best MLP ({name})", BEST))
        levels.append((float(mlps["mean"].median()), f"median of {len(mlps)} MLPs", MEDIAN))
    if np.isfinite(floor):
        levels.append(
            (floor, f"{style.model('constant').name} ({data.CONTROLS['constant']})", FLOOR)
        )
    return levels


def _bars(on: Axes, own: pd.DataFrame, floor: float, metric: Metric) -> None:
    rows = np.arange(len(own))
    means, spread = own["mean"].to_numpy(float), own["std"].to_numpy(float)
    known = ~np.isnan(means)
    start, sign = (floor if np.isfinite(floor) else 0.0), 1 if metric["better"] == "higher" else -1
    looks = [WORSE if sign * (mean - floor) < 0 else BETTER for mean in means[known]]
    on.barh(rows[known], means[known] - start, left=start, height=0.72, color=looks, lw=0)
    several = known & ~np.isnan(spread)
    if several.any():
        reach = spread[several]
        bars: dict[str, Any] = {
            "fmt": "none",
            "ecolor": look.INK,
            "elinewidth": 0.8,
            "capsize": 1.5,
        }
        on.errorbar(means[several], rows[several], xerr=reach, **bars)
    on.set_ylim(len(own) - 0.4, -0.6)
    on.tick_params(axis="y", length=0)
    on.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    on.grid(axis="x")
    on.set_axisbelow(True)


def _limits(on: Axes, own: pd.DataFrame, levels: Sequence[float]) -> None:
    """All bars, all lines, and some room."""
    spread = own["std"].fillna(0)
    found = [*(own["mean"] - spread).dropna(), *(own["mean"] + spread).dropna(), *levels]
    low, high = min(found, default=0.0), max(found, default=1.0)
    room = 0.04 * (high - low) or 0.5
    on.set_xlim(low - room, high + room)


def _ends(on: Axes, own: pd.DataFrame, metric: Metric) -> None:
    """Numbers beside the bars; who has none, hatched and with its state in words."""
    fit: Any  # a named tuple of the columns
    for row, fit in enumerate(own.itertuples()):
        at: dict[str, Any] = {
            "transform": on.get_yaxis_transform(),
            "va": "center",
            "size": look.NUMBERS,
        }
        if np.isnan(fit.mean):
            cannot = fit.state == ranking.IMPOSSIBLE
            fill = {"fc": look.ABSENT, **GREY} if cannot else {"fc": "white", **HATCHED}
            on.barh(row, 1, height=0.72, transform=at["transform"], **fill)
            box = {"fc": "white", "ec": "none", "pad": 1}
            on.text(0.5, row, fit.state, ha="center", bbox=box, **at)
        else:
            partly = "*" if fit.state == ranking.PARTLY else ""
            on.text(1.02, row, data.text_of(fit.mean, metric) + partly, **at)


def _head(
    scores: pd.DataFrame, own: pd.DataFrame, metric: Metric, style: Style, floor: float
) -> list[tuple[str, float]]:
    """Lines and their sizes: what is scored, and how."""
    title = f"{style.task(scores['task'].iloc[0])}: {style.family(scores['family'].iloc[0])}"
    spread = "mean ± 1 std" if own["of"].max() > 1 else "one fit a bar"
    notes = [
        f"KANs by their basis, budget {data.budget_text(own['budget'].iloc[0])}",
        f"{spread}, {data.count_text(own['of'])}; {metric['better']} is better",
    ]
    sign = 1 if metric["better"] == "higher" else -1
    worse = (sign * (own["mean"] - floor) < 0).any()
    if np.isfinite(floor):
        notes.append("bars begin at the constant" + (", reddish ones are worse" if worse else ""))
    if (own["state"] == ranking.PARTLY).any():
        notes.append("*: some fits failed, mean of the rest")
    for state in (ranking.FAILED, ranking.IMPOSSIBLE):
        without = own[own["state"] == state]
        if len(without):
            told = zip(without["model"], without["reason"], strict=True)
            notes.append(f"{state}: {reasons(told)}")
    width = int((look.SINGLE + 1.1) * 19)
    lines = textwrap.wrap("; ".join(notes), width)
    titled = textwrap.wrap(title, width * 13 // 19)
    return [*((line, look.LARGE) for line in titled), *((line, look.SMALL) for line in lines)]
