"""The truth, what was observed, and what each model made of it, with errors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from fieldbench.figures.parts import pictures, sounds, tiles, videos, waves
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.gallery_data import Shown, Tile
from fieldbench.figures.parts.style import Style, styled
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
    sort: Mapping[str, Any] | None = None,
) -> Figure:
    """Draw one signal of one, two or three dimensions, and its reconstructions.

    `truth` and each reconstruction are (*shape, channels); `observed` is (*its own shape,
    channels) and `mask` (its own shape) is True where a value was shown to the models; a sinogram,
    (views, detectors, channels), comes with the `angles` of its first and last view in degrees. A
    model whose fit failed has no reconstruction (None, or left out) and a `status` among its
    scores. Errors are of values clamped to the signal's `limits`, as they are scored; distances
    and fields of both signs have colours.
    Of a volume the middle slice along the last axis is drawn, of channels other than one or
    three the first; the figure says so. `sort` is what the signal `holds`, the `limits` that its
    values are scored within, and where it is heard or moves its `rate` in samples a second:
    sounds and videos have galleries of their own, and of views of a scene four are drawn in one
    picture, without what was observed, which are others.
    """
    sort = sort or {}
    models = style.ordered([*reconstructions, *scores])
    if not models:
        raise UserError("No model was fitted, so no gallery can be drawn.", "Add a model.")
    if sort.get("holds") == "frames":
        return videos.draw(truth, observed, reconstructions, scores, metrics, style, title)
    views = sort.get("holds") == "views"
    viewed = tiles.together if views else tiles.flat
    observed = None if views else observed
    dims = truth.ndim - 1
    flat, notes = viewed(truth)
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
        kept = None if status != "ok" else viewed(values)[0]
        found[model] = Tile(kept, status, tiles.score_lines(score, metrics, style))
    signed = sort.get("holds") == "distances"
    notes += [tiles.SIGNS] if signed else []
    within = sort.get("limits", (0.0, 1.0))
    whole = Shown(flat, seen, found, "; ".join([title, *notes]), angles, within, signed)
    if sort.get("holds") == "amplitudes":
        return sounds.draw(whole, style, sort)
    return waves.draw(whole, style) if dims == 1 else pictures.draw(whole, style)
