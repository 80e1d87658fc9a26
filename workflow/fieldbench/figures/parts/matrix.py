"""Scores as arrays of (budgets, labels), their gaps to a reference, and colours for both."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.colors import Normalize

from fieldbench.figures.parts import data
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric


@dataclass(frozen=True)
class Cells:
    """What one panel shows: arrays of (budgets, labels)."""

    values: np.ndarray  # mean over fits; nan where there is no number
    counts: np.ndarray  # fits that gave a number
    failures: np.ndarray  # fits that failed
    collapsed: np.ndarray  # fits, of those with a number, that are no better than a constant


@dataclass(frozen=True)
class Colours:
    """A colour scale shared by several panels."""

    map: str
    norm: Normalize
    extend: str  # which ends the data pass: neither, min, max, both
    signed: bool = False


@dataclass(frozen=True)
class Axis:
    """The budgets (rows, small to large; nan for a control's only row) and labels (columns)."""

    budgets: tuple[float, ...]
    labels: tuple[float, ...]

    @property
    def has_labels(self) -> bool:
        return not np.isnan(self.labels).all()


def axis_of(frame: pd.DataFrame) -> Axis:
    budgets, labels = (frame[k].drop_duplicates().sort_values() for k in ("budget", "label"))
    return Axis(tuple(budgets), tuple(labels))


def means(frame: pd.DataFrame, metric: Metric, axis: Axis, models: Iterable[str]) -> dict:
    """{model: Cells}, averaged over signals and seeds of each budget and label."""
    found = {}
    for model in models:
        rows = data.averages(frame[frame["model"] == model], ["budget", "label"], metric["name"])
        shape = (len(axis.budgets), len(axis.labels))
        values = np.full(shape, np.nan)
        counts, failures, collapsed = (np.zeros(shape, int) for _ in range(3))
        row: Any  # a named tuple of the columns
        for row in rows.itertuples():
            place = _index(axis.budgets, row.budget), _index(axis.labels, row.label)
            values[place], counts[place] = row.mean, row.n
            failures[place], collapsed[place] = row.failures, row.collapsed
        found[model] = Cells(values, counts, failures, collapsed)
    return found


def _index(among: tuple[float, ...], value: float) -> int:
    """The place of a value, where nan is a value like another."""
    return next(i for i, a in enumerate(among) if a == value or (a != a and value != value))


def gaps(cells: dict[str, Cells], metric: Metric, reference: str) -> dict[str, Cells]:
    """How much better than the reference each model is, at the same budget and label."""
    if reference not in cells:
        return {}
    base, sign = cells[reference].values, 1 if metric["better"] == "higher" else -1
    # An infinite score less an infinite one is no number, and no gap is to be seen.
    with np.errstate(invalid="ignore"):
        return {
            model: replace(own, values=sign * (own.values - base))
            for model, own in cells.items()
            if model != reference
        }


def mean_colours(cells: Iterable[Cells], metric: Metric) -> Colours:
    """The metric's own range, or the data's where it has none; bright is always better."""
    values = _finite(cells)
    low, high = metric.get("range") or (values.min(initial=0), values.max(initial=0))
    if low == high:
        low, high = low - 0.5, high + 0.5
    colours = "viridis" if metric["better"] == "higher" else "viridis_r"
    return Colours(colours, Normalize(low, high), _extend(cells, low, high))


def gap_colours(
    gaps: dict[str, Cells], cells: dict[str, Cells], reference: str, metric: Metric
) -> Colours:
    """Symmetric about 0, for gaps of `cells` to the reference among them.

    Cells where either side is at the cap say "exact", not how much better; they and the most
    extreme twentieth pass the ends of the scale rather than fade all others.
    """
    top = data.CAP if data.is_capped(metric) else np.inf
    base = cells[reference].values
    fair = [
        gap.values[(cells[m].values < top) & (base < top) & np.isfinite(gap.values)]
        for m, gap in gaps.items()
    ]
    values = np.abs(np.concatenate(fair))
    high = _round_up(float(np.quantile(values, 0.95))) if values.size else 1.0
    return Colours("RdBu", Normalize(-high, high), _extend(gaps.values(), -high, high), signed=True)


def ink(value: float, colours: Colours) -> str:
    """Black or white, whichever reads better on the value's colour."""
    place = float(colours.norm(min(value, 1e30)))
    red, green, blue, _ = matplotlib.colormaps[colours.map](place)
    return look.INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"


def number(value: float, colours: Colours) -> str:
    """A value as it stands in a cell, with as many digits as the scale needs."""
    if np.isinf(value):
        return "∞"
    ends: Any = colours.norm.vmin, colours.norm.vmax  # given to it, so never None
    span = ends[1] - ends[0]
    digits = 0 if abs(value) >= 100 else 1 if span >= 5 else 2
    text = f"{value:+.{digits}f}" if colours.signed else f"{value:.{digits}f}"
    text = text.replace("-", "−") if float(text) else text.lstrip("+-")
    return text if span >= 5 else text.replace("0.", ".", 1)


def _finite(cells: Iterable[Cells]) -> np.ndarray:
    values = np.concatenate([c.values.ravel() for c in cells])
    return values[np.isfinite(values)]


def _extend(cells: Iterable[Cells], low: float, high: float) -> str:
    values = np.concatenate([c.values.ravel() for c in cells])
    below, above = bool((values < low).any()), bool((values > high).any())
    return {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[below, above]


def _round_up(value: float) -> float:
    """The next of 1, 2, 3, 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(s * power for s in (1, 2, 3, 5, 10) if s * power >= value * (1 - 1e-9))
