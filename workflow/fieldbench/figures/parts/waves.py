"""A gallery of lines: the whole signal, a zoom with every model over the truth, the errors."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.gallery_data import Shown
from fieldbench.figures.parts.panels import across
from fieldbench.figures.parts.style import Style

LEFT, RIGHT, TOP, GAP, LINE = 0.55, 0.1, 0.3, 0.3, 0.16  # inches
HEIGHTS = (1.0, 1.5, 1.0)
PER_LINE = 4  # entries of the legend
BINS = 1500  # more points than a page's width can show are drawn by their extremes
TRUTH = "#b5b5b5"


def draw(shown: Shown, style: Style) -> Figure:
    """Draw a line's gallery; see `gallery.draw`. The position runs from 0 to 1."""
    key = _key(shown, style)
    bottom = TOP + sum(HEIGHTS) + 2 * GAP
    rows = math.ceil(len(key) / PER_LINE)
    drawn = look.figure(look.DOUBLE, bottom + 0.45 + rows * LINE)
    look.text_at(drawn, LEFT, 0.06, shown.title, size=look.LARGE)
    width = look.DOUBLE - LEFT - RIGHT
    tops = [TOP + sum(HEIGHTS[:i]) + i * GAP for i in range(3)]
    whole, zoom, error = (
        look.axes_at(drawn, LEFT, top, width, height)
        for top, height in zip(tops, HEIGHTS, strict=True)
    )
    (window,) = shown.window
    place = _positions(len(shown.truth))
    _values(whole, shown, style, slice(None), place)
    whole.axvspan(
        place[window.start], place[window.stop - 1], fc="#d55e0026", ec="#d55e00", lw=0.6, zorder=3
    )
    whole.set(ylabel="whole")
    _values(zoom, shown, style, window, place)
    zoom.set(ylabel="zoom (shaded above)")
    _points(zoom, shown, (place[window.start], place[window.stop - 1]))
    for model, tile in shown.tiles.items():
        if tile.values is not None:
            _line(error, place[window], shown.error(model)[window], model, style)
    error.set(ylabel="absolute error", xlabel="position")
    error.set_ylim(bottom=0)
    drawn.legend(
        handles=across(key, PER_LINE),
        loc="lower center",
        ncols=PER_LINE,
        borderpad=0,
        borderaxespad=0.3,
    )
    return drawn


def _positions(count: int) -> np.ndarray:
    """The middles of equal cells of [0, 1]."""
    return (np.arange(count) + 0.5) / count


def _values(axes: Axes, shown: Shown, style: Style, window: slice, place: np.ndarray) -> None:
    x, y = thinned(place[window], shown.truth[window, 0])
    axes.plot(x, y, color=TRUTH, lw=3)
    for model, tile in shown.tiles.items():
        if tile.values is not None:
            _line(axes, place[window], tile.values[window, 0], model, style)
    axes.set_xlim(place[window][0], place[window][-1])
    low, high = shown.limits
    reach = 0.25 * (high - low)
    # A model far outside must not flatten the others.
    bottom, top = axes.get_ylim()
    axes.set_ylim(max(bottom, low - reach), min(top, high + reach))


def _line(axes: Axes, x: np.ndarray, y: np.ndarray, model: str, style: Style) -> None:
    own = style.model(model)
    x, y = thinned(x, y)
    axes.plot(x, y, color=own.colour, ls=own.line, lw=0.9)
    axes.set_xlim(x[0], x[-1])


def _points(axes: Axes, shown: Shown, span: tuple[float, float]) -> None:
    """What the models were shown, where it lies on the same line."""
    if shown.observed is None or not shown.observed_alike:
        return
    place, values = _positions(len(shown.observed)), shown.observed[:, 0]
    seen = ~np.ma.getmaskarray(values) & (place >= span[0]) & (place <= span[1])
    axes.plot(place[seen], np.ma.getdata(values)[seen], ".", color=look.INK, ms=2.5, zorder=5)


def thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A long line by the lowest and highest of each of BINS parts; it looks the same."""
    if len(x) <= 2 * BINS:
        return x, y
    edges = np.linspace(0, len(x), BINS + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(y, edges), np.maximum.reduceat(y, edges)
    return np.repeat(x[edges], 2), np.stack([low, high], 1).ravel()


def _key(shown: Shown, style: Style) -> list:
    key: list[Line2D | Patch] = [Line2D([], [], color=TRUTH, lw=3, label="Truth")]
    if shown.observed_alike:
        key.append(Line2D([], [], color=look.INK, ls="", marker=".", ms=3, label="Observed"))
    for model, tile in shown.tiles.items():
        own = style.model(model)
        if tile.values is None:
            label = f"{own.name}: {tile.status}"
            key.append(Patch(fc="white", ec=own.colour, hatch=look.HATCH, lw=0, label=label))
        else:
            label = ": ".join([own.name, *tile.scores[:1]])
            key.append(Line2D([], [], color=own.colour, ls=own.line, lw=0.9, label=label))
    return key
