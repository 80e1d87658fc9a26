"""A metric against what it costs, parameters or seconds, and the models that nothing beats."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from fieldbench.figures.parts import data, panels, ranking
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.composed import Composed
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.style import ModelStyle, Style

LEFT, NAMES, HEIGHT, LINE = 0.55, 1.75, 2.9, 0.14  # inches: beside the points, and of them
APART = 0.15  # inches between two names
FAR = 3.0  # interquartile ranges beyond the worse quartile, below which points are at the edge
WIDE = 3.0  # a ratio of costs from which their axis is logarithmic
COSTS = {"parameters": "parameters", "training_seconds": "training (s)"}  # column to axis


@dataclass(frozen=True)
class Points:
    """Models with a rank: what each costs, its mean score, and whether nothing beats it."""

    models: tuple[str, ...]
    costs: np.ndarray
    values: np.ndarray
    front: np.ndarray  # booleans

    @classmethod
    def of(cls, ranked: pd.DataFrame, cost: str, metric: Metric) -> "Points":
        """Of ranks at one budget; who has no rank or no known cost is left out."""
        rows = ranked[(ranked["state"] == ranking.RANKED) & ranked[cost].notna()]
        rows = rows.sort_values("model")
        costs, values = rows[cost].to_numpy(float), rows["mean"].to_numpy(float)
        good = values if metric["better"] == "higher" else -values
        return cls(tuple(rows["model"]), costs, values, front(costs, good))


def front(costs: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Whether no other costs at most as much and is at least as good, one of both strictly."""
    beaten = [
        bool(np.any((costs <= c) & (good >= g) & ((costs < c) | (good > g))))
        for c, g in zip(costs, good, strict=True)
    ]
    return ~np.array(beaten, bool)


