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
    metric: Metric,
    key: Callable[[Mapping[str, Any]], Hashable] = lambda cell: cell["model"],
) -> tuple[Reconstructions, dict[Any, dict[str, Any]]]:
    """Reconstructions and scores with status, by a key of the fits' cells.

    The score files hold these fits, and may hold others of their models. Of several seeds the one
    of the median score is taken, and named among its scores: `seed`.
    """
    records = {}
    for path in score_files:
        facts = store.facts(path, "score")
        records[facts["signal"], facts["model"]] = store.cells(path, "score")
    groups: dict[Any, list[tuple[str, dict[str, Any]]]] = {}
    for path in fit_files:
        cell = store.facts(path, "fit")["cell"]
        found = records[cell["signal"], cell["model"]][RECORD.format(**cell)].facts
        values = {name: score["value"] for name, score in found["scores"].items()}
        told = {"status": found["status"], "seed": cell["seed"], **values}
        groups.setdefault(key(cell), []).append((path, told))
    files, scores = {}, {}
    for name, group in groups.items():
        files[name], told = median(group, metric)
        scores[name] = told if len(group) > 1 else {k: v for k, v in told.items() if k != "seed"}
    return Reconstructions(files), scores


def median(
    group: Sequence[tuple[str, dict[str, Any]]], metric: Metric
) -> tuple[str, dict[str, Any]]:
    """The file and the scores in the middle by a metric; of two in the middle the worse.

    A fit without a number comes last.
    """
    sign = -1 if metric["better"] == "higher" else 1

    def place(one: tuple[str, dict[str, Any]]) -> tuple[bool, float]:
        value = one[1].get(metric["name"])
        return value is None, 0.0 if value is None else sign * value

    return sorted(group, key=place)[len(group) // 2]


def best(
    fit_files: Sequence[str],
    score_files: Sequence[str],
    metrics: Sequence[Metric],
    style: Style,
    key: Callable[[Mapping[str, Any]], Hashable] = lambda cell: cell["model"],
) -> tuple[Reconstructions, dict[Any, dict[str, Any]], Selection]:
    """As `fits`, of no more models than a figure may show, by the first metric; and which."""
    reconstructions, scores = fits(fit_files, score_files, metrics[0], key)
    chosen = selection.best_pictures(scores, metrics, style)
    keys = chosen.keys(scores)
    return reconstructions.only(keys), {key: scores[key] for key in keys}, chosen


def budget(fit_files: Sequence[str]) -> int:
    """The largest budget among the cells of fits."""
    return max(store.facts(path, "fit")["cell"]["budget"] for path in fit_files)


def is_signed(signal: Mapping[str, Any]) -> bool:
    """Whether a signal, by its file's facts, holds distances, whose sign says inside or outside."""
    return _said(signal, "holds") == "distances"


def angles(observation: Mapping[str, Any]) -> tuple[float, float] | None:
    """The first and the last angle of an observed sinogram, in degrees; None of anything else."""
    count = observation.get("angles")
    if count is None:
        return None
    included = observation["entry"]["settings"]["last"] == "inclusive"
    return 0.0, HALF_TURN if included else HALF_TURN * (1 - 1 / count)


def within(signal: Mapping[str, Any]) -> tuple[float, float] | None:
    """What scores of a signal clamp values to, None for nothing, by the facts of its file."""
    return _said(signal, "limits")


def _said(signal: Mapping[str, Any], fact: str) -> Any:
    """What the facts of a signal's file say of it, or else the entry that made it."""
    own = signal.get("own", {})  # of a user's own files only
    entry = registry.declare("signals", signal["entry"]["kind"])
    return own[fact] if fact in own else getattr(entry.facts, fact)


def pictured(observation: Mapping[str, Any], values: np.ndarray) -> np.ndarray | None:
    """Observed values that are to be seen beside the truth: none of the truth, or an equation."""
    hidden = observation["entry"]["kind"] == "represent" or observation.get("domain") == "equation"
    return None if hidden else values
