"""A gallery of pictures: whole, zoom and error in rows, truth and models in columns."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from fieldbench.figures import style as look
from fieldbench.figures.shown import Shown, scaled
from fieldbench.figures.style import Style

PER_ROW = 7
LEFT, RIGHT, TOP, GAP, LINE = 0.26, 0.06, 0.3, 0.06, 0.13  # inches
HIDDEN = "#e9a3c9"  # a colour that neither grey pictures nor the error map have
FRAME = "#d55e00"
ERRORS = "inferno"
ROWS = ("whole", "zoom", "error")


@dataclass(frozen=True)
class Sheet:
    """Sizes in inches: blocks of three rows, each up to PER_ROW pictures wide."""

    per_row: int
    blocks: int
    panel: tuple[float, float]
    caption: float

    @classmethod
    def of(cls, count: int, shape: tuple[int, int], lines: int) -> "Sheet":
        blocks = math.ceil(count / PER_ROW)
        per_row = math.ceil(count / blocks)
        room = (look.DOUBLE - LEFT - RIGHT) / per_row - GAP
        width = min(room, 1.5)
        ratio = min(2.0, max(0.4, shape[0] / shape[1]))
        return cls(per_row, blocks, (width, width * ratio), LINE * (lines + 1) + 0.04)

    @property
    def block(self) -> float:
        return self.caption + 3 * (self.panel[1] + GAP) + 0.08

    @property
    def size(self) -> tuple[float, float]:
        width = LEFT + self.per_row * (self.panel[0] + GAP) + RIGHT
        return max(width, look.SINGLE), TOP + self.blocks * self.block

    def place(self, number: int, row: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of a picture."""
        block, column = divmod(number, self.per_row)
        top = TOP + block * self.block + self.caption + row * (self.panel[1] + GAP)
        return LEFT + column * (self.panel[0] + GAP), top, *self.panel


def draw(shown: Shown, style: Style) -> Figure:
    """Draw a picture's gallery; see `gallery.draw`."""
    first = 1 if shown.observed is None else 2
    lines = max([len(tile.scores) for tile in shown.tiles.values()] + [1])
    sheet = Sheet.of(first + len(shown.tiles), shown.truth.shape[:2], lines)
    drawn = look.figure(*sheet.size)
    look.text_at(drawn, LEFT, 0.06, shown.title, size=look.LARGE)
    _row_names(drawn, sheet)
    _truth(drawn, sheet, shown)
    if shown.observed is not None:
        _observed(drawn, sheet, shown)
    worst = Normalize(0, shown.worst)
    for number, (model, tile) in enumerate(shown.tiles.items(), first):
        _caption(drawn, sheet, number, style.model(model).name, tile.scores)
        if tile.values is None:
            _failed(drawn, sheet, number, tile.status)
            continue
        axes = [_empty(drawn, sheet, number, row) for row in range(3)]
        _picture(axes[0], tile.values, shown.limits)
        _picture(axes[1], tile.values[shown.window], shown.limits)
        axes[2].imshow(shown.error(model), cmap=ERRORS, norm=worst, aspect="auto")
    if any(tile.values is not None for tile in shown.tiles.values()):
        _error_bar(drawn, sheet, worst)
    return drawn


def _row_names(drawn: Figure, sheet: Sheet) -> None:
    for block in range(sheet.blocks):
        for row, name in enumerate(ROWS):
            _, top, _, height = sheet.place(block * sheet.per_row, row)
            look.text_at(drawn, 0.05, top + height / 2, name, rotation=90, va="center")


def _truth(drawn: Figure, sheet: Sheet, shown: Shown) -> None:
    _caption(drawn, sheet, 0, "Truth", ())
    axes = [_empty(drawn, sheet, 0, row) for row in range(2)]
    rows, columns = shown.window
    _picture(axes[0], shown.truth, shown.limits)
    _picture(axes[1], shown.truth[rows, columns], shown.limits)
    size = columns.stop - columns.start, rows.stop - rows.start
    place = (columns.start - 0.5, rows.start - 0.5)
    axes[0].add_patch(Rectangle(place, *size, fill=False, ec=FRAME, lw=1.2))
    axes[1].spines[:].set(edgecolor=FRAME, linewidth=1.2)


