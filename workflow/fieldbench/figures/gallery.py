"""The truth, what was observed, and what each model made of it, with errors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from fieldbench.figures import pictures, tiles, waves
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
    angles: tuple[float, float] | None = None,
    within: tuple[float, float] | None = (0.0, 1.0),
) -> Figure:
    """Draw one signal of one, two or three dimensions, and its reconstructions.

    `truth` and each reconstruction are (*shape, channels); `observed` is (*its own shape,
    channels) and `mask` (its own shape) is True where a value was shown to the models; a sinogram,
    (views, detectors, channels), comes with the `angles` of its first and last view in degrees.
    Errors are of values clamped `within`, as they are scored; fields of both signs have colours. A
    model whose fit failed has no reconstruction (None, or left out) and a `status` among its
    scores.
    Of a volume the middle slice along the last axis is drawn, of channels other than one or
    three the first; the figure says so.
    """
    models = style.ordered([*reconstructions, *scores])
    if not models:
        raise UserError("No model was fitted, so no gallery can be drawn.", "Add a model.")
    dims = truth.ndim - 1
    flat, notes = tiles.flat(truth)
    seen = None
    if observed is not None and observed.ndim == truth.ndim:
        seen, _ = tiles.flat(observed)
        if mask is not None:
            hidden = ~tiles.middle(np.asarray(mask, bool), dims)
            seen = np.ma.masked_array(seen, np.broadcast_to(hidden[..., None], seen.shape))
    found = {}
    for model in models:
        values, score = reconstructions.get(model), scores.get(model, {})
        status = tiles.status_of(score, values)
        kept = None if status != "ok" else tiles.flat(values)[0]
        found[model] = Tile(kept, status, tiles.score_lines(score, metrics, style))
    whole = Shown(flat, seen, found, "; ".join([title, *notes]), angles, within)
    return waves.draw(whole, style) if dims == 1 else pictures.draw(whole, style)
