"""A body's surface, as it is and as each model holds it: one camera, one light, one scale."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import reading, shading, tiles
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.shading import Mesh
from fieldbench.figures.parts.style import RC, Style, styled
from fieldbench.results import store

PER_ROW, WIDEST = 5, 2.2  # pictures in a row; inches
SIDE, GAP = 0.06, 0.08  # inches


class Figure:
    """Draws the surface of a body and of each model's fit to it."""

    path = "surfaces/{task}/{family}"
    category = "surfaces"
    caption = (
        "The surface of the body at a value of 0.5, half occupied, or where its signed "
        "distance is zero, of the truth and of each model at the largest budget (of several "
        "seeds the one of the median score): one camera, "
        "one light and one frame for all. The first axis runs to the right, the second up; "
        "what is occupied is clamped to [0, 1] as for the scores, and light falls on the "
        "values smoothed over 0.8 samples, so that the steps of a binary volume shade softly. "
        "IoU counts as occupied what is above 0.2, so it may be good where this surface has "
        "holes. The folder `meshes` holds these surfaces as PLY."
    )
    reads = ()
    pictures = "surfaces"

    def draw(self, given: Given) -> Drawing:
        metrics, files = list(given.metrics.values()), given.files
        truth, signal = store.read(files["signal"][0], "signal")
        fits, scores, chosen = reading.best(files["fits"], files["scores"], metrics, given.style)
        about = f"(signal {signal['signal']}, budget {reading.budget(files['fits']):,})"
        title, signed = chosen.titled(f"{given.title} {about}"), reading.is_signed(signal)
        return draw(truth["values"], fits, scores, metrics, chosen.style, title, signed=signed)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"task": t, "family": f} for t, f in study.surfaces]


@styled()
def draw(
    truth: np.ndarray,
    reconstructions: Mapping[str, np.ndarray | None],
    scores: Mapping[str, Mapping[str, Any]],
    metrics: Sequence[Metric],
    style: Style,
    title: str,
    signed: bool = False,
) -> Drawing:
    """Draw the surfaces of a volume (three sides, channels) and of its reconstructions.

    That at half occupied, or of `signed` distances where they are zero.

    The first axis runs to the right, the second up; of several channels the first is drawn. A
    reconstruction that nowhere reaches the level has no surface, and one whose fit failed has no
    values (None, or left out) and a `status` among its scores.
    """
    models = style.ordered([*reconstructions, *scores])
    found: dict[str, Mesh | str] = {}
    for model in models:
        values, score = reconstructions.get(model), scores.get(model, {})
        status = tiles.status_of(score, values)
        found[model] = status if status != "ok" or values is None else _mesh(values, signed)
    true = _mesh(truth, signed)
    meshes = [mesh for mesh in (true, *found.values()) if isinstance(mesh, Mesh)]
    window = shading.frame(meshes) if meshes else (np.zeros(2), np.ones(2))
    lines = {m: tiles.score_lines(scores.get(m, {}), metrics, style) for m in models}
    captions = [("Truth", ()), *((style.model(m).name, lines[m]) for m in models)]
    level = 0 if signed else shading.LEVEL
    sheet = _Sheet(captions, window, f"{title}; surface at {level:g}")
    drawn = look.figure(*sheet.size)
    look.text_at(drawn, SIDE, 0.06, sheet.title, size=look.LARGE)
    for number, (caption, mesh) in enumerate(zip(captions, [true, *found.values()], strict=True)):
        place = sheet.place(number)
        tiles.caption(drawn, place, *caption)
        _fill(tiles.empty(drawn, place), mesh, window)
    return drawn


def _mesh(values: np.ndarray, signed: bool) -> Mesh | str:
    """The surface, or in a word why there is none."""
    empty = "empty: all above 0" if signed else f"empty: all below {shading.LEVEL:g}"
    return Mesh.of(values[..., 0], signed) or empty


def _fill(axes: Axes, mesh: Mesh | str, window: tuple[np.ndarray, np.ndarray]) -> None:
    if isinstance(mesh, Mesh):
        inches = look.figure_inches(axes)[0] * axes.get_position().width
        picture = shading.render(mesh, window, round(inches * RC["savefig.dpi"]))
        axes.imshow(picture, aspect="auto")
        axes.spines[:].set_visible(False)
    elif mesh.startswith("empty"):
        axes.spines[:].set_edgecolor(look.ABSENT)
        tiles.said(axes, mesh)
    else:
        tiles.failed(axes, mesh)


class _Sheet:
    """Sizes in inches: pictures of one size, up to PER_ROW in a row."""

    def __init__(self, captions: tiles.Captions, window: tuple[np.ndarray, np.ndarray], title: str):
        rows = math.ceil(len(captions) / PER_ROW)
        self.per_row = math.ceil(len(captions) / rows)
        width = min(WIDEST, (look.DOUBLE - 2 * SIDE) / self.per_row - GAP)
        across, up = window[1] - window[0]
        self.panel = width, width * min(2.0, max(0.4, up / across))
        self.caption = tiles.room(captions, width)
        wide = max(2 * SIDE + self.per_row * (width + GAP), look.SINGLE)
        self.title, self.top = tiles.heading(title, wide - 2 * SIDE)
        self.size = wide, self.top + rows * self.pitch + SIDE

    @property
    def pitch(self) -> float:
        return self.caption + self.panel[1] + GAP

    def place(self, number: int) -> tiles.Box:
        row, column = divmod(number, self.per_row)
        left = SIDE + column * (self.panel[0] + GAP)
        return left, self.top + row * self.pitch + self.caption, *self.panel
