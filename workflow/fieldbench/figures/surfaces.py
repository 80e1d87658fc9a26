"""A body's surface, as it is and as each model holds it: one camera, one light, one scale."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fieldbench.figures.parts import shading, tiles
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.shading import Mesh
from fieldbench.figures.parts.style import RC, Style, styled

PER_ROW, WIDEST = 5, 2.2  # pictures in a row; inches
SIDE, GAP = 0.06, 0.08  # inches


@styled()
def draw(
    truth: np.ndarray,
    reconstructions: Mapping[str, np.ndarray | None],
    scores: Mapping[str, Mapping[str, Any]],
    metrics: Sequence[Metric],
    style: Style,
    title: str,
    signed: bool = False,
) -> Figure:
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
        found[model] = status if status != "ok" else _mesh(values, signed)
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
        inches = axes.figure.get_size_inches()[0] * axes.get_position().width
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

    def place(self, number: int) -> tiles.Place:
        row, column = divmod(number, self.per_row)
        left = SIDE + column * (self.panel[0] + GAP)
        return left, self.top + row * self.pitch + self.caption, *self.panel
