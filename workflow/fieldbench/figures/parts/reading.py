"""What the scripts of pictures read: scores at once, reconstructions one at a time."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from fieldbench.figures.parts import selection
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.selection import Selection
from fieldbench.figures.parts.style import Style
from fieldbench.plan.entries import registry
from fieldbench.plan.paths import RECORD
from fieldbench.results import store

HALF_TURN = 180.0  # degrees: the last view of a scan that includes it


class Reconstructions(Mapping):
    """Reconstructions by cell, each read when asked for: together they may not fit in memory.

    None where a fit failed.
    """

    def __init__(self, files: Mapping[Hashable, str]):
        self._files = files

    def __getitem__(self, key: Hashable) -> np.ndarray | None:
        arrays, _ = store.read(self._files[key], "fit")
        return arrays.get("reconstruction")

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def only(self, keys: Collection[Hashable]) -> "Reconstructions":
        """Those of some keys."""
        return Reconstructions({key: self._files[key] for key in self._files if key in keys})


def fits(
    fit_files: Sequence[str],
    score_files: Sequence[str],
    key: Callable[[Mapping[str, Any]], Hashable] = lambda cell: cell["model"],
) -> tuple[Reconstructions, dict[Any, dict[str, Any]]]:
    """Reconstructions and scores with status, by a key of the fits' cells.

    The score files hold these fits, and may hold others of their models.
    """
    records = {}
    for path in score_files:
        facts = store.facts(path, "score")
        records[facts["signal"], facts["model"]] = store.cells(path, "score")
    files, scores = {}, {}
    for path in fit_files:
        cell = store.facts(path, "fit")["cell"]
        found = records[cell["signal"], cell["model"]][RECORD.format(**cell)].facts
        values = {metric: score["value"] for metric, score in found["scores"].items()}
        files[key(cell)] = path
        scores[key(cell)] = {"status": found["status"], **values}
    return Reconstructions(files), scores


def best(
    fit_files: Sequence[str],
    score_files: Sequence[str],
    metrics: Sequence[Metric],
    style: Style,
    key: Callable[[Mapping[str, Any]], Hashable] = lambda cell: cell["model"],
) -> tuple[Reconstructions, dict[Any, dict[str, Any]], Selection]:
    """As `fits`, of no more models than a figure may show, by the first metric; and which."""
    reconstructions, scores = fits(fit_files, score_files, key)
    chosen = selection.best_pictures(scores, metrics, style)
    keys = chosen.keys(scores)
    return reconstructions.only(keys), {key: scores[key] for key in keys}, chosen


def budget(fit_files: Sequence[str]) -> int:
    """The largest budget among the cells of fits."""
    return max(store.facts(path, "fit")["cell"]["budget"] for path in fit_files)


def is_signed(signal: Mapping[str, Any]) -> bool:
    """Whether a signal, by its file's facts, holds distances, whose sign says inside or outside."""
    return registry.declare("signals", signal["entry"]["kind"]).facts.holds == "distances"


def angles(observation: Mapping[str, Any]) -> tuple[float, float] | None:
    """The first and the last angle of an observed sinogram, in degrees; None of anything else."""
    count = observation.get("angles")
    if count is None:
        return None
    included = observation["entry"]["settings"]["last"] == "inclusive"
    return 0.0, HALF_TURN if included else HALF_TURN * (1 - 1 / count)


def within(signal: Mapping[str, Any]) -> tuple[float, float] | None:
    """What scores of a signal clamp values to, None for nothing, by the facts of its file."""
    return registry.declare("signals", signal["entry"]["kind"]).facts.limits


def pictured(observation: Mapping[str, Any], values: np.ndarray) -> np.ndarray | None:
    """Observed values that are to be seen beside the truth: none of the truth, or an equation."""
    hidden = observation["entry"]["kind"] == "represent" or observation.get("domain") == "equation"
    return None if hidden else values
