"""The rate at which each frequency should be learnt, and is."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from fieldbench.figures.parts import kernels
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.kernels import ACROSS, HEAD, LEFT, LOWEST, RIGHT, WAYS
from fieldbench.figures.parts.style import INK, Style

PER_ROW, SHOWN = 4, 5  # panels in a row; frequencies that are named below one


class Figure:
    """Draws the predicted and the measured rate of each frequency."""

    path = "{place}/rates"
    category = "kernels"
    caption = (
        "The rate at which each frequency should be learnt, by the empirical neural tangent "
        "kernel, and is."
    )
    reads = ("responses",)
    scope = "kernels"

    def draw(self, given: Given) -> Drawing:
        return draw(given.tables["responses"], given.names["place"], given.style)


@look.styled()
def draw(rows: pd.DataFrame, place: str, style: Style) -> Drawing:
    """A panel a model: the predicted rate of each frequency, and the measured ones, over the first.

    A measured rate is one over the step at which nine tenths of an amplitude were reached; what
    was never reached has no mark.
    """
    own = kernels.rows_at(rows, place)
    models = style.ordered(own["model"])
    columns = min(PER_ROW, len(models))
    down = math.ceil(len(models) / columns)
    width, height = (look.DOUBLE - LEFT - RIGHT + 0.12) / columns - 0.12, 1.25
    drawn = look.figure(look.DOUBLE, HEAD + down * (height + 0.4) + 0.42)
    kernels.head(drawn, place, "rate at which a frequency is learnt, over the largest", own)
    for k, model in enumerate(models):
        left = LEFT + (k % columns) * (width + 0.12)
        on = look.axes_at(drawn, left, HEAD + 0.15 + (k // columns) * (height + 0.4), width, height)
        _rates_of(on, own[own["model"] == model], style.model(model).colour)
        on.set_title(style.model(model).name, size=look.SMALL)
        on.tick_params(labelleft=k % columns == 0)
    key = [Line2D([], [], color=INK, label="predicted by the kernel")]
    mark: dict[str, Any] = {"color": INK, "ls": "", "ms": 3.5, "fillstyle": "none"}
    key += [Line2D([], [], marker=m, label=f"measured, {way}", **mark) for way, m in WAYS.values()]
    middle, bottom = (
        LEFT + (look.DOUBLE - LEFT - RIGHT) / 2,
        HEAD + down * (height + 0.4),
    )
    look.text_at(drawn, middle, bottom, ACROSS, ha="center", size=look.NORMAL)
    drawn.legend(handles=key, loc="lower center", ncols=3, borderpad=0, borderaxespad=0.3)
    return drawn


def _rates_of(on: Axes, own: pd.DataFrame, colour: str) -> None:
    mean = kernels.log_mean(own, "rates")
    on.plot(mean.index, mean.clip(lower=LOWEST), color=colour)
    for way, (_, marker) in WAYS.items():
        measured = own.assign(rate=1 / own[f"{way}_reached"].clip(lower=1))
        seen = kernels.log_mean(measured, "rate").dropna()
        on.plot(seen.index, seen, color=INK, ls="", marker=marker, ms=3, mew=0.6, fillstyle="none")
    on.set(xscale="log", yscale="log", ylim=(LOWEST / 2, 2))
    on.yaxis.set_major_locator(LogLocator(numticks=4))
    found = mean.index[:: math.ceil(len(mean) / SHOWN)]
    on.set_xticks(found, [f"{k:g}" for k in found])
    for axis in (on.xaxis, on.yaxis):
        axis.set_minor_locator(NullLocator())
    on.grid(axis="y")
