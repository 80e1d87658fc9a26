"""How much faster a training step is than a textbook's, and how near to what the machine can do."""

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator, PercentFormatter

from fieldbench.figures.parts import data
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.measured_steps import budgets_of, machine_text, place_text
from fieldbench.figures.parts.style import Style
from fieldbench.plan.errors import UserError

LEFT, RIGHT, BETWEEN = 0.92, 0.12, 0.16  # inches beside the panels
TITLE, NUMBERS, BELOW = 0.18, 0.22, 0.36  # inches above a panel, and below it
LINE, ROW, GAP = 0.155, 0.27, 0.12  # inches: a line of text, a model's bars, above the legend
BARS = 0.8  # of a model's row
PALEST = 0.35  # of a model's colour, for the smallest budget
SPEED, FRACTION = "ratio", "fraction"
HEADS = {SPEED: "times faster than the textbook", FRACTION: "% of a matrix product's FLOP/s"}
NARROW = 1.25  # a speed axis reaches at least as far as this, either way


class Figure:
    """Draws how much faster a training step is than a textbook's."""

    path = "throughput"
    category = "throughput"
    caption = (
        "A training step as a textbook writes it and as it is done here, timed in turn in one "
        "process. The numbers belong to the processor that is named with them."
    )
    reads = ("throughput",)
    scope = "throughput"

    def draw(self, given: Given) -> Drawing:
        return draw(given.tables["throughput"], given.style)


@look.styled()
def draw(rows: pd.DataFrame, style: Style) -> Drawing:
    """Draw bars: a row a model, a bar a budget; on the left how much faster, on the right how near.

    Up to two places stand side by side, more below each other. A model without a count of FLOPs
    has a dash on the right.
    """
    if rows.empty:
        raise UserError("Nothing was measured: there is nothing to draw.", "Name a model.")
    models, places = style.ordered(rows["model"]), list(dict.fromkeys(rows["place"]))
    lines = [places] if len(places) <= 2 else [[place] for place in places]
    note = textwrap.wrap(_note(rows), int(look.DOUBLE * 17))
    head = 0.08 + LINE * len(note)
    height = ROW * len(models)
    each = TITLE + height + BELOW
    drawn = look.figure(look.DOUBLE, head + each * len(lines) + LINE + GAP)
    look.text_at(drawn, 0.06, 0.05, "\n".join(note), size=look.SMALL, linespacing=1.3)
    panels = [(what, place) for what in (SPEED, FRACTION) for place in lines[0]]
    width = (look.DOUBLE - LEFT - RIGHT + BETWEEN) / len(panels) - BETWEEN
    for number, line in enumerate(lines):
        top = head + each * number + TITLE
        for column, what in enumerate((SPEED, FRACTION)):
            for k, place in enumerate(line):
                left = LEFT + (column * len(line) + k) * (width + BETWEEN)
                on = look.axes_at(drawn, left, top, width, height)
                own = rows[rows["place"] == place]
                _panel(on, own, what, models, rows, style)
                on.set_title(place_text(own), size=look.NORMAL)
                on.tick_params(labelleft=left == LEFT)
            middle = LEFT + (column + 0.5) * len(line) * (width + BETWEEN) - BETWEEN / 2
            below = top + height + NUMBERS
            look.text_at(drawn, middle, below, HEADS[what], ha="center", size=look.NORMAL)
    _legend(drawn, budgets_of(rows))
    return drawn


def _note(rows: pd.DataFrame) -> str:
    few, many = rows["pairs"].min(), rows["pairs"].max()
    pairs = f"{few}" if few == many else f"{few} to {many}"
    matrix = rows["peak_gflops"].median()
    return (
        f"{machine_text(rows)}; medians of {pairs} pairs of steps, whiskers are quartiles; "
        f"matrix product at {matrix:,.0f} GFLOP/s"
    )


def _panel(
    on: Axes, own: pd.DataFrame, what: str, models: list[str], rows: pd.DataFrame, style: Style
) -> None:
    """The bars of one place."""
    budgets = budgets_of(rows)
    thick = BARS / len(budgets)
    for place, model in enumerate(models):
        known = own[own["model"] == model].set_index("budget")
        for k, budget in enumerate(budgets):
            bar: Any = known.loc[budget] if budget in known.index else None
            if bar is not None and not np.isnan(bar[what]):
                at = place - BARS / 2 + (k + 0.5) * thick
                colour = tint(style.model(model).colour, k, len(budgets))
                _bar(on, bar, what, at, 0.9 * thick, colour)
        if not known.empty and known[what].isna().all():
            on.text(0.0, place, " not counted", size=look.SMALL - 1, va="center", color="#777777")
    on.set_yticks(range(len(models)), [style.model(model).name for model in models])
    on.set_ylim(len(models) - 0.5, -0.5)
    on.tick_params(axis="y", length=0)
    on.grid(axis="x")
    on.set_axisbelow(True)
    (_speed_axis if what == SPEED else _fraction_axis)(on, rows)


def _bar(on: Axes, row: pd.Series, what: str, at: float, thick: float, colour: tuple) -> None:
    """One bar; a speed's grows from 1, whichever way, and has its quartiles."""
    base = 1.0 if what == SPEED else 0.0
    on.barh(at, row[what] - base, thick, left=base, color=[colour], linewidth=0)
    if what == SPEED and row["pairs"] > 1:
        ends = [row["ratio_low"], row["ratio_high"]]
        for ink, wide in (("white", 1.6), (look.INK, 0.6)):  # seen on any colour
            on.plot(ends, [at, at], color=ink, lw=wide, solid_capstyle="butt")


def _speed_axis(on: Axes, rows: pd.DataFrame) -> None:
    on.set_xscale("log")
    low = min(rows["ratio_low"].min(), rows["ratio"].min(), 1 / NARROW)
    high = max(rows["ratio_high"].max(), rows["ratio"].max(), NARROW)
    on.set_xlim(low / 1.1, high * 1.1)
    span = high / low
    subs = (1, 2, 5) if span <= 30 else (1, 3) if span <= 300 else (1,)
    # Told how many, for left alone it gives none where they are more than it likes.
    on.xaxis.set_major_locator(LogLocator(subs=subs, numticks=20))
    on.xaxis.set_major_formatter(FuncFormatter(_times_text))
    on.xaxis.set_minor_locator(NullLocator())
    on.axvline(1, color=look.INK, lw=0.8)


def _times_text(value: float, _: int) -> str:
    return f"{value:g}" if value < 1000 else f"$10^{{{math.log10(value):.0f}}}$"


def _fraction_axis(on: Axes, rows: pd.DataFrame) -> None:
    highest = rows["fraction"].max()
    on.set_xlim(0, max(0.1, 0.0 if np.isnan(highest) else 1.05 * highest))
    on.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    on.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=""))


def tint(colour: str, k: int, of: int) -> tuple[float, float, float]:
    """A colour mixed with white: the last of several is the colour itself."""
    share = 1.0 if of == 1 else PALEST + (1 - PALEST) * k / (of - 1)
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return red, green, blue


def _legend(drawn: Drawing, budgets: list[int]) -> None:
    """Grey samples of the tints, in one line."""
    head = Patch(alpha=0, label="parameter budget")
    patches = [
        Patch(color=tint("#555555", k, len(budgets)), label=data.budget_text(budget))
        for k, budget in enumerate(budgets)
    ]
    drawn.legend(
        handles=[head, *patches],
        loc="lower center",
        ncols=len(budgets) + 1,
        borderpad=0,
        borderaxespad=0.3,
        handlelength=1.2,
    )
