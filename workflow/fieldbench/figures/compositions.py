"""Encodings against activations: the mean score of every pair, and why some have none."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from fieldbench.figures.parts import data, matrix, ranking
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.composed import GREY, HATCHED, LETTER, Composed, reasons
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.matrix import Colours
from fieldbench.figures.parts.style import Style
from fieldbench.plan.errors import UserError

LEFT, RIGHT, LINE, CELL = 0.85, 0.62, 0.14, 0.27  # inches
BEYOND = 0.05  # share of values beyond the worse end of the scale, rather than fade all others


class Figure:
    """Draws the score of every encoding with every activation."""

    path = "compositions/{task}/{family}-{metric}"
    category = "compositions"
    caption = (
        "Mean score of each encoding with each activation at the largest budget; both in the "
        "order of their means. Hatched white: failed. Hatched grey: impossible, for the "
        "reason below the figure."
    )
    reads = ("scores",)
    needs = ("composed", "impossible")

    def draw(self, given: Given) -> Drawing:
        rows, parts = given.rows("scores"), given.plan["composed"]
        return draw(rows, given.metric, given.style, parts, given.plan["impossible"])


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"task": t, "family": f, "metric": m} for t, f, m in study.compositions]


@dataclass(frozen=True)
class Grid:
    """A cell a pair of encoding (row) and activation (column), the better by means first."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: np.ndarray  # means; nan where there is none
    states: np.ndarray  # of ranking, or "" where the study has no such model

    @classmethod
    def of(cls, ranked: pd.DataFrame, composed: Composed, metric: Metric) -> "Grid":
        """The models with an encoding and an activation, of ranks at one budget."""
        found = {}
        row: Any  # a named tuple of the columns
        for row in ranked.itertuples():
            parts = composed.get(row.model, {})
            if "encodings" in parts and "activations" in parts:
                found[parts["encodings"], parts["activations"]] = row.mean, row.state
        if not found:
            raise UserError("No model has an encoding and an activation.", "Add some to the study.")
        means = pd.Series({pair: mean for pair, (mean, _) in found.items()}, dtype=float)
        axes = [_by_mean(means, level, metric) for level in (0, 1)]
        shape = tuple(map(len, axes))
        values, states = np.full(shape, np.nan), np.full(shape, "", object)
        for (row, column), (mean, state) in found.items():
            place = axes[0].index(row), axes[1].index(column)
            values[place], states[place] = mean, state
        return cls(tuple(axes[0]), tuple(axes[1]), values, states)


def _by_mean(means: pd.Series, level: int, metric: Metric) -> list[str]:
    """The names of a level, the best by the mean of what they have first; without any, last."""
    sign = -1 if metric["better"] == "higher" else 1
    average = means.groupby(level=level).mean()
    worth = {str(name): np.inf if np.isnan(m) else sign * m for name, m in average.items()}
    return sorted(worth, key=lambda name: (worth[name], name))


@look.styled()
def draw(
    scores: pd.DataFrame,
    metric: Metric,
    style: Style,
    composed: Composed,
    impossible: Sequence[Mapping[str, Any]],
) -> Drawing:
    """Draw one study, task and family of `scores` at its largest budget."""
    ranked = ranking.at_largest(ranking.ranks(scores, metric, impossible))
    grid = Grid.of(ranked, composed, metric)
    colours = _colours(grid.values, metric)
    entries = _key(grid, ranked)
    head = _head(scores, ranked, metric, style)
    width = look.DOUBLE
    across = (width - LEFT - RIGHT) / len(grid.columns)
    across = min(across, 0.6)
    longest = max(len(style.part(name).name) for name in grid.columns)
    top = 0.24 + (LINE + 0.01) * len(head) + LETTER * longest
    under = top + CELL * len(grid.rows) + 0.08
    lines = sum(str(entry.get_label()).count("\n") + 1 for entry in entries)
    drawn = look.figure(width, under + LINE * lines + (0.06 if entries else 0))
    for number, (line, size) in enumerate(head):
        look.text_at(drawn, 0.08, 0.05 + (LINE + 0.01) * number, line, size=size)
    wide, high = across * len(grid.columns), CELL * len(grid.rows)
    on = look.axes_at(drawn, LEFT, top, wide, high)
    _fill(on, grid, colours)
    _names(on, grid, style)
    _bar(drawn, (LEFT + wide + 0.1, top, 0.09, high), colours, style.metric(metric))
    if entries:
        place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.06 / width, 0)}
        drawn.legend(handles=entries, ncols=1, borderaxespad=0.3, borderpad=0, **place)
    return drawn


