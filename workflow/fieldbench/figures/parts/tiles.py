"""What every sheet of pictures is made of: a frame, a picture in it, a caption, a failure."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fieldbench.figures.parts import data
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.style import RC, Style
from fieldbench.results.statuses import COLLAPSED, OK, SCORED

SIGNED, SIGNS = "RdBu", "red below zero, blue above"
HIDDEN = "#e9a3c9"  # a colour that neither grey pictures nor the error map have
FIELD = "RdBu_r"  # of values on both sides of zero, which is white
LINE, TITLE = 0.13, 0.155  # inches: a line of small text, and of a figure's title
LETTER = 0.07  # inches: a title's average letter, amply
FIXED = "\N{NO-BREAK SPACE}"
SMALL_LETTER = 0.048  # inches: a score's average letter

Box = tuple[float, float, float, float]  # left, top, width and height in inches
Captions = Sequence[tuple[str, Sequence[str]]]  # a name and small lines below it, for each picture


def flat(values: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """A line or a picture, float32, with one or three channels, and what was left out of it."""
    notes, dims = [], values.ndim - 1
    if dims == 3:
        notes.append(f"slice {values.shape[2] // 2 + 1} of {values.shape[2]} along the last axis")
        values = middle(values, dims)
    channels = values.shape[-1]
    if channels != 1 and (dims == 1 or channels != 3):
        notes.append(f"first of {channels} channels")
        values = values[..., :1]
    return values.astype(np.float32, copy=False), notes


def together(views: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Up to four of (views, rows, columns, channels), evenly chosen, in one picture; and a note."""
    shown = min(4, len(views))
    chosen = views[np.arange(shown) * len(views) // shown]
    rows = np.split(chosen, 2) if shown == 4 else [chosen]
    picture = np.concatenate([np.concatenate(row, axis=1) for row in rows])
    notes = [] if shown == len(views) else [f"{shown} of {len(views)} views"]
    return picture.astype(np.float32), notes


def middle(values: np.ndarray, dims: int) -> np.ndarray:
    """The middle slice of a volume along its last axis, the first to the right and the second up.

    Anything else as it is.
    """
    if dims != 3:
        return values
    # A copy, so that the volume need not be kept.
    return values[:, ::-1, values.shape[2] // 2].swapaxes(0, 1).copy()


def empty(drawn: Figure, place: Box) -> Axes:
    """A frame without ticks."""
    axes = look.axes_at(drawn, *place)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    return axes


def picture(
    axes: Axes, values: np.ndarray, limits: tuple[float, float], signed: bool = False
) -> None:
    """A grey or coloured picture of (rows, columns, channels); hidden values stand out.

    Signed values have a colour for each sign, and a line where they cross zero. Others between
    limits that are each other's negative are red above zero, blue below.
    """
    known = np.ma.getdata(values)
    mask = np.ma.getmaskarray(values)[..., 0] | ~np.isfinite(known).all(-1)
    low, high = limits
    grey = np.clip((np.nan_to_num(known) - low) / (high - low), 0, 1)
    colours = np.repeat(grey, 3, -1) if grey.shape[-1] == 1 else grey
    if signed:
        colours = colormaps[SIGNED](grey[..., 0])[..., :3]
    elif grey.shape[-1] == 1 and low == -high:
        colours = colormaps[FIELD](grey[..., 0])[..., :3]
    if mask.any():
        hidden = tuple(int(HIDDEN[i : i + 2], 16) / 255 for i in (1, 3, 5))
        colours = np.where(mask[..., None], hidden, colours)
    rows, columns = colours.shape[:2]
    whole = (-0.5, columns - 0.5, rows - 0.5, -0.5)  # of samples, not of what is printed
    axes.imshow(printed(colours, axes), aspect="auto", extent=whole)
    if signed and np.nanmin(known) < 0 < np.nanmax(known):
        axes.contour(known[..., 0], levels=[0], colors="black", linewidths=0.7)


def printed(values: np.ndarray, axes: Axes) -> np.ndarray:
    """Means of blocks of samples, (rows, columns, ...), so many as can be printed in the axes."""
    across, down = look.figure_inches(axes) * axes.get_position().size * RC["savefig.dpi"]
    return blocks(
        values, max(1, int(values.shape[0] / down)), max(1, int(values.shape[1] / across))
    )


def blocks(values: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Means over blocks of rows x columns, in float32; those at the far edges may be smaller."""
    for axis, side in enumerate((rows, columns)):
        if side > 1:
            starts = np.arange(0, values.shape[axis], side)
            counts = np.diff([*starts, values.shape[axis]])
            counts = counts.reshape([-1 if k == axis else 1 for k in range(values.ndim)])
            values = np.add.reduceat(values, starts, axis) / counts
    return values.astype(np.float32)


def heading(words: str, width: float) -> tuple[str, float]:
    """A figure's title, broken where it is wider than so many inches, and where it ends."""
    lines = textwrap.wrap(words, max(20, int(width / LETTER)), break_long_words=False)
    return "\n".join(lines), 0.1 + TITLE * len(lines)


def failed(axes: Axes, status: str) -> None:
    """A hatched box in place of a picture, with what happened."""
    hatched: dict[str, Any] = {"fc": "white", "ec": "#999999", "hatch": look.HATCH, "lw": 0}
    axes.add_patch(Rectangle((0, 0), 1, 1, transform=axes.transAxes, **hatched))
    said(axes, status)


def said(axes: Axes, words: str) -> None:
    """A few small words in the middle of a frame, broken where it is narrow."""
    inches = look.figure_inches(axes)[0] * axes.get_position().width
    lines = textwrap.wrap(words, max(6, int(inches / 0.06)), break_long_words=False)
    box = {"fc": "white", "ec": "none", "pad": 2}
    where: dict[str, Any] = {"transform": axes.transAxes, "ha": "center", "va": "center"}
    axes.text(0.5, 0.5, "\n".join(lines), size=look.SMALL, bbox=box, **where)


def caption(drawn: Figure, place: Box, name: str, lines: Sequence[str]) -> None:
    """A name and small lines, centred, that end just above a picture."""
    left, top, width, _ = place
    names, lines = _name_lines(name, width), _small_lines(lines, width)
    centre, start = left + width / 2, top - LINE * (len(names) + len(lines)) - 0.03
    for number, line in enumerate([*names, *lines]):
        size = look.NORMAL if number < len(names) else look.SMALL
        look.text_at(drawn, centre, start + LINE * number, line, ha="center", size=size)


def room(captions: Captions, width: float) -> float:
    """How many inches captions take above pictures of a width."""
    found = [[*_name_lines(name, width), *_small_lines(lines, width)] for name, lines in captions]
    return LINE * max(map(len, found)) + 0.04


def _name_lines(name: str, width: float) -> list[str]:
    """A name, broken between words where it is wider than its picture, but not before a dot."""
    glued = name.replace(" \N{MIDDLE DOT}", f"{FIXED}\N{MIDDLE DOT}")
    lines = textwrap.wrap(glued, max(6, int(width / 0.062)), break_long_words=False)
    return [line.replace(FIXED, " ") for line in lines]


def _small_lines(lines: Sequence[str], width: float) -> list[str]:
    """Scores, each broken where it is wider than its picture, but not before its unit."""
    most = max(6, int(width / SMALL_LETTER))
    glued = [FIXED.join(line.rsplit(" ", 1)) for line in lines]
    parts = [part for line in glued for part in textwrap.wrap(line, most, break_long_words=False)]
    return [part.replace(FIXED, " ") for part in parts]


def status_of(score: Mapping[str, Any], values: np.ndarray | None) -> str:
    """`ok`, or why there is nothing to see of a fit."""
    status = score.get("status", OK)
    if status in SCORED:
        status = OK
    if status == OK and (values is None or not np.isfinite(values).any()):
        return "failed"
    return status.replace("-", " ")


def score_lines(
    score: Mapping[str, Any], metrics: Sequence[Metric], style: Style
) -> tuple[str, ...]:
    """At most two metrics, one a line: 'PSNR 31.4 dB'; the seed; whether it is a constant."""
    found = [m for m in metrics if isinstance(score.get(m["name"]), (int, float))]
    lines = []
    for metric in found[:2]:
        number = score_text(float(score[metric["name"]]), metric)
        unit = "" if number == "exact" else metric.get("unit") or ""
        words = (style.metric(metric, unit=False), number, unit)
        lines.append(" ".join(word for word in words if word))
    lines += [f"seed {score['seed']}"] if "seed" in score else []
    lines += [COLLAPSED] if score.get("status") == COLLAPSED else []
    return tuple(lines)


def score_text(value: float, metric: Metric) -> str:
    """A score as it stands under a picture: '31.4', '0.912' or 'exact'."""
    if np.isinf(value) and data.is_capped(metric):
        return "exact"
    return f"{value:.{1 if metric.get('unit') else 3}f}".replace("-", "−")
