"""Small multiples: a panel for each task, family and label, and one legend below them."""

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from fieldbench.figures.parts import data
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.style import Style

MOST, PER_ROW = 12, 4
LEFT, RIGHT, BETWEEN, NUMBERS = 0.5, 0.1, 0.13, 0.24  # inches beside the panels
TITLE, TICKS, XLABEL = 0.17, 0.2, 0.2  # inches above and below them
LINE, ENTRY = 0.155, 1.15  # inches: a line of text, an entry of the legend
TITLE_LETTER = 0.062  # inches: a panel's title's average letter
LONG, SYMBOL, LETTER = 21, 0.55, 0.052  # letters that an entry has room for; inches of a longer one

Panel = tuple[str, str, float]


@dataclass(frozen=True)
class Layout:
    """Where each (task, family, label) is drawn: its row and column, in reading order."""

    places: dict[Panel, tuple[int, int]]
    left_out: int  # panels for which there was no room

    @classmethod
    def of(cls, frame: pd.DataFrame, style: Style) -> "Layout":
        """A task and family has rows of its own, unless each has but one panel."""
        found = style.ordered_panels(data.panels(frame))
        kept = data.thinned(found, MOST)
        lines = [
            [p for p in kept if p[:2] == group] for group in dict.fromkeys(p[:2] for p in kept)
        ]
        if all(len(line) == 1 for line in lines):
            lines = [kept]
        longest = max(len(line) for line in lines)
        per_row = math.ceil(longest / math.ceil(longest / PER_ROW))
        places: dict[Panel, tuple[int, int]] = {}
        row = 0
        for line in lines:
            places |= {p: (row + i // per_row, i % per_row) for i, p in enumerate(line)}
            row += math.ceil(len(line) / per_row)
        return cls(places, len(found) - len(kept))

    @property
    def shares_rows(self) -> bool:
        """Whether the panels of a row share one vertical scale."""
        rows: dict[int, set] = {}
        for panel, (row, _) in self.places.items():
            rows.setdefault(row, set()).add(panel[:2])
        return all(len(groups) == 1 for groups in rows.values())

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = zip(*self.places.values(), strict=True)
        return 1 + max(rows), 1 + max(columns)


@dataclass(frozen=True)
class Sheet:
    """Sizes in inches: the panels, what is above them, and the whole."""

    layout: Layout
    width: float
    head: int  # lines of text above
    key: int  # lines of the legend below
    title: float  # inches above each panel

    @property
    def pitch(self) -> tuple[float, float]:
        """From one panel to the next, across and down."""
        columns = self.layout.shape[1]
        beside = BETWEEN + (0 if self.layout.shares_rows else NUMBERS)
        across = (self.width - LEFT - RIGHT + beside) / columns
        return across, self.panel_height + self.title + TICKS

    @property
    def panel_width(self) -> float:
        return self.pitch[0] - BETWEEN - (0 if self.layout.shares_rows else NUMBERS)

    @property
    def panel_height(self) -> float:
        return {1: 1.8, 2: 1.8, 3: 1.4}.get(self.layout.shape[1], 1.2)

    @property
    def top(self) -> float:
        return 0.08 + LINE * self.head + self.title

    @property
    def bottom(self) -> float:
        """Where the lowest panels end."""
        return self.top + self.layout.shape[0] * self.pitch[1] - self.title - TICKS

    @property
    def height(self) -> float:
        return self.bottom + TICKS + XLABEL + LINE * self.key + 0.08

    def axes(self, on: Figure, row: int, column: int) -> Axes:
        left, top = LEFT + column * self.pitch[0], self.top + row * self.pitch[1]
        return look.axes_at(on, left, top, self.panel_width, self.panel_height)


def start(
    layout: Layout,
    style: Style,
    key: Sequence[Line2D],
    notes: Iterable[str],
    x: str,
    y: str,
    metric: Metric | None = None,
) -> tuple[Figure, dict[Panel, Axes]]:
    """A figure with empty, titled panels; the legend is below, what it shows is said above.

    Panels of one task and family share their vertical scale.
    """
    names, head = _titles(list(layout.places), style, metric)
    notes = [head, *notes] + ([f"{layout.left_out} labels not shown"] if layout.left_out else [])
    width = look.SINGLE if layout.shape[1] == 1 else look.DOUBLE
    lines = textwrap.wrap("; ".join(n for n in notes if n), int(width * 17))
    per_line = min(len(key), max(1, int(width / _entry(key))))
    sheet = Sheet(layout, width, len(lines), math.ceil(len(key) / per_line), 0.05)
    names = [_broken(name, sheet.panel_width) for name in names]
    if any(names):
        sheet = replace(sheet, title=TITLE + LINE * max(name.count("\n") for name in names))
    drawn = look.figure(sheet.width, sheet.height)
    look.text_at(drawn, 0.06, 0.05, "\n".join(lines), size=look.SMALL, linespacing=1.3)
    middle = LEFT + (sheet.width - LEFT - RIGHT) / 2
    look.text_at(drawn, middle, sheet.bottom + TICKS, x, ha="center", size=look.NORMAL)
    middle = (sheet.top + sheet.bottom) / 2
    look.text_at(drawn, 0.05, middle, y, rotation=90, va="center", size=look.NORMAL)
    drawn.legend(
        handles=across(key, per_line),
        loc="lower center",
        ncols=per_line,
        handlelength=2.6,
        columnspacing=1.2,
        borderpad=0,
        borderaxespad=0.3,
    )
    axes: dict[Panel, Axes] = {}
    for (panel, place), name in zip(layout.places.items(), names, strict=True):
        first = next((on for other, on in axes.items() if other[:2] == panel[:2]), None)
        axes[panel] = on = sheet.axes(drawn, *place)
        if first is not None:
            on.sharey(first)
        on.set_title(name, size=look.NORMAL)
        on.grid(axis="y")
        on.yaxis.set_major_locator(MaxNLocator(5))
        on.tick_params(labelleft=first is None or place[1] == 0)
    return drawn, axes


def _broken(name: str, width: float) -> str:
    """A panel's title in lines no wider than so many inches, broken after its colon before all."""
    most = max(6, int(width / TITLE_LETTER))
    parts = [name] if len(name) <= most else name.replace(": ", ":\n").split("\n")
    return "\n".join(textwrap.fill(part, most, break_long_words=False) for part in parts)


def _entry(key: Sequence[Line2D]) -> float:
    """The width of the legend's entries, inches."""
    longest = max(len(str(entry.get_label())) for entry in key)
    return ENTRY if longest <= LONG else SYMBOL + LETTER * longest


def across(key: Sequence[Line2D], per_line: int) -> list[Line2D]:
    """Matplotlib fills a legend column by column; readers go along the lines."""
    lines = math.ceil(len(key) / per_line)
    if lines == 1:
        return list(key)
    blank = [Line2D([], [], ls="", label=" ")] * (lines * per_line - len(key))
    full = [*key, *blank]
    return [full[line * per_line + column] for column in range(per_line) for line in range(lines)]


def _titles(
    panels: list[Panel], style: Style, metric: Metric | None = None
) -> tuple[list[str], str]:
    """What differs goes above its panel, what all panels share into the head."""
    tasks = [style.task(task) for task, _, _ in panels]
    families = [style.family(family) for _, family, _ in panels]
    labels = ["" if np.isnan(n) else data.label_text(n) for _, _, n in panels]
    shared: list[list[str]] = []
    parts: list[list[str]] = []
    for words in (tasks, families):
        (shared if len(set(words)) == 1 else parts).append(words)
    if len(panels) == 1:
        shared, parts, labels = [*shared, labels], [], [""]
    elif not parts and any(labels):
        axis = style.axis(panels[0][1], metric)
        labels = [f"{axis} {label}" if label else "" for label in labels]
    names = [": ".join(w) for w in zip(*parts, strict=True)] if parts else [""] * len(panels)
    names = [" ".join(w for w in pair if w) for pair in zip(names, labels, strict=True)]
    head = ": ".join(words[0] for words in shared[:2])
    return names, " ".join([head, *(words[0] for words in shared[2:] if words[0])])


def model_key(models: Iterable[str], style: Style) -> list[Line2D]:
    """The legend's entries of models."""
    return [Line2D([], [], label=style.model(m).name, **line_of(m, style)) for m in models]


def line_of(model: str, style: Style) -> dict:
    """How a model's line is drawn."""
    own = style.model(model)
    edge = {"markeredgecolor": "white", "markeredgewidth": 0.3} if own.marker not in "x+_|" else {}
    size = 5.5 if own.marker == "*" else 3.5
    return {"color": own.colour, "ls": own.line, "marker": own.marker, "ms": size, **edge}


def draw_line(
    on: Axes, x: np.ndarray, rows: pd.DataFrame, model: str, style: Style, **more
) -> None:
    """A mean line and its band: from low to high, or one standard deviation where rows have none.

    `rows` has mean, and std or low and high; nan breaks the line.
    """
    mean, colour = rows["mean"].to_numpy(), style.model(model).colour
    if "low" in rows:
        low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
    else:
        low, high = mean - rows["std"].to_numpy(), mean + rows["std"].to_numpy()
    on.plot(x, mean, **line_of(model, style), **more)
    band = ~np.isnan(low)
    if band.any() and len(x) > 1:
        on.fill_between(x, low, high, where=band, alpha=0.15, lw=0, color=colour)
    elif band.any():
        reach = np.abs(np.stack([low, high]) - mean)
        on.errorbar(x, mean, reach, fmt="none", elinewidth=0.8, ecolor=colour)
