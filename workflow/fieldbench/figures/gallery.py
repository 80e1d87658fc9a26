"""The truth, what was observed, and what each model made of it, with errors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import pictures, reading, sounds, tiles, videos, waves
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.gallery_data import Shown, Tile
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style, styled
from fieldbench.plan.errors import UserError
from fieldbench.results import store


class Figure:
    """Draws what each model made of one signal, side by side."""

    path = "galleries/{task}/{family}"
    category = "galleries"
    caption = (
        "The truth, what was shown of it, each model's reconstruction at the largest budget "
        "(of several seeds the one of the median score), "
        "a zoom where the truth's detail is densest (the frame: where neighbours differ most; "
        "the same for all), and the absolute error of the values as they are scored, within "
        "[0, 1] or what else the signal may hold. All errors share one scale. It ends at the "
        "median, over models without floor and ceiling, of each one's 99th percentile; what "
        "lies beyond has the last colour. A sinogram has grey values and axes of its own. "
        "Signed distances are red below zero, which is inside, and blue above, with a line at "
        "zero. A sound is shown as its waveform, a zoom over the truth in grey, and its "
        "spectrogram (a Hann window, levels in dB of the truth's strongest); a video as three "
        "frames, the error of the middle one, and one row of pixels over time, the row that "
        "changes most. What can be heard and watched lies in the folders sounds and videos of "
        "the results."
    )
    reads = ()
    pictures = "gallery"
    needs = ("sort",)

    def draw(self, given: Given) -> Drawing:
        metrics, files = list(given.metrics.values()), given.files
        truth, signal = store.read(files["signal"][0], "signal")
        observed, facts = store.read(files["observation"][0], "observation")
        fits, scores, chosen = reading.best(files["fits"], files["scores"], metrics, given.style)
        about = f"(signal {signal['signal']}, budget {reading.budget(files['fits']):,})"
        title = chosen.titled(f"{given.title} {about}")
        return draw(
            truth["values"],
            reading.pictured(facts, observed["values"]),
            *(fits, scores, metrics, chosen.style, title),
            mask=observed.get("mask"),
            angles=reading.angles(facts),
            sort=given.plan["sort"],
        )


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"task": t, "family": f} for t, f in study.galleries]


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
) -> Drawing:
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
        kept = None if status != "ok" or values is None else viewed(values)[0]
        found[model] = Tile(kept, status, tiles.score_lines(score, metrics, style))
    signed = sort.get("holds") == "distances"
    notes += [tiles.SIGNS] if signed else []
    within = sort.get("limits", (0.0, 1.0))
    whole = Shown(flat, seen, found, "; ".join([title, *notes]), angles, within, signed)
    if sort.get("holds") == "amplitudes":
        return sounds.draw(whole, style, sort)
    return waves.draw(whole, style) if dims == 1 else pictures.draw(whole, style)