@look.styled()
def draw(
    scores: pd.DataFrame,
    metric: Metric,
    style: Style,
    composed: Composed,
    impossible: Sequence[Mapping[str, Any]],
    timings: pd.DataFrame | None = None,
) -> Figure:
    """Draw one study, task and family of `scores` at its largest budget.

    Against seconds where there are `timings`, which differ from run to run, else parameters.
    """
    cost = "parameters" if timings is None else "training_seconds"
    ranked = ranking.at_largest(ranking.ranks(scores, metric, impossible, timings))
    points = Points.of(ranked, cost, metric)
    limits, beyond = _limits(points, metric)
    key = _key(points, composed, style)
    head = _head(scores, ranked, metric, style, len(points.models), int(beyond.sum()))
    top = 0.1 + (LINE + 0.01) * len(head)
    per_line = min(len(key), 6)
    drawn = look.figure(look.DOUBLE, top + HEIGHT + 0.45 + LINE * -(-len(key) // per_line))
    for number, (line, size) in enumerate(head):
        look.text_at(drawn, 0.06, 0.05 + (LINE + 0.01) * number, line, size=size)
    on = look.axes_at(drawn, LEFT, top, look.DOUBLE - LEFT - NAMES, HEIGHT)
    on.set_ylim(*limits)
    on.set_ylabel(style.metric(metric), size=look.NORMAL)
    on.set_xlabel(COSTS[cost], size=look.NORMAL)
    on.grid(axis="both")
    on.set_axisbelow(True)
    if points.models:  # all may have failed
        cost_axis(on, points.costs)
        heights = np.where(beyond, limits[0], points.values)
        _scatter(on, points, heights, beyond, [_look(m, composed, style) for m in points.models])
        _draw_front(on, points, heights, style)
    place: dict[str, Any] = {
        "loc": "lower center",
        "ncols": per_line,
        "borderpad": 0,
        "borderaxespad": 0.3,
    }
    drawn.legend(handles=panels.across(key, per_line), handletextpad=0.4, **place)
    return drawn


def _scatter(
    on: Axes,
    points: Points,
    heights: np.ndarray,
    beyond: np.ndarray,
    looks: Sequence[ModelStyle],
) -> None:
    """A mark a model; a triangle down for those that are beyond the scale."""
    for own, x, y, far in zip(looks, points.costs, heights, beyond, strict=True):
        marker, size = ("v", 16) if far else (own.marker, 22)
        edges: dict[str, Any] = {"linewidths": 0.4, "edgecolors": "white", "clip_on": False}
        on.scatter(x, y, size, own.colour, marker=marker, zorder=3, **edges)


def _look(model: str, composed: Composed, style: Style) -> ModelStyle:
    """An MLP by its encoding, a KAN as its frame, others as themselves."""
    parts = composed.get(model)
    if parts is None:
        return style.model(model)
    own = style.part(parts.get("encodings", parts["models"]))
    marker = "o" if "encodings" in parts else "^"
    return ModelStyle(own.name or parts["models"], own.colour, "", marker)


def _key(points: Points, composed: Composed, style: Style) -> list[Line2D]:
    """An entry a look, in the order of encodings, frames, others; and the front."""
    looks = {}
    for model in points.models:
        own = _look(model, composed, style)
        name = f"MLP, {own.name}" if "encodings" in composed.get(model, {}) else own.name
        place = 0 if own.marker == "o" and model in composed else 1 if model in composed else 2
        looks[place, name] = own
    entries = [
        Line2D([], [], ls="", marker=own.marker, color=own.colour, ms=4.5, label=name)
        for (_, name), own in sorted(looks.items(), key=lambda item: item[0])
    ]
    return [*entries, Line2D([], [], color=look.INK, lw=0.9, label="Pareto front")]


def _limits(points: Points, metric: Metric) -> tuple[tuple[float, float], np.ndarray]:
    """The worse and the better end of the scale, and which points are beyond the worse one."""
    sign = 1 if metric["better"] == "higher" else -1
    good = sign * points.values
    if not good.size:
        return (0.0, 1.0), np.zeros(0, bool)
    low, high = np.quantile(good, [0.25, 0.75])
    far = good < low - FAR * max(high - low, 1e-12)
    worst, best = good[~far].min(), good.max()
    room = 0.05 * (best - worst) or 0.5
    return (float(sign * (worst - room)), float(sign * (best + room))), far


def cost_axis(on: Axes, costs: np.ndarray) -> None:
    """An axis of costs: logarithmic where they differ much."""
    low, high = costs.min(), costs.max()
    if high > WIDE * low > 0:
        on.set_xscale("log")
        room = (high / low) ** 0.04
        on.set_xlim(low / room, high * room)
        on.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        on.xaxis.set_minor_locator(NullLocator())
    else:
        room = 0.05 * (high - low) or max(0.05 * high, 1.0)
        on.set_xlim(low - room, high + room)
        on.xaxis.set_major_locator(MaxNLocator(6))
    on.xaxis.set_major_formatter(FuncFormatter(lambda cost, _: f"{cost:,.6g}"))


def _draw_front(on: Axes, points: Points, heights: np.ndarray, style: Style) -> None:
    """The line of what can be had for a cost, and its models' names in a column beside it."""
    order = np.lexsort([heights[points.front], points.costs[points.front]])
    costs, values = points.costs[points.front][order], heights[points.front][order]
    names = np.array(points.models, object)[points.front][order]
    ends = [*costs, on.get_xlim()[1]], [*values, values[-1]]
    on.plot(*ends, drawstyle="steps-post", color=look.INK, lw=0.9, zorder=2)
    on.scatter(costs, values, 34, "none", linewidths=0.8, edgecolors=look.INK, zorder=4)
    seen = on.transAxes.inverted().transform(
        on.transData.transform(np.column_stack([costs, values]))
    )
    line: dict[str, Any] = {"arrowstyle": "-", "lw": 0.5, "color": "#b0b0b0", "relpos": (0, 0.5)}
    line |= {"shrinkA": 1, "shrinkB": 3, "zorder": 1}
    about: dict[str, Any] = {
        "va": "center",
        "size": look.SMALL,
        "arrowprops": line,
        "annotation_clip": False,
    }
    places = spread(list(seen[:, 1]), APART / HEIGHT)
    for name, cost, value, place in zip(names, costs, values, places, strict=True):
        words, at = style.model(name).name, (1.04, place)
        on.annotate(words, (cost, value), at, textcoords="axes fraction", **about)


def spread(wanted: Sequence[float], step: float) -> list[float]:
    """Places in [0, 1] near the wanted ones, in their order, a step apart where that has room."""
    step = min(step, 1 / max(1, len(wanted)))
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    places = [0.0] * len(wanted)
    above = -step
    for k in order:
        above = places[k] = max(wanted[k], above + step)
    below = 1 + step
    for k in reversed(order):
        below = places[k] = min(places[k], below - step)
    return places


def _head(
    scores: pd.DataFrame,
    ranked: pd.DataFrame,
    metric: Metric,
    style: Style,
    shown: int,
    beyond: int,
) -> list[tuple[str, float]]:
    """Lines and their sizes: what is scored, over what, and who is not shown."""
    title = f"{style.task(scores['task'].iloc[0])}: {style.family(scores['family'].iloc[0])}"
    mean = "mean over" if ranked["of"].max() > 1 else ""
    notes = [
        f"{shown} models at budget {data.budget_text(ranked['budget'].iloc[0])}",
        f"{mean} {data.count_text(ranked['of'])} {'fits' if mean else 'fit'} a point".strip(),
        f"{metric['better']} is better",
        "named: no model is as good for less",
    ]
    absent = ranked["model"].nunique() - shown
    notes += [f"{absent} without a rank left out"] if absent else []
    notes += [f"{beyond} far below at the edge (triangles down)"] if beyond else []
    lines = textwrap.wrap("; ".join(notes), int(look.DOUBLE * 19))
    return [(title, look.LARGE), *((line, look.SMALL) for line in lines)]
