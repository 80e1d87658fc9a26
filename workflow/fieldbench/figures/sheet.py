"""What every model makes of one signal as its budget grows: models in rows, budgets in columns."""

import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import data, reading, tiles
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.gallery_data import limits
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style, styled
from fieldbench.plan.errors import UserError
from fieldbench.results import store

LEFT, RIGHT, GAP, HEAD = 0.76, 0.06, 0.05, 0.2  # inches
TALLEST, WIDEST = 8.9, 1.3  # inches: a page's height, a picture's width
NAME = 11  # letters of a model's name that fit beside its pictures
Key = tuple[str, int]  # model and budget


class Figure:
    """Draws what each model made of one signal at every budget."""

    path = "sheets/{task}/{family}"
    category = "sheets"
    caption = (
        "The signal (of a volume the middle slice along the last axis) as each model holds it "
        "at every budget, with the study's leading score; of several seeds the one of the "
        "median score. Hatched where a fit failed, grey where none was possible."
    )
    reads = ()
    pictures = "sheet"

    def draw(self, given: Given) -> Drawing:
        metrics, files = list(given.metrics.values()), given.files
        truth, signal = store.read(files["signal"][0], "signal")
        fits, scores, chosen = reading.best(
            *(files["fits"], files["scores"], metrics, given.style),
            key=lambda cell: (cell["model"], cell["budget"]),
        )
        title = chosen.titled(f"{given.title} (signal {signal['signal']})")
        sort: dict[str, Any] = {
            "signed": reading.is_signed(signal),
            "within": reading.within(signal),
        }
        return draw(truth["values"], fits, scores, metrics[0], chosen.style, title, **sort)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"task": t, "family": f} for t, f in study.sheets]


@styled()
def draw(
    truth: np.ndarray,
    reconstructions: Mapping[Key, np.ndarray | None],
    scores: Mapping[Key, Mapping[str, Any]],
    metric: Metric,
    style: Style,
    title: str,
    signed: bool = False,
    within: tuple[float, float] | None = (0.0, 1.0),
) -> Drawing:
    """Draw an image, or the middle slice of a volume, at every budget; each with its score.

    `truth` and the reconstructions are (*shape, channels), keyed by model and budget; one that
    failed is None and has a `status` among its scores. What was not run is left grey. `signed`
    values, such as distances, are coloured by their sign. `within` is what scores clamp values to,
    None for nothing.
    """
    keys = {*reconstructions, *scores}
    if not keys:
        raise UserError("No model was fitted, so no sheet can be drawn.", "Add a model.")
    models = style.ordered(model for model, _ in keys)
    budgets = sorted({budget for _, budget in keys})
    flat, notes = tiles.flat(truth)
    notes += [tiles.SIGNS] if signed else []
    words = "; ".join([f"{title}; {style.metric(metric)} by budget", *notes])
    sheet = _Sheet(len(models), 1 + len(budgets), flat.shape[:2], words)
    drawn = look.figure(*sheet.size)
    look.text_at(drawn, sheet.side, 0.06, sheet.title, size=look.LARGE)
    show = partial(tiles.picture, limits=limits(flat, signed, within), signed=signed)
    show(tiles.empty(drawn, sheet.place(0, 0)), flat)
    sheet.head(drawn, 0, "Truth")
    for column, budget in enumerate(budgets, 1):
        sheet.head(drawn, column, data.budget_text(budget))
    for row, model in enumerate(models):
        sheet.name(drawn, row, style.model(model).name)
        for column, budget in enumerate(budgets, 1):
            key, place = (model, budget), sheet.place(row, column)
            if key in keys:
                _cell(drawn, place, reconstructions.get(key), scores.get(key, {}), metric, show)
            else:
                tiles.empty(drawn, place).set_facecolor(look.ABSENT)
    return drawn


def _cell(
    drawn: Drawing,
    place: tiles.Box,
    values: np.ndarray | None,
    score: Mapping[str, Any],
    metric: Metric,
    show: Callable[[Axes, np.ndarray], None],
) -> None:
    axes = tiles.empty(drawn, place)
    status = tiles.status_of(score, values)
    if status != "ok" or values is None:
        tiles.failed(axes, status)
        return
    show(axes, tiles.flat(values)[0])
    value = score.get(metric["name"])
    if isinstance(value, (int, float)):
        left, top, width, _ = place
        words = tiles.score_text(float(value), metric)
        at = {"ha": "center", "va": "bottom", "size": look.SMALL}
        look.text_at(drawn, left + width / 2, top - 0.015, words, **at)


class _Sheet:
    """Sizes in inches: pictures of one size, the first column for the truth."""

    def __init__(self, rows: int, columns: int, shape: tuple[int, int], title: str):
        ratio = min(2.0, max(0.4, shape[0] / shape[1]))
        across = (look.DOUBLE - LEFT - RIGHT) / columns - GAP
        down = (TALLEST - 0.6) / rows - GAP - tiles.LINE
        width = min(WIDEST, across, down / ratio)
        self.panel = width, width * ratio
        needed = LEFT + columns * (width + GAP) + RIGHT
        wide = max(needed, look.SINGLE)
        self.side = RIGHT
        self.title, top = tiles.heading(title, wide - 2 * RIGHT)
        self.top = top + HEAD
        self.size = wide, self.top + rows * self.pitch + RIGHT

    @property
    def pitch(self) -> float:
        return tiles.LINE + self.panel[1] + GAP

    def place(self, row: int, column: int) -> tiles.Box:
        left = LEFT + column * (self.panel[0] + GAP)
        return left, self.top + row * self.pitch + tiles.LINE, *self.panel

    def head(self, drawn: Drawing, column: int, words: str) -> None:
        """A column's name."""
        left, top, width, _ = self.place(0, column)
        at = {"ha": "center", "va": "bottom", "size": look.NORMAL}
        look.text_at(drawn, left + width / 2, top - tiles.LINE - 0.02, words, **at)

    def name(self, drawn: Drawing, row: int, words: str) -> None:
        """A row's name, in two lines where it is long."""
        _, top, _, height = self.place(row, 0)
        lines = textwrap.wrap(words, NAME, break_long_words=False)
        size = look.NORMAL if max(map(len, lines)) <= NAME else look.SMALL
        at = {"ha": "left", "va": "center", "size": size, "linespacing": 1.0}
        look.text_at(drawn, RIGHT, top + height / 2, "\n".join(lines), **at)
