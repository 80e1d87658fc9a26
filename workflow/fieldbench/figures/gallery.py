"""The truth, what was observed, and what each model made of it, with errors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from fieldbench.figures import data, pictures, waves
from fieldbench.figures.data import Metric
from fieldbench.figures.shown import Shown, Tile
from fieldbench.figures.style import Style, styled
from fieldbench.plan.errors import UserError


@styled()
def draw(
    truth: np.ndarray,
    observed: np.ndarray | None,
    reconstructions: Mapping[str, np.ndarray | None],
    scores: Mapping[str, Mapping[str, Any]],
    metrics: Sequence[Metric],
    style: Style,
    title: str,
    mask: np.ndarray | None = None,
    domain: str = "",
) -> Figure:
    """Draw one signal of one, two or three dimensions, and its reconstructions.

    `truth` and each reconstruction are (*shape, channels); `observed` is (*its own shape,
    channels) and `mask` (its own shape) is True where a value was shown to the models. `domain`
    names what is observed where that is no picture of the same place, a sinogram say. A model
    whose fit failed has no reconstruction (None, or left out) and a `status` among its scores.
    Of a volume the middle slice along the last axis is drawn, of channels other than one or
    three the first; the figure says so.
    """
    models = style.ordered([*reconstructions, *scores])
    if not models:
        raise UserError("No model was fitted, so no gallery can be drawn.", "Add a model.")
    dims = truth.ndim - 1
    flat, notes = _flat(truth, dims)
    seen = None
    if observed is not None and observed.ndim == truth.ndim:
        seen, _ = _flat(observed, dims)
        if mask is not None:
            hidden = ~_middle(np.asarray(mask, bool), dims)
            seen = np.ma.masked_array(seen, np.broadcast_to(hidden[..., None], seen.shape))
    tiles = {}
    for model in models:
        values = reconstructions.get(model)
        score = scores.get(model, {})
        status = score.get("status", "ok")
        if status == "ok" and (values is None or not np.isfinite(values).any()):
            status = "failed"
        shown = None if status != "ok" else _flat(values, dims)[0]
        tiles[model] = Tile(shown, status.replace("-", " "), _score_lines(score, metrics, style))
    whole = Shown(flat, seen, tiles, "; ".join([title, *notes]), domain)
    return waves.draw(whole, style) if dims == 1 else pictures.draw(whole, style)


def _flat(values: np.ndarray, dims: int) -> tuple[np.ndarray, list[str]]:
    """A line or a picture with one or three channels, and what was left out of it."""
    notes, values = [], np.asarray(values, float)
    if dims == 3:
        notes.append(f"slice {values.shape[2] // 2 + 1} of {values.shape[2]} along the last axis")
        values = _middle(values, dims)
    channels = values.shape[-1]
    if channels != 1 and (dims == 1 or channels != 3):
        notes.append(f"first of {channels} channels")
        values = values[..., :1]
    return values, notes


def _middle(values: np.ndarray, dims: int) -> np.ndarray:
    """The middle slice of a volume along its last axis; anything else as it is."""
    return values[:, :, values.shape[2] // 2] if dims == 3 else values


def _score_lines(
    score: Mapping[str, Any], metrics: Sequence[Metric], style: Style
) -> tuple[str, ...]:
    """At most two metrics, one a line: 'PSNR 31.4 dB'."""
    found = [m for m in metrics if isinstance(score.get(m["name"]), (int, float))]
    lines = []
    for metric in found[:2]:
        value, unit = float(score[metric["name"]]), metric.get("unit") or ""
        digits = 1 if unit else 3
        number = "exact" if np.isinf(value) and data.is_capped(metric) else f"{value:.{digits}f}"
        unit = "" if number == "exact" else unit
        words = (style.metric(metric, unit=False), number.replace("-", "−"), unit)
        lines.append(" ".join(word for word in words if word))
    return tuple(lines)
