"""Composed models over all tasks: the rank of each at each, and the means of ranks."""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Patch, Rectangle

from fieldbench.figures.parts import matrix, ranking
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.composed import GREY, HATCHED, LETTER, reasons
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.matrix import Colours
from fieldbench.figures.parts.overview_ranks import Ranks, caption
from fieldbench.figures.parts.style import Style

LEFT, MEAN, ROW, LINE = 1.45, 0.42, 0.118, 0.14  # inches


class Figure:
    """Draws the ranks of composed models at every task."""

    path = "overview"
    category = "overview"
    caption = (
        "Ranks of composed models at every task, among themselves, sorted by their mean. Who "
        "was asked for and has no rank counts as the last there."
    )
    reads = ("scores",)
    needs = ("columns", "composed", "impossible")
    scope = "overview"

    def draw(self, given: Given) -> Drawing:
        plan, columns = given.plan, [tuple(column) for column in given.plan["columns"]]
        about = (given.metrics, plan["composed"], plan["impossible"])
        return draw(Ranks.of(given.tables, columns, *about), given.metrics, given.style)


@look.styled()
def draw(ranks: Ranks, metrics: Mapping[str, Metric], style: Style) -> Drawing:
    """Draw models by tasks, coloured by rank: bright is better."""
    count = len(ranks.models)
    longest = max(map(len, ranks.heads(style)))
    beside = LEFT + MEAN + max(0.3, LETTER * longest)  # the last name leans out
    cell = min(0.62, (look.DOUBLE - beside) / len(ranks.columns))
    needed = beside + cell * len(ranks.columns)
    width = look.SINGLE if needed <= look.SINGLE else min(needed, look.DOUBLE)
    head = textwrap.wrap(caption(ranks, metrics, style), int(width * 19))
    key = _key(ranks, width)
    below = LINE * sum(str(entry.get_label()).count("\n") + 1 for entry in key) + 0.1
    top = 0.3 + LINE * len(head) + LETTER * longest
    drawn = look.figure(width, top + ROW * count + below)
    look.text_at(drawn, 0.06, 0.05, "\n".join(head), size=look.SMALL, linespacing=1.3)
    size = cell * len(ranks.columns), ROW * count
    on = look.axes_at(drawn, LEFT + MEAN, top, *size)
    last = np.nanmax([*ranks.ranks.ravel(), 2])
    _fill(on, ranks, Colours("viridis_r", Normalize(1, last), "neither"))
    on.set_yticks([])
    on.xaxis.tick_top()
    turned: dict[str, Any] = {"rotation": 40, "ha": "left", "rotation_mode": "anchor"}
    on.set_xticks(range(len(ranks.columns)), ranks.heads(style), **turned)
    on.tick_params(length=0, pad=3)
    for row, (model, mean) in enumerate(zip(ranks.models, ranks.means, strict=True)):
        down, at = top + ROW * (row + 0.5), {"va": "center", "size": look.NUMBERS}
        look.text_at(drawn, LEFT, down, style.model(model).name, ha="right", **at)
        look.text_at(drawn, LEFT + MEAN - 0.06, down, f"{mean:.1f}", ha="right", **at)
    at = {"ha": "right", "va": "bottom", "size": look.SMALL}
    look.text_at(drawn, LEFT + MEAN - 0.06, top - 0.06, "mean", **at)
    if key:
        place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.06 / width, 0)}
        drawn.legend(handles=key, ncols=1, borderaxespad=0.3, borderpad=0, **place)
    return drawn


def _fill(on: Axes, ranks: Ranks, colours: Colours) -> None:
    on.imshow(np.ma.masked_invalid(ranks.ranks), cmap=colours.map, norm=colours.norm, aspect="auto")
    on.set_facecolor("white")
    on.spines[:].set_visible(True)
    for (row, column), state in np.ndenumerate(ranks.states):
        rank, place = float(ranks.ranks[row, column]), (column - 0.5, row - 0.5)
        if state == ranking.RANKED:
            at: dict[str, Any] = {"ha": "center", "va": "center", "size": look.NUMBERS}
            on.text(column, row, f"{rank:.0f}", color=matrix.ink(rank, colours), **at)
        elif state in ("", ranking.IMPOSSIBLE):
            hatch = GREY if state else {"lw": 0}
            on.add_patch(Rectangle(place, 1, 1, fc=look.ABSENT, **hatch))
        else:
            on.add_patch(Rectangle(place, 1, 1, fc="white", **HATCHED))


def _key(ranks: Ranks, width: float) -> list[Patch]:
    """What hatching and grey mean, where the figure has them."""
    entries, states = [], ranks.states

    def patch(words: str, **look_of: Any) -> None:
        lines = textwrap.wrap(words, int(width * 15))
        entries.append(Patch(label="\n".join(lines), **look_of))

    if np.isin(states, [ranking.FAILED, ranking.PARTLY]).any():
        patch("fits failed: counted as last", fc="white", **HATCHED)
    if (states == ranking.IMPOSSIBLE).any():
        patch(f"impossible, counted as last: {reasons(ranks.told)}", fc=look.ABSENT, **GREY)
    if (states == "").any():
        patch("not asked", fc=look.ABSENT, lw=0)
    return entries
