"""A gallery of pictures: whole, zoom and error in rows, truth and models in columns."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from fieldbench.figures.parts import style as look
from fieldbench.figures.parts import tiles
from fieldbench.figures.parts.gallery_data import Shown, scaled
from fieldbench.figures.parts.style import Style

TALLEST = 9.0  # inches: a page's height
WIDEST, NARROWEST = 1.5, 0.85  # inches: a picture; a second block comes before a narrower one
LEFT, RIGHT, GAP, BETWEEN = 0.26, 0.06, 0.06, 0.08  # inches
AXIS = 0.34  # inches beside a sinogram, for its angles
FRAME = "#d55e00"
ERRORS = "inferno"
ROWS = ("whole", "zoom", "error")


@dataclass(frozen=True)
class Sheet:
    """Sizes in inches: blocks of three rows of pictures."""

    title: str
    top: float
    per_row: int
    blocks: int
    panel: tuple[float, float]
    caption: float

    @classmethod
    def of(cls, captions: tiles.Captions, shape: tuple[int, int], title: str) -> "Sheet":
        """As few blocks as leave pictures wide enough, or as make them widest on one page."""
        ratio = min(2.0, max(0.4, shape[0] / shape[1]))
        sheets = [cls._with(n, captions, ratio, title) for n in range(1, len(captions) + 1)]
        wide = [sheet for sheet in sheets if sheet.panel[0] >= NARROWEST]
        return wide[0] if wide else max(sheets, key=lambda sheet: sheet.panel)

    @classmethod
    def _with(cls, blocks: int, captions: tiles.Captions, ratio: float, title: str) -> "Sheet":
        per_row = math.ceil(len(captions) / blocks)
        width = min((look.DOUBLE - LEFT - RIGHT) / per_row - GAP, WIDEST)
        for _ in range(2):  # narrower pictures have higher captions and titles
            words, top = tiles.heading(title, max(per_row * (width + GAP), look.SINGLE - LEFT))
            caption = tiles.room(captions, width)
            highest = ((TALLEST - top) / blocks - caption - BETWEEN) / 3 - GAP
            width = min(width, highest / ratio)
        words, top = tiles.heading(title, max(per_row * (width + GAP), look.SINGLE - LEFT))
        caption = tiles.room(captions, width)
        return cls(words, top, per_row, blocks, (width, width * ratio), caption)

    @property
    def block(self) -> float:
        return self.caption + 3 * (self.panel[1] + GAP) + BETWEEN

    @property
    def size(self) -> tuple[float, float]:
        width = LEFT + self.per_row * (self.panel[0] + GAP) + RIGHT
        return max(width, look.SINGLE), self.top + self.blocks * self.block

    def place(self, number: int, row: int) -> tiles.Box:
        """Left, top, width and height of a picture."""
        block, column = divmod(number, self.per_row)
        top = self.top + block * self.block + self.caption + row * (self.panel[1] + GAP)
        return LEFT + column * (self.panel[0] + GAP), top, *self.panel


def draw(shown: Shown, style: Style) -> Figure:
    """Draw a picture's gallery; see `gallery.draw`."""
    first = 1 if shown.observed is None else 2
    captions = [("Truth", ()), ("Observed", ("two", "lines"))][:first]
    captions += [(style.model(model).name, tile.scores) for model, tile in shown.tiles.items()]
    sheet = Sheet.of(captions, shown.truth.shape[:2], shown.title)
    drawn = look.figure(*sheet.size)
    look.text_at(drawn, LEFT, 0.06, sheet.title, size=look.LARGE)
    _row_names(drawn, sheet)
    _truth(drawn, sheet, shown)
    if shown.observed is not None:
        _observed(drawn, sheet, shown, shown.observed)
    worst = Normalize(0, shown.worst)
    for number, (model, tile) in enumerate(shown.tiles.items(), first):
        tiles.caption(drawn, sheet.place(number, 0), style.model(model).name, tile.scores)
        if tile.values is None:
            tiles.failed(tiles.empty(drawn, sheet.place(number, 0)), tile.status)
            continue
        axes = [tiles.empty(drawn, sheet.place(number, row)) for row in range(3)]
        tiles.picture(axes[0], tile.values, shown.limits, shown.signed)
        tiles.picture(axes[1], tile.values[shown.window], shown.limits, shown.signed)
        errors = tiles.printed(shown.error(model), axes[2])
        axes[2].imshow(errors, cmap=ERRORS, norm=worst, aspect="auto")
    if any(tile.values is not None for tile in shown.tiles.values()):
        _error_bar(drawn, sheet, worst)
    return drawn


