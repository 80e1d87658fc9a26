"""Who wins where: the best model of each signal and budget, and by how much."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle

from fieldbench.figures.parts import data, winners
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style
from fieldbench.numerics.bootstrap import interval

NAMES, WIDTH, HEIGHT = 1.75, 1.05, 0.34  # inches: names of rows, a cell
ABOVE, BELOW = 0.55, 0.34  # inches
LETTERS = 30  # of a row's name in one line
SURE, UNSURE = 0.38, 0.14  # how much of a model's colour a cell has


class Figure:
    """Draws the best model of each signal and budget."""

    path = "winners"
    category = "winners"
    caption = (
        "The best model of each signal (row) and budget (column) by the study's leading score, and "
        "the mean margin to the second best over pairs of fits of one signal and seed. Pale and "
        "hatched: the winner cannot be told from others, or there is but one fit to go by."
    )
    reads = ("scores", "timings")

    def draw(self, given: Given) -> Drawing:
        scores, timings = given.tables["scores"], given.tables["timings"]
        found = winners.winners(scores, timings, given.lead, interval)
        return draw(found, given.lead, given.style)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets: one, where there is somebody to beat."""
    return [{}] if study.has_gaps else []


@look.styled()
def draw(found: pd.DataFrame, metric: Metric, style: Style) -> Drawing:
    """Draw the rows of `winners` of one study: a row a task, family and label."""
    budgets = sorted(found["budget"].unique())
    rows = style.ordered_panels(data.panels(found))
    tasks = len({task for task, *_ in rows}) > 1
    width, height = WIDTH * len(budgets), HEIGHT * len(rows)
    drawn = look.figure(max(look.SINGLE, NAMES + width + 0.1), ABOVE + height + BELOW)
    look.text_at(drawn, 0.06, 0.05, f"Best by {style.metric(metric)}", size=look.LARGE)
    told = "with the margin to the second; pale and hatched where it is not sure"
    told += "\n† no better than a constant" if found["collapsed"].any() else ""
    look.text_at(drawn, 0.06, 0.23, told, size=look.SMALL)
    on = look.axes_at(drawn, NAMES, ABOVE, width, height)
    on.set(xlim=(0, len(budgets)), ylim=(len(rows), 0), facecolor=look.ABSENT)
    on.set_xticks(np.arange(len(budgets)) + 0.5, [data.budget_text(b) for b in budgets])
    on.set_yticks(np.arange(len(rows)) + 0.5, [_name(row, metric, style, tasks) for row in rows])
    on.tick_params(length=0)
    on.spines[:].set_visible(False)
    on.set_xlabel("parameter budget", size=look.SMALL, labelpad=1)
    for place, row in enumerate(rows):
        for cell in data.rows_of(found, row).to_dict("records"):
            _cell(on, (budgets.index(cell["budget"]), place), cell, metric, style)
    return drawn


def _name(row: tuple[str, str, float], metric: Metric, style: Style, tasks: bool) -> str:
    """The signal and its label, after the task where there are several `tasks`."""
    task, family, label = row
    part = f" {metric['part_name']}" if metric.get("parts") else ""
    words = style.family(family) + ("" if np.isnan(label) else f"{part} {data.label_text(label)}")
    whole = f"{style.task(task)}: {words}" if tasks else words
    return whole if len(whole) <= LETTERS else f"{style.task(task)}:\n{words}"


def _cell(
    on: Axes, place: tuple[int, int], cell: dict[Any, Any], metric: Metric, style: Style
) -> None:
    """A winner in its colour, with its name and margin."""
    own, sure = style.model(cell["model"]), not cell["tied"] and not np.isnan(cell["low"])
    face = tuple(1 - (SURE if sure else UNSURE) * (1 - np.array(to_rgb(own.colour))))
    edge, hatch = ("white", None) if sure else ("#bbbbbb", look.HATCH)
    on.add_patch(Rectangle(place, 1, 1, fc=face, ec=edge, hatch=hatch, lw=1))
    words = own.name + ("†" if cell["collapsed"] else "")
    if cell["second"]:
        words += f"\n+{data.text_of(cell['margin'], metric)} {metric.get('unit') or ''}".rstrip()
    middle = place[0] + 0.5, place[1] + 0.5
    box = {"fc": face, "ec": "none", "pad": 0.6}
    on.text(*middle, words, ha="center", va="center", size=look.SMALL, color=look.INK, bbox=box)
