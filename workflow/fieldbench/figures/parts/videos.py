"""A gallery of videos: of each three frames, the error of the middle one, and a row over time."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fieldbench.figures.parts import style as look
from fieldbench.figures.parts import tiles
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.gallery_data import Shown, Tile
from fieldbench.figures.parts.pictures import ERRORS
from fieldbench.figures.parts.strips import PITCH, Strips
from fieldbench.figures.parts.style import Style

MIDDLE = 1  # of the three frames that are kept
LINE = "#d55e00"


def draw(
    truth: np.ndarray,
    observed: np.ndarray | None,
    reconstructions: Mapping[str, np.ndarray | None],
    scores: Mapping[str, Mapping[str, Any]],
    metrics: Sequence[Metric],
    style: Style,
    title: str,
) -> Figure:
    """Draw a video's gallery; see `gallery.draw`. Arrays are (frames, rows, columns, channels).

    Of each video only what is drawn is kept: together they may not fit in memory.
    """
    row = _moving_row(truth)
    shown = Shown(_frames(truth), None, {}, title)
    rows: list[tuple] = [("Truth", (), "ok", shown.truth, _over_time(truth, row))]
    if observed is not None and observed.shape == truth.shape:
        rows.append(("Observed", (), "ok", _frames(observed), _over_time(observed, row)))
    first = len(rows)
    for model in style.ordered([*reconstructions, *scores]):
        values, score = reconstructions.get(model), scores.get(model, {})
        status, lines = tiles.status_of(score, values), tiles.score_lines(score, metrics, style)
        kept: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
        if status == "ok" and values is not None:
            kept = _frames(values), _over_time(values, row)
        rows.append((style.model(model).name, lines, status, *kept))
        shown.tiles[model] = Tile(kept[0], status, lines)
    count, down, across = truth.shape[:3]
    heads = [f"frame {k + 1}" for k in _chosen(count)]
    words = f"{title}; error: of {heads[MIDDLE]}; over time: row {row + 1} of {down}, from the top"
    sheet = Strips.pictures(len(rows), 5, words, min(2.5, max(0.5, across / down)))
    drawn = sheet.figure()
    sheet.heads(drawn, [*heads, "error", "over time"])
    norm = Normalize(0, shown.worst)
    errors: list[np.ndarray | None] = [None] * first
    errors += [None if tile.values is None else shown.error(m) for m, tile in shown.tiles.items()]
    for number, (entry, error) in enumerate(zip(rows, errors, strict=True)):
        _row(drawn, sheet, number, entry, error, norm, shown.limits)
    drawn.axes[MIDDLE].axhline(row, color=LINE, lw=0.6)
    _error_bar(drawn, sheet, norm)
    return drawn


def _row(
    drawn: Figure,
    sheet: Strips,
    number: int,
    entry: tuple,
    error: np.ndarray | None,
    norm: Normalize,
    limits: tuple[float, float],
) -> None:
    name, lines, status, frames, slice_ = entry
    sheet.name(drawn, number, name, lines)
    if frames is None:
        tiles.failed(tiles.empty(drawn, sheet.place(number, 0)), status)
        return
    for column, frame in enumerate(frames):
        tiles.picture(tiles.empty(drawn, sheet.place(number, column)), frame, limits)
    if error is not None:
        axes = tiles.empty(drawn, sheet.place(number, 3))
        axes.imshow(tiles.printed(error[MIDDLE], axes), cmap=ERRORS, norm=norm, aspect="auto")
    tiles.picture(tiles.empty(drawn, sheet.place(number, 4)), slice_, limits)


def _chosen(count: int) -> list[int]:
    """The first, the middle and the last frame."""
    return [0, count // 2, count - 1]


def _frames(values: np.ndarray) -> np.ndarray:
    """These frames, float32, with one or three channels."""
    return _coloured(values[_chosen(len(values))])


def _over_time(values: np.ndarray, row: int) -> np.ndarray:
    """One row of every frame, (frames, columns, channels)."""
    return _coloured(values[:, row])


def _coloured(values: np.ndarray) -> np.ndarray:
    kept = values if values.shape[-1] == 3 else values[..., :1]
    return kept.astype(np.float32)


def _moving_row(truth: np.ndarray) -> int:
    """The row of pixels that changes most from frame to frame, the first of equals."""
    steps = sum(((b - a) ** 2).mean((1, 2)) for a, b in itertools.pairwise(truth))
    return int(np.argmax(np.round(steps / max(np.max(steps), 1e-300), 9)))


def _error_bar(drawn: Figure, sheet: Strips, norm: Normalize) -> None:
    """The errors' scale, in the place of the truth's, which has none."""
    left, top, width, height = sheet.place(0, 3)
    long = max(width, PITCH) - 0.25
    place = left + (width - long) / 2, top + height / 2 - 0.05, long, 0.09
    axes = look.axes_at(drawn, *place)
    filled = ScalarMappable(norm, ERRORS)
    bar = drawn.colorbar(filled, cax=axes, orientation="horizontal", extend="max", extendfrac=0.08)
    bar.locator = MaxNLocator(2)
    bar.outline.set_linewidth(0.6)
    axes.set_title("absolute error", size=look.SMALL)