def _row_names(drawn: Figure, sheet: Sheet) -> None:
    for block in range(sheet.blocks):
        for row, name in enumerate(ROWS):
            _, top, _, height = sheet.place(block * sheet.per_row, row)
            look.text_at(drawn, 0.05, top + height / 2, name, rotation=90, va="center")


def _truth(drawn: Figure, sheet: Sheet, shown: Shown) -> None:
    tiles.caption(drawn, sheet.place(0, 0), "Truth", ())
    axes = [tiles.empty(drawn, sheet.place(0, row)) for row in range(2)]
    rows, columns = shown.window
    tiles.picture(axes[0], shown.truth, shown.limits, shown.signed)
    tiles.picture(axes[1], shown.truth[rows, columns], shown.limits, shown.signed)
    size = columns.stop - columns.start, rows.stop - rows.start
    place = (columns.start - 0.5, rows.start - 0.5)
    axes[0].add_patch(Rectangle(place, *size, fill=False, ec=FRAME, lw=1.2))
    axes[1].spines[:].set(edgecolor=FRAME, linewidth=1.2)


def _observed(drawn: Figure, sheet: Sheet, shown: Shown, observed: np.ndarray) -> None:
    if not shown.observed_alike:
        _elsewhere(drawn, sheet, shown, observed)
        return
    hidden = np.ma.is_masked(observed)
    tiles.caption(drawn, sheet.place(1, 0), "Observed", ("pink: hidden",) if hidden else ())
    whole = tiles.empty(drawn, sheet.place(1, 0))
    tiles.picture(whole, observed, shown.limits, shown.signed)
    window = scaled(shown.window, shown.truth, observed)
    tiles.picture(
        tiles.empty(drawn, sheet.place(1, 1)), observed[window], shown.limits, shown.signed
    )


def _elsewhere(drawn: Figure, sheet: Sheet, shown: Shown, observed: np.ndarray) -> None:
    """An observation that is no picture of the same place has a scale and axes of its own."""
    low, high = float(observed.min()), float(observed.max())
    name, angles = ("Observed", None) if shown.angles is None else ("Sinogram", shown.angles)
    tiles.caption(drawn, sheet.place(1, 0), name, (_numbers(low, high),))
    left, top, width, height = sheet.place(1, 0)
    inset = 0 if angles is None else AXIS
    axes = tiles.empty(drawn, (left + inset, top, width - inset, height))
    tiles.picture(axes, observed, (low, high if high > low else low + 1))
    if angles is None:
        return
    views, detectors = observed.shape[:2]
    ends = axes.set_xticks([0, detectors - 1], ["1", str(detectors)], size=look.SMALL)
    for end, side in zip(ends, ("left", "right"), strict=True):
        end.label1.set(ha=side)  # within the width of the picture
    axes.set_yticks([0, views - 1], [f"{angle:.3g}°" for angle in angles])
    axes.set_xlabel("detector", size=look.SMALL, labelpad=1)
    axes.set_ylabel("angle", size=look.SMALL)
    axes.yaxis.set_label_coords(-0.05 / (width - inset), 0.5)  # between its two numbers
    axes.tick_params(length=1.5)


def _numbers(low: float, high: float) -> str:
    return f"{low:.3g} to {high:.3g}".replace("-", "\N{MINUS SIGN}")


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
    words = "absolute error"
    axes.set_title(words if width > NARROWEST else words.replace(" ", "\n"), size=look.SMALL)
