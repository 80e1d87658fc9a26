"""One look for every figure: names, colours, print sizes, and files that repeat to the byte."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fieldbench.figures.parts import stamp
from fieldbench.figures.parts.data import Metric
from fieldbench.plan.errors import UserError
from fieldbench.plan.targets.compositions import READABLE
from fieldbench.results.store import write_whole

SINGLE, DOUBLE = 3.4, 7.0  # inches: one and two columns of a printed page
SMALL, NORMAL, LARGE = 7, 8, 9  # points at final size
NUMBERS = 6.5  # points, for numbers inside the cells of a heatmap
ABSENT = "#dcdcdc"  # what was not run, or is hidden
INK = "#222222"
HATCH = "//////"

# The font travels with Matplotlib, so that every machine draws the same letters.
RC: dict[Any, Any] = {  # matplotlib types its keys by their very words
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "font.size": NORMAL,
    "axes.titlesize": NORMAL,
    "axes.labelsize": NORMAL,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#555555",
    "axes.linewidth": 0.6,
    "axes.titlepad": 3.0,
    "axes.labelpad": 2.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "axes.grid": False,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.5,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.pad": 2.0,
    "ytick.major.pad": 2.0,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "hatch.linewidth": 0.5,
    "hatch.color": "edge",
    "image.interpolation": "auto",
    "image.composite_image": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 300,
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "pdf.compression": 6,
    "svg.fonttype": "path",
    "svg.hashsalt": "fieldbench",
    "path.simplify": True,
}

_SPARE_COLOURS = ("#332288", "#88ccee", "#44aa99", "#117733", "#ddcc77", "#cc6677", "#aa4499")
_SPARE_MARKERS = ("o", "s", "D", "^", "v", "<", ">", "p", "h", "P", "X", "*", "d", "8")
_SPARE_LINES = ("solid", "dashed", "dashdot", "dotted")


@dataclass(frozen=True)
class ModelStyle:
    """How one model is named and drawn."""

    name: str
    colour: str
    line: Any = "solid"
    marker: str = "o"


@dataclass(frozen=True)
class Style:
    """Names, colours and order, from config/figures.yaml. What is not listed is still drawn."""

    models: Mapping[str, ModelStyle] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)
    axes: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, ModelStyle] = field(default_factory=dict)
    readable: int = READABLE  # models of a figure

    @classmethod
    def of(cls, config: Mapping[str, Any] | None) -> "Style":
        """The style that a parsed config/figures.yaml asks for."""
        config = config or {}
        looks: dict[str, Any] = {k: _looks(config.get(k) or {}) for k in ("models", "parts")}
        names = {k: dict(config.get(k) or {}) for k in ("tasks", "families", "axes", "metrics")}
        return cls(**looks, **names, readable=config.get("readable", READABLE))

    def model(self, key: str) -> ModelStyle:
        return self.models.get(key) or spare_style(key)

    def part(self, key: str) -> ModelStyle:
        """How a part of composed models is named and coloured."""
        return self.parts.get(key) or spare_style(key)

    def ordered(self, keys: Iterable[str]) -> list[str]:
        """Models in the configured order; those it does not name follow, by name."""
        known = {key: place for place, key in enumerate(self.models)}
        return sorted(set(keys), key=lambda key: (known.get(key, len(known)), key))

    def ordered_panels(self, panels: Iterable[tuple]) -> list[tuple]:
        """(task, family, label) in the configured order of tasks, then of families."""
        tasks, families = list(self.tasks), list(self.families)

        def place(key: str, known: list[str]) -> tuple[int, str]:
            return known.index(key) if key in known else len(known), key

        return sorted(panels, key=lambda p: (place(p[0], tasks), place(p[1], families), p[2]))

    def task(self, key: str) -> str:
        return self.tasks.get(key, key)

    def family(self, key: str) -> str:
        return self.families.get(key, key)

    def axis(self, family: str, metric: Metric | None = None) -> str:
        """What the labels .1 to .9 of a family count, or the parts of a metric that has parts."""
        return (metric or {}).get("part_name") or self.axes.get(family, "bandwidth")

    def metric(self, metric: Metric, unit: bool = True) -> str:
        """A metric's name, with its unit: 'PSNR (dB)'."""
        name = self.metrics.get(metric["name"]) or metric.get("label") or metric["name"]
        return f"{name} ({metric['unit']})" if unit and metric.get("unit") else name


def spare_style(key: str) -> ModelStyle:
    """A look for a model that config/figures.yaml does not name: always the same for one name."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    number, colour = divmod(number, len(_SPARE_COLOURS))
    number, marker = divmod(number, len(_SPARE_MARKERS))
    line = number % len(_SPARE_LINES)
    return ModelStyle(key, _SPARE_COLOURS[colour], _SPARE_LINES[line], _SPARE_MARKERS[marker])


def _looks(given: Mapping[str, Any]) -> dict[str, ModelStyle]:
    """Looks by their keys; what is not said of one follows from its key."""
    found = {}
    for key, said in given.items():
        spare, said = spare_style(key), said or {}
        line = _line(said.get("line", spare.line))
        name, colour, marker = (
            said.get(k, getattr(spare, k)) for k in ("name", "colour", "marker")
        )
        found[key] = ModelStyle(name, colour, line, marker)
    return found


def _line(given: Any) -> Any:
    """A line style: Matplotlib's word, or a list of dash and gap lengths in points."""
    return (0, tuple(given)) if isinstance(given, list) else given


def figure_inches(axes: Axes) -> np.ndarray:
    """Width and height of the figure that axes are in."""
    return cast(Figure, axes.figure).get_size_inches()  # ours have no figures within figures


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's defaults and ours inside, whatever was set before afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches, apart from pyplot's list of open figures."""
    made = Figure(figsize=(width, height))
    FigureCanvasAgg(made)
    return made


def axes_at(on: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes placed in inches from the left and the top edge."""
    across, down = on.get_size_inches()
    place = (left / across, 1 - (top + height) / down, width / across, height / down)
    return on.add_axes(place)


def text_at(on: Figure, left: float, top: float, words: str, **look: Any) -> None:
    """Text placed in inches from the left and the top edge."""
    across, down = on.get_size_inches()
    on.text(left / across, 1 - top / down, words, **{"va": "top", "color": INK, **look})


def save(drawn: Figure, path: str | Path, origin: stamp.Stamp | None = None) -> None:
    """Write a figure as its suffix says (.pdf, .png, .svg), whole or not at all."""
    suffix = Path(path).suffix
    if suffix not in stamp.FORMATS:
        raise UserError(
            f"{path}: figures are not written as '{suffix}'.", "Name it .pdf, .png or .svg."
        )
    buffer = io.BytesIO()
    with styled():
        drawn.savefig(buffer, format=suffix[1:], metadata=stamp.metadata(origin, suffix))
    write_whole(path, buffer.getvalue())
