"""Who wins where: the best model of each task, family, label and budget, and how surely."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.data import Interval, Metric
from fieldbench.figures.parts.pairs import paired
from fieldbench.results.statuses import COLLAPSED

PLACE = ["study", *data.PANEL, "budget"]
NEAR = 1.0  # dB below the winner: good enough for who has little time
COLUMNS = (
    *(*PLACE, "metric", "model", "mean", "n", "second", "margin", "low", "high"),
    *("tied", "near", "seconds", "near_seconds", "collapsed"),
)


def winners(
    scores: pd.DataFrame, timings: pd.DataFrame, metric: Metric, interval: Interval
) -> pd.DataFrame:
    """One row a task, family, label and budget where a model has a number: COLUMNS.

    `margin` is the mean over pairs of one signal and seed of how much better the winner is than
    the `second`, with the ends of its interval, nan where there is but one pair. `tied` names, with
    spaces between, the models from which the winner cannot be told: the interval of their
    difference holds zero. `near` is the model with the fewest seconds of training within 1 dB of
    the winner. A model that failed anywhere at a place is not ranked there: a mean over the rest
    would be of easier signals, perhaps. `collapsed` counts the winner's fits that are no better
    than a constant.
    """
    whole = {key: value for key, value in metric.items() if key != "parts"}
    name: str = metric["name"]
    rows = data.tidy_scores(data.unfolded(scores, metric), [name])
    rows = data.capped(rows[~data.is_control(rows)], whole)
    seconds = _seconds(timings)
    found = []
    for place, own in rows.groupby(PLACE, dropna=False, sort=True):
        ranked = _ranked(own, whole)
        if len(ranked):
            told = _told(own, ranked, whole, interval)
            near = _near(
                ranked, {m: seconds.get((*place[1:3], m, place[-1])) for m in ranked}, whole
            )
            found.append(dict(zip(PLACE, place, strict=True)) | {"metric": name} | told | near)
    return pd.DataFrame(found, columns=list(COLUMNS))


def _ranked(own: pd.DataFrame, metric: Metric) -> dict[str, float]:
    """The models that have a number of each signal and seed, and their means, the best first."""
    asked = len(own[["signal", "seed"]].drop_duplicates())
    groups = own.groupby("model")[metric["name"]]
    means = groups.mean()[groups.count() == asked]
    ordered = means.sort_values(ascending=metric["better"] == "lower", kind="stable")
    return {str(model): float(mean) for model, mean in ordered.items()}


def _told(
    own: pd.DataFrame, ranked: Mapping[str, float], metric: Metric, interval: Interval
) -> dict[str, Any]:
    """The winner, and by how much it beats each of the others."""
    first, *others = ranked
    fits = own[own["model"] == first]
    row = {"model": first, "mean": ranked[first], "n": len(fits)}
    row["collapsed"] = int((fits["status"] == COLLAPSED).sum())
    pairs = paired(own[own["model"].isin(list(ranked))], metric, {own["task"].iloc[0]: first})
    gaps = {m: _gap(pairs[pairs["model"] == m], metric, interval) for m in others}
    none = (np.nan,) * 3
    margin, low, high = gaps[others[0]] if others else none
    tied = [m for m, (gap, least, _) in gaps.items() if least <= 0 or gap == 0]
    row |= {"second": others[0] if others else "", "margin": margin, "low": low, "high": high}
    return row | {"tied": " ".join(tied)}


def _gap(pairs: pd.DataFrame, metric: Metric, interval: Interval) -> tuple[float, float, float]:
    """How much worse a model is than the winner, with the ends of its interval."""
    values = -pairs[metric["name"]].to_numpy()
    low, high = interval(values, list(pairs["signal"]), list(pairs["seed"]))
    return float(values.mean()), low, high


def _near(
    ranked: Mapping[str, float], seconds: Mapping[str, float | None], metric: Metric
) -> dict[str, Any]:
    """The quickest of those that are within 1 dB of the winner; none of metrics in other units."""
    first = next(iter(ranked))
    close = [m for m, mean in ranked.items() if abs(ranked[first] - mean) <= NEAR]
    known = {m: s for m in close if (s := seconds[m]) is not None}
    near = min(known, key=lambda m: known[m]) if known and data.is_capped(metric) else ""
    return {
        "near": near,
        "seconds": seconds[first],
        "near_seconds": seconds[near] if near else None,
    }


def _seconds(timings: pd.DataFrame) -> dict[tuple, float]:
    """The median seconds of training by task, family, model and budget."""
    taken = pd.to_numeric(timings["training_seconds"], errors="coerce")
    frame = timings.assign(taken=taken)[taken > 0]
    groups: Any = frame.groupby(["task", "family", "model", "budget"])["taken"]  # by tuples
    return {key: float(own.median()) for key, own in groups}
