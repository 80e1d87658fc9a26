"""The mean of every score with its spread, its count and its interval."""

from collections.abc import Mapping, Sequence

import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.data import Interval, Metric
from fieldbench.figures.parts.pairs import paired
from fieldbench.plan.errors import UserError

_GROUP = ["study", *data.PANEL, "model", "budget"]


KEYS = [*_GROUP, "metric"]


def summarise(
    scores: pd.DataFrame,
    metrics: Sequence[Metric],
    interval: Interval | None = None,
    reference: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """One row a study, task, family, label, model, budget and metric.

    `mean` and `std` are over the `n` fits that gave a number: signals and seeds together. `std`
    is the population's (divided by n) and empty for one fit. `exact` counts infinite scores
    among the n, `failures` the fits without a reconstruction, and `failure` says how they ended;
    `collapsed` counts, among the n, the fits that are no better than a constant; `parameters` is
    the mean true count. With `interval`, `low` and `high` are the ends of it. With
    `reference` too, task to model, `gap` is the mean over `pairs` of one signal and seed of how
    much better the model is than it, each score cut at 100 dB, and `gap_low` and `gap_high` are its
    ends. A metric that no fit of a task and family has is left out; the parts of a metric that has
    parts are its labels.
    """
    found = []
    for place, metric in enumerate(metrics):
        name = metric["name"]
        frame = data.tidy_scores(data.unfolded(scores, metric), [name])
        for group, rows in frame.groupby(["study", "task", "family"], sort=True):
            if rows[name].isna().all() and data.scored(rows).any():
                continue
            summary = data.averages(rows, _GROUP, name, interval)
            summary.insert(len(KEYS) - 1, "metric", name)
            if interval and group[1] in (reference or {}):
                summary = summary.merge(_gaps(rows, metric, interval, reference), "left", _GROUP)
            found.append((group, place, summary))
    if not found:
        raise UserError("No fit has any of the metrics asked for.", "Add a metric to the study.")
    ordered = [summary for *_, summary in sorted(found, key=lambda part: part[:2])]
    whole = pd.concat(ordered, ignore_index=True)
    counts = [name for name in ("label", "budget", "pairs", "parameters") if name in whole]
    return whole.astype(dict.fromkeys(counts, "Int64"))


def _gaps(
    rows: pd.DataFrame, metric: Metric, interval: Interval, reference: Mapping[str, str]
) -> pd.DataFrame:
    """The mean gap to the reference of one task, its interval, and the pairs behind it."""
    pairs = paired(rows[~data.is_control(rows)], metric, reference)
    means = data.averages(pairs, _GROUP, metric["name"], interval)
    names = {"mean": "gap", "low": "gap_low", "high": "gap_high", "n": "pairs"}
    return (
        means[[*_GROUP, *names]]
        .rename(columns=names)
        .assign(reference=reference[rows["task"].iloc[0]])
    )
