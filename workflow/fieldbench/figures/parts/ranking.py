"""Models in the order of a metric: who is ranked, who is not, and why."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.data import Metric
from fieldbench.results.statuses import OK, SCORED

RANKED, PARTLY, FAILED, IMPOSSIBLE, CONTROL = STATES = (
    "ranked",
    "partly",  # some fits failed or cannot be: a mean over the rest is of easier signals, perhaps
    "failed",
    "impossible",
    "control",
)
COLUMNS = (
    *("study", "task", "metric", "budget", "rank", "model", "mean", "std", "n", "of"),
    *("parameters", "training_seconds", "state", "reason"),
)


def ranks(
    scores: pd.DataFrame,
    metric: Metric,
    impossible: Iterable[Mapping[str, Any]],
    timings: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a model and budget of one study and task: the ranked first, then the others, COLUMNS.

    `mean` and `std` (the population's) are over the `n` fits with a number `of` those asked for,
    signals and seeds together, scores in dB cut at 100. A model has a rank where each of its fits
    has a number. Seconds are the median over fits. Families that the metric is not defined for do
    not count. Controls, which know no budget, come last.
    """
    name = metric["name"]
    frame = data.capped(data.tidy_scores(scores, [name]), metric)
    if frame[["study", "task"]].drop_duplicates().shape[0] > 1:
        raise ValueError("ranks are of one study and task")
    frame = frame[frame["family"].isin(_defined(frame, name))]
    task, families = scores["task"].iloc[0], set(frame["family"])
    pairs = [p for p in impossible if p["task"] == task and p["family"] in families]
    fitted, controls = frame[~data.is_control(frame)], frame[data.is_control(frame)]
    asked = set(zip(fitted["signal"], fitted["seed"], strict=True))
    rows = []
    budgets = {*fitted["budget"].unique(), *(float(p["budget"]) for p in pairs)}
    for budget in sorted(budgets):
        here = fitted[fitted["budget"] == budget]
        others = [p for p in pairs if p["budget"] == budget]
        models = sorted({*here["model"], *(p["model"] for p in others)})
        own = [_row(m, here[here["model"] == m], name, len(asked), others) for m in models]
        rows += _in_order([row | {"budget": budget} for row in own], metric)
    for model, fits in controls.groupby("model", sort=True):
        rows.append(
            _row(str(model), fits, name, len(fits), ()) | {"state": CONTROL, "budget": np.nan}
        )
    found = pd.DataFrame(rows).assign(study=scores["study"].iloc[0], task=task, metric=name)
    found["training_seconds"] = _seconds(found, timings)
    whole = ("budget", "rank", "parameters")
    return found[list(COLUMNS)].astype(dict.fromkeys(whole, "Int64"))


def at_largest(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the largest budget, without controls."""
    return rows[rows["budget"] == rows["budget"].max()]


def level(rows: pd.DataFrame, control: str) -> float:
    """A control's mean; nan where it has none."""
    own = rows.loc[rows["model"] == control, "mean"]
    return float(own.iloc[0]) if len(own) else np.nan


def _defined(frame: pd.DataFrame, name: str) -> list[str]:
    """The families of which some fit has a number, or all have failed."""
    groups = frame[~data.is_control(frame)].groupby("family")
    some = groups[name].agg(lambda values: bool(values.notna().any()))
    failed = groups["status"].agg(lambda words: not words.isin(SCORED).any())
    return list(some.index[some | failed])


def _row(
    model: str, own: pd.DataFrame, name: str, asked: int, impossible: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    values = own[name].dropna().to_numpy()
    row = {
        "model": model,
        "mean": float(values.mean()) if len(values) else np.nan,
        "std": float(values.std()) if len(values) > 1 else np.nan,
        "n": len(values),
        "of": asked,
        "parameters": pd.to_numeric(own["parameters"]).max() if len(own) else None,
        "rank": None,
    }
    if len(values) == asked:
        return row | {"state": RANKED, "reason": "; ".join(_failures(own))}
    state = PARTLY if len(values) else FAILED if len(own) else IMPOSSIBLE
    whys = dict.fromkeys(p["reason"] for p in impossible if p["model"] == model)
    return row | {"state": state, "reason": "; ".join([*_failures(own), *whys])}


def _failures(own: pd.DataFrame) -> list[str]:
    """How often fits ended in which way, and the first one's reason."""
    failed, found = own[own["status"] != OK], []
    for status, rows in failed.groupby("status", sort=True):
        why = next((str(r) for r in rows["reason"].dropna() if str(r)), "")
        counted = f"{len(rows)} of {len(own)} fits {str(status).replace('-', ' ')}"
        found.append(f"{counted} ({why})" if why else counted)
    return found


def _in_order(rows: list[dict[str, Any]], metric: Metric) -> list[dict[str, Any]]:
    """The best first, equals with one rank; then those without a rank, by state and name."""
    sign = -1 if metric["better"] == "higher" else 1
    ranked = [row for row in rows if row["state"] == RANKED]
    for row in ranked:
        row["rank"] = 1 + sum(sign * other["mean"] < sign * row["mean"] for other in ranked)
    return sorted(rows, key=lambda r: (STATES.index(r["state"]), r["rank"] or 0, r["model"]))


def _seconds(rows: pd.DataFrame, timings: pd.DataFrame | None) -> pd.Series:
    """The median seconds of training of each row; nan for who did not train, or without timings."""
    if timings is None:
        return pd.Series(np.nan, rows.index)
    frame = timings[timings["task"] == rows["task"].iloc[0]]
    seconds = pd.to_numeric(frame["training_seconds"], errors="coerce")
    frame = frame.assign(seconds=seconds)[seconds > 0]
    medians = frame.groupby(["model", "budget"])["seconds"].median()
    keys = zip(rows["model"], rows["budget"].astype(float), strict=True)
    return pd.Series([medians.get(key, np.nan) for key in keys], rows.index, dtype=float)