def _observed(drawn: Figure, sheet: Sheet, shown: Shown) -> None:
    hidden = np.ma.is_masked(shown.observed)
    lines = (*([shown.domain] if shown.domain else []), *(["pink: hidden"] if hidden else []))
    _caption(drawn, sheet, 1, "Observed", lines)
    whole = _empty(drawn, sheet, 1, 0)
    if not shown.observed_alike:
        # Not a picture of the same place: it has a scale of its own.
        low, high = float(shown.observed.min()), float(shown.observed.max())
        _picture(whole, shown.observed, (low, high if high > low else low + 1))
        return
    _picture(whole, shown.observed, shown.limits)
    window = scaled(shown.window, shown.truth, shown.observed)
    _picture(_empty(drawn, sheet, 1, 1), shown.observed[window], shown.limits)


def _empty(drawn: Figure, sheet: Sheet, number: int, row: int) -> Axes:
    axes = look.axes_at(drawn, *sheet.place(number, row))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    return axes


def _picture(axes: Axes, values: np.ndarray, limits: tuple[float, float]) -> None:
    """A grey or coloured picture of (rows, columns, channels); hidden values stand out."""
    mask = np.ma.getmaskarray(values)[..., 0] | ~np.isfinite(np.ma.getdata(values)).all(-1)
    low, high = limits
    grey = np.clip((np.nan_to_num(np.ma.getdata(values)) - low) / (high - low), 0, 1)
    colours = np.repeat(grey, 3, -1) if grey.shape[-1] == 1 else grey
    hidden = tuple(int(HIDDEN[i : i + 2], 16) / 255 for i in (1, 3, 5))
    colours = np.where(mask[..., None], hidden, colours)
    axes.imshow(colours, aspect="auto")


def _caption(drawn: Figure, sheet: Sheet, number: int, name: str, lines: tuple[str, ...]) -> None:
    left, top, width, _ = sheet.place(number, 0)
    start = top - LINE * (len(lines) + 1) - 0.03
    look.text_at(drawn, left + width / 2, start, name, ha="center", size=look.NORMAL)
    for place, line in enumerate(lines, 1):
        look.text_at(
            drawn, left + width / 2, start + LINE * place, line, ha="center", size=look.SMALL
        )


def _failed(drawn: Figure, sheet: Sheet, number: int, status: str) -> None:
    """A hatched box in place of the three pictures, with what happened."""
    axes = _empty(drawn, sheet, number, 0)
    axes.add_patch(
        Rectangle(
            (0, 0), 1, 1, transform=axes.transAxes, fc="white", ec="#999999", hatch=look.HATCH, lw=0
        )
    )
    axes.text(
        0.5,
        0.5,
        status.replace(" of ", "\nof "),
        transform=axes.transAxes,
        ha="center",
        va="center",
        size=look.SMALL,
        bbox={"fc": "white", "ec": "none", "pad": 2},
    )


def _error_bar(drawn: Figure, sheet: Sheet, norm: Normalize) -> None:
    """The errors' scale, in the room below the truth: the truth has no error."""
    left, top, width, height = sheet.place(0, 2)
    axes = look.axes_at(drawn, left + 0.1, top + height / 2 - 0.05, width - 0.15, 0.09)
    bar = drawn.colorbar(
        ScalarMappable(norm, ERRORS),
        cax=axes,
        orientation="horizontal",
        extend="max",
        extendfrac=0.08,
    )
    bar.locator = MaxNLocator(2)
    bar.outline.set_linewidth(0.6)
    axes.set_title("absolute error", size=look.SMALL)