def _colours(values: np.ndarray, metric: Metric) -> Colours:
    """The range of the values, but for the worst of them; bright is better."""
    known = values[np.isfinite(values)]
    if not known.size:
        known = np.zeros(1)
    higher = metric["better"] == "higher"
    worst = float(np.quantile(known, BEYOND if higher else 1 - BEYOND))
    low, high = (worst, float(known.max())) if higher else (float(known.min()), worst)
    if low == high:
        low, high = low - 0.5, high + 0.5
    ends = {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}
    extend = ends[int((known < low).any()), int((known > high).any())]
    return Colours("viridis" if higher else "viridis_r", Normalize(low, high), extend)


def _fill(on: Axes, grid: Grid, colours: Colours) -> None:
    """Colour what has a number; hatch what failed in white, what cannot be in grey."""
    on.imshow(np.ma.masked_invalid(grid.values), cmap=colours.map, norm=colours.norm, aspect="auto")
    on.set_facecolor("white")
    on.spines[:].set_visible(True)
    for (row, column), state in np.ndenumerate(grid.states):
        value, place = float(grid.values[row, column]), (column - 0.5, row - 0.5)
        at: dict[str, Any] = {"ha": "center", "va": "center", "size": look.NUMBERS}
        if state in ("", ranking.IMPOSSIBLE):
            hatch = GREY if state else {"lw": 0}
            on.add_patch(Rectangle(place, 1, 1, fc=look.ABSENT, **hatch))
        elif state == ranking.FAILED:
            on.add_patch(Rectangle(place, 1, 1, fc="white", **HATCHED))
        else:
            ink = matrix.ink(value, colours)
            if state == ranking.PARTLY:
                on.add_patch(Rectangle(place, 1, 1, fc="none", **HATCHED | {"ec": ink}))
            on.text(column, row, matrix.number(value, colours), color=ink, **at)


def _names(on: Axes, grid: Grid, style: Style) -> None:
    on.set_yticks(range(len(grid.rows)), [style.part(name).name for name in grid.rows])
    names = [style.part(name).name for name in grid.columns]
    on.xaxis.tick_top()
    turned: dict[str, Any] = {"rotation": 40, "ha": "left", "rotation_mode": "anchor"}
    on.set_xticks(range(len(names)), names, **turned)
    on.tick_params(length=0, pad=3)
    on.grid(visible=False)


def _bar(drawn: Drawing, place: tuple[float, ...], colours: Colours, title: str) -> None:
    axes = look.axes_at(drawn, *place)
    filled = ScalarMappable(colours.norm, colours.map)
    bar = drawn.colorbar(filled, cax=axes, extend=colours.extend, extendfrac=0.06)
    bar.outline.set_linewidth(0.6)
    bar.locator = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10])
    bar.set_label(title, size=look.NORMAL, labelpad=3)


def _head(
    scores: pd.DataFrame, ranked: pd.DataFrame, metric: Metric, style: Style
) -> list[tuple[str, float]]:
    """Lines and their sizes: what is scored, and how."""
    title = f"{style.task(scores['task'].iloc[0])}: {style.family(scores['family'].iloc[0])}"
    notes = [
        f"mean {style.metric(metric)}, {metric['better']} is better",
        f"budget {data.budget_text(ranked['budget'].iloc[0])}",
        f"{data.count_text(ranked['of'])} {'fit' if ranked['of'].max() == 1 else 'fits'} a cell",
        "rows and columns in the order of their means",
    ]
    words = textwrap.wrap("; ".join(notes), int(look.DOUBLE * 19))
    return [(title, look.LARGE), *((line, look.SMALL) for line in words)]


def _key(grid: Grid, ranked: pd.DataFrame) -> list[Patch]:
    """What hatching and grey mean, where the figure has them."""
    entries = []
    if (grid.states == ranking.FAILED).any():
        ways = _told(ranked, ranking.FAILED)
        entries.append(Patch(fc="white", label=_wrapped(f"failed: {ways}"), **HATCHED))
    if (grid.states == ranking.PARTLY).any():
        entries.append(Patch(fc="#a9cfe5", label="some fits failed: mean of the rest", **HATCHED))
    if (grid.states == ranking.IMPOSSIBLE).any():
        ways = _told(ranked, ranking.IMPOSSIBLE)
        entries.append(Patch(fc=look.ABSENT, label=_wrapped(f"impossible: {ways}"), **GREY))
    if (grid.states == "").any():
        entries.append(Patch(fc=look.ABSENT, lw=0, label="not in this study"))
    return entries


def _told(ranked: pd.DataFrame, state: str) -> str:
    """The reasons of those in a state, each once, with a model's name left out."""
    own = ranked[ranked["state"] == state]
    return reasons(zip(own["model"], own["reason"], strict=True))


def _wrapped(words: str) -> str:
    return "\n".join(textwrap.wrap(words, int(look.DOUBLE * 16)))
