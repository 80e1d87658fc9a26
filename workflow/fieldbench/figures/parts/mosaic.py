"""Small heatmaps of one size, in rows, that share a colour scale."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from fieldbench.figures.parts import data, matrix
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.matrix import Axis, Cells, Colours
from fieldbench.figures.parts.style import Style

LEFT, RIGHT = 0.62, 0.74  # inches beside the panels
GAP, TITLE, TICKS, HEADING = 0.1, 0.16, 0.34, 0.18  # inches between, above and below them
PER_ROW = 6
NUMBER_WIDTH, NUMBER_HEIGHT = 0.29, 0.13  # inches a cell needs for a number to be read


@dataclass(frozen=True)
class Layout:
    """Sizes in inches: panels of one size, in rows of `per_row`."""

    panel: tuple[float, float]
    per_row: int
    ticks: float  # room under a panel

    @classmethod
    def of(cls, count: int, axis: Axis) -> "Layout":
        """Rows of equal length; cells neither slivers nor slabs."""
        per_row = math.ceil(count / math.ceil(count / PER_ROW))
        room = (look.DOUBLE - LEFT - RIGHT) / per_row - GAP
        width = min(room, max(0.85, 0.5 * len(axis.labels)))
        cell = min(0.2, max(0.12, 0.8 * width / len(axis.labels)))
        ticks = TICKS if axis.has_labels else 0.08
        return cls((width, max(0.58, cell * len(axis.budgets))), per_row, ticks)

    @property
    def pitch(self) -> float:
        return TITLE + self.panel[1] + self.ticks

    def right(self, count: int) -> float:
        """Where so many panels end."""
        return LEFT + min(count, self.per_row) * (self.panel[0] + GAP) - GAP

    @property
    def width(self) -> float:
        """One column or two of a page."""
        needed = self.right(self.per_row) + RIGHT
        return look.SINGLE if needed <= look.SINGLE else look.DOUBLE

    def place(self, number: int) -> tuple[float, float]:
        """A panel's left edge, and its distance below the top of its section."""
        row, column = divmod(number, self.per_row)
        return LEFT + column * (self.panel[0] + GAP), HEADING + TITLE + row * self.pitch

    def height(self, count: int) -> float:
        return HEADING + math.ceil(count / self.per_row) * self.pitch


@dataclass(frozen=True)
class Section:
    """Panels that share a colour scale, `top` inches below the figure's upper edge."""

    figure: Figure
    layout: Layout
    top: float
    axis: Axis
    colours: Colours
    style: Style
    across: str  # what the columns are

    def draw(self, panels: dict[str, Cells], strips: dict[str, Cells], head: str, bar: str) -> None:
        look.text_at(self.figure, LEFT, self.top, head, weight="bold", size=look.NORMAL)
        for number, (model, cells) in enumerate(panels.items()):
            left, down = self.layout.place(number)
            axes = look.axes_at(self.figure, left, self.top + down, *self.layout.panel)
            name = self.style.model(model).name
            room = (self.layout.panel[0] + GAP) * 72 / (0.6 * max(1, len(name)))  # points a letter
            axes.set_title(name, size=min(look.NORMAL, room))
            self._fill(axes, cells)
            self._ticks(axes, first=number % self.layout.per_row == 0)
        if strips:
            self._strips(strips, len(panels))
        self._bar(len(panels) + bool(strips), bar)

    def _strips(self, strips: dict[str, Cells], number: int) -> None:
        """The ceiling and the floor: they know no budget, so each is one row."""
        width, height = self.layout.panel
        left, down = self.layout.place(number)
        row = min(0.2, max(0.14, height / len(self.axis.budgets)), (height - 0.18) / 2)
        for place, (model, cells) in enumerate(strips.items()):
            top = self.top + down + (height - row if place else 0)
            axes = look.axes_at(self.figure, left, top, width, row)
            name = f"{self.style.model(model).name} ({data.CONTROLS[model]})"
            axes.set_title(name, size=look.SMALL)
            self._fill(axes, cells)
            axes.set(xticks=[], yticks=[])

    def _fill(self, axes: Axes, cells: Cells) -> None:
        """Colour what has a number, hatch what failed or collapsed, leave grey what was not run."""
        shown = np.ma.masked_invalid(np.where(np.isposinf(cells.values), 1e30, cells.values))
        image = axes.imshow(shown, cmap=self.colours.map, norm=self.colours.norm, aspect="auto")
        image.set_interpolation("nearest")
        axes.set_facecolor(look.ABSENT)
        axes.spines[:].set_visible(True)
        rows, columns = cells.values.shape
        for row, column in zip(*np.nonzero(cells.failures + cells.collapsed), strict=True):
            place, value = (column - 0.5, row - 0.5), cells.values[row, column]
            face = "none" if np.isfinite(value) else "white"
            ink = matrix.ink(value, self.colours) if np.isfinite(value) else look.INK
            axes.add_patch(Rectangle(place, 1, 1, fc=face, ec=ink, hatch=look.HATCH, lw=0))
        across, down = look.figure_inches(axes) * axes.get_position().size
        if across / columns >= NUMBER_WIDTH and down / rows >= NUMBER_HEIGHT:
            self._numbers(axes, cells.values)

    def _numbers(self, axes: Axes, values: np.ndarray) -> None:
        for (row, column), value in np.ndenumerate(values):
            if np.isnan(value):
                continue
            words, ink = matrix.number(value, self.colours), matrix.ink(value, self.colours)
            axes.text(column, row, words, ha="center", va="center", size=look.NUMBERS, color=ink)

    def _ticks(self, axes: Axes, first: bool) -> None:
        axes.tick_params(length=1.5)
        axes.set(xticks=[], yticks=[])
        if first:
            names = [data.budget_text(b) for b in self.axis.budgets]
            axes.set_yticks(range(len(names)), names)
            axes.set_ylabel("budget")
        if not self.axis.has_labels:
            return
        # A label needs about a quarter of an inch; the ends and the middle say enough.
        last = len(self.axis.labels) - 1
        wide = self.layout.panel[0] / (last + 1) >= 0.22
        places = range(last + 1) if wide else sorted({0, round(last / 2), last})
        axes.set_xticks(list(places), [data.label_text(self.axis.labels[p]) for p in places])
        axes.set_xlabel(self.across)

    def _bar(self, count: int, title: str) -> None:
        rows = math.ceil(count / self.layout.per_row)
        top = self.top + HEADING + TITLE
        height = (rows - 1) * self.layout.pitch + self.layout.panel[1]
        axes = look.axes_at(self.figure, self.layout.right(count) + 0.12, top, 0.09, height)
        filled = ScalarMappable(self.colours.norm, self.colours.map)
        bar = self.figure.colorbar(filled, cax=axes, extend=self.colours.extend, extendfrac=0.06)
        bar.outline.set_linewidth(0.6)
        bar.locator = MaxNLocator(4 if height < 1 else 6, steps=[1, 2, 2.5, 5, 10])
        bar.set_label(title, size=look.NORMAL, labelpad=3)
