"""Rows of pictures that are wider than high: the truth and each model, seen in several ways."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fieldbench.figures.parts import style as look
from fieldbench.figures.parts import tiles

TALLEST = 8.9  # inches: a page's height
NAMES, RIGHT, GAP, HEAD = 1.05, 0.08, 0.07, 0.2  # inches
PITCH = 0.75  # inches from column to column at least, for what is written above them
AXES = (0.32, 0.34)  # inches that axes take beside and below a picture
LETTERS = 12  # of a name in a line


@dataclass(frozen=True)
class Strips:
    """Sizes in inches: rows of one height, columns of several widths."""

    title: str
    top: float
    rows: int
    height: float
    widths: tuple[float, ...]
    gap: float  # between columns
    foot: float  # below the last row

    @classmethod
    def waves(cls, rows: int, shares: Sequence[float], title: str, height: float) -> "Strips":
        """Columns that share the width of a page, with axes between and below them."""
        return cls._of(rows, shares, title, height, AXES)

    @classmethod
    def pictures(cls, rows: int, columns: int, title: str, ratio: float) -> "Strips":
        """Columns of pictures so many times as wide as high, as large as fit on a page."""
        return cls._of(rows, (ratio,) * columns, title, None, (GAP, 0.0))

    @classmethod
    def _of(
        cls,
        rows: int,
        shares: Sequence[float],
        title: str,
        height: float | None,
        beside: tuple[float, float],
    ) -> "Strips":
        gap, foot = beside
        _, top = tiles.heading(title, look.DOUBLE - 2 * RIGHT)
        room = look.DOUBLE - NAMES - RIGHT - gap * (len(shares) - 1)
        # A line is left for a title that a narrower figure breaks once more.
        most = (TALLEST - top - HEAD - tiles.TITLE - foot) / rows - GAP
        scale = room / sum(shares)
        if height is None:
            scale = height = min(scale, most)
        widths = tuple(share * scale for share in shares)
        gap = max(gap, PITCH - min(widths))
        words, top = tiles.heading(title, _wide(widths, gap) - 2 * RIGHT)
        return cls(words, top + HEAD, rows, min(height, most), widths, gap, foot)

    def figure(self) -> Figure:
        """The empty figure with its title."""
        size = _wide(self.widths, self.gap), self.top + self.rows * (self.height + GAP) + self.foot
        drawn = look.figure(*size)
        look.text_at(drawn, RIGHT, 0.06, self.title, size=look.LARGE)
        return drawn

    def place(self, row: int, column: int) -> tiles.Box:
        """Left, top, width and height of a picture."""
        left = NAMES + sum(self.widths[:column]) + self.gap * column
        return left, self.top + row * (self.height + GAP), self.widths[column], self.height

    def axes(self, drawn: Figure, row: int, column: int) -> Axes:
        return look.axes_at(drawn, *self.place(row, column))

    def heads(self, drawn: Figure, words: Sequence[str]) -> None:
        """What each column shows."""
        for column, head in enumerate(words):
            left, top, width, _ = self.place(0, column)
            at = {"ha": "center", "va": "bottom", "size": look.NORMAL}
            look.text_at(drawn, left + width / 2, top - 0.04, head, **at)

    def name(self, drawn: Figure, row: int, words: str, scores: Sequence[str]) -> None:
        """Whose row it is, and its scores below, as many as there is room for."""
        lines = textwrap.wrap(words, LETTERS, break_long_words=False)
        room = int((self.height + GAP) / tiles.LINE)
        found = [*lines, *scores][: max(room, len(lines))]
        _, top, _, height = self.place(row, 0)
        start = top + height / 2 - tiles.LINE * len(found) / 2
        for number, line in enumerate(found):
            size = look.NORMAL if number < len(lines) else look.SMALL
            look.text_at(drawn, RIGHT, start + tiles.LINE * number, line, size=size)


def _wide(widths: Sequence[float], gap: float) -> float:
    """Inches from edge to edge of a figure with such columns."""
    return NAMES + sum(widths) + gap * (len(widths) - 1) + RIGHT
