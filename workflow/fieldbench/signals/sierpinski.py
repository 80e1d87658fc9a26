"""The Sierpinski triangle, drawn with a stroke: edges at every scale, then a solid mesh of ink."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from fieldbench.signals import _settings

# The paper's picture, in units of its 1000-pixel crop: a canvas of 12 inches at 100 dpi, on it
# Matplotlib's default axes with equal aspect, and the rows and columns that are cropped away.
CANVAS = 1.2
LEFT, WIDTH = 0.15, 0.93  # of the triangle's base on the canvas
MIDDLE = 0.594  # height of the triangle's centre line above the canvas' lower edge
CROP_TOP, CROP_LEFT = 0.1, 0.115
STROKE = 1 / 720  # line width: 1 point (1/72 inch) of a canvas where the crop is 10 inches wide
DARK = 150  # grey levels up to this one count as filled


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length, length)


class Signal:
    """Values 0 and 1, shape (length, length, 1): the fractal of depth label - 1, base down.

    It holds 3^depth filled triangles, each with an edge line. Length 1000 is the paper's figure.
    Any other length is the same drawing at another resolution, the line width scaled along; where
    the finest triangles fall under a pixel they merge, so short sides hold somewhat more ink.
    Because of the line the ink stops thinning: labels 8 and 9 are almost alike at length 1000.
    """

    dims = (2,)
    random = False
    binary = True

    def __init__(
        self,
        *,
        length: int = 1000,  # the paper's side
        label: int = 5,
    ) -> None:
        self.length = _settings.whole("sierpinski", "length", length, 16)
        self.label = _settings.whole("sierpinski", "label", label, 1, 9)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, length, 1)."""
        grey = _draw(_triangles(self.label - 1), self.length)
        top, left = round(CROP_TOP * self.length), round(CROP_LEFT * self.length)
        crop = grey[top : top + self.length, left : left + self.length]
        return (crop <= DARK).astype(np.float64)[..., None]


def _triangles(depth: int) -> np.ndarray:
    """Corners in a triangle of base 1, y upwards: float64, shape (3^depth, 3, 2)."""
    whole = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    triangles = whole[None]
    for _ in range(depth):
        # Each triangle becomes its three halves, one towards each corner of the whole.
        triangles = np.concatenate([(triangles + corner) / 2 for corner in whole])
    return triangles


def _draw(triangles: np.ndarray, length: int) -> np.ndarray:
    """Mean grey of the canvas, 0 to 255: float64, shape (side, side), side about 1.2 length.

    Everything that Matplotlib's settings could change is said here, and pyplot is not used.
    """
    side = round(CANVAS * length)
    dpi = 100
    low = np.array([LEFT, MIDDLE - WIDTH * np.sqrt(3) / 4])
    corners = length * (low + WIDTH * triangles)
    # The axes cut off the outer half of the outermost line.
    frame = Bbox(length * np.array([low, low + WIDTH * np.array([1, np.sqrt(3) / 2])]))
    figure = Figure(
        figsize=(side / dpi, side / dpi), dpi=dpi, facecolor="white", edgecolor="white",
        linewidth=0, frameon=True, layout="none",
    )  # fmt: skip
    canvas = FigureCanvasAgg(figure)
    # Said twice, or Matplotlib draws a lone triangle as a marker, rounded to whole pixels.
    stroke = [STROKE * length * 72 / dpi] * 2
    ink = PolyCollection(
        corners, facecolors="black", edgecolors="black", linewidths=stroke,
        linestyles="solid", antialiaseds=True, joinstyle="miter", capstyle="butt", transform=None,
    )  # fmt: skip
    ink.set(clip_box=frame, snap=False, sketch_params=None, path_effects=[], hatch=None)
    figure.add_artist(ink)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=-1)
