"""The ranks of composed models over all tasks, and the means of ranks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.figures.parts import ranking
from fieldbench.figures.parts.composed import Composed
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.style import Style

Column = tuple[str, str, str]  # study, task, metric


@dataclass(frozen=True)
class Ranks:
    """Models (rows, the best mean rank first) by columns of tasks."""

    models: tuple[str, ...]
    columns: tuple[Column, ...]
    ranks: np.ndarray  # nan where there is none
    states: np.ndarray  # of ranking, "" where the study has not the model
    means: np.ndarray
    told: tuple[tuple[str, str], ...]  # model and reason of what is impossible

    @classmethod
    def of(
        cls,
        scores: Mapping[str, pd.DataFrame],
        columns: Sequence[Column],
        metrics: Mapping[str, Metric],
        composed: Composed,
        impossible: Mapping[str, Iterable[Mapping[str, Any]]],
    ) -> "Ranks":
        """Ranks among composed models at the largest budget of each study, by `scores` of each.

        A model that was asked for and has no rank counts as the last of all there.
        """
        found = {}
        told: list[tuple[str, str]] = []
        for column in columns:
            study, task, metric = column
            own = scores[study][scores[study]["task"] == task]
            own = own[own["model"].isin(list(composed))]
            pairs = [p for p in impossible[study] if p["model"] in composed]
            rows = ranking.at_largest(ranking.ranks(own, metrics[metric], pairs))
            found[column] = rows.set_index("model")
            without = rows[rows["state"] == ranking.IMPOSSIBLE]
            told += zip(without["model"], without["reason"], strict=True)
        models = sorted(set().union(*(rows.index for rows in found.values())))
        shape = (len(models), len(columns))
        ranks, states, counted = (
            np.full(shape, np.nan),
            np.full(shape, "", object),
            np.full(shape, np.nan),
        )
        for place, rows in enumerate(found.values()):
            for model, row in rows.iterrows():
                at = models.index(model), place
                states[at] = row["state"]
                ranks[at] = row["rank"] if row["state"] == ranking.RANKED else np.nan
                counted[at] = ranks[at] if row["state"] == ranking.RANKED else len(rows)
        means = np.nanmean(counted, 1)
        order = np.lexsort([np.array(models), means])
        names = tuple(models[k] for k in order)
        return cls(names, tuple(columns), ranks[order], states[order], means[order], tuple(told))

    def heads(self, style: Style) -> list[str]:
        """A name a column: the task's, with the study's where two columns share a task."""
        tasks = [task for _, task, _ in self.columns]
        return [
            style.task(task) if tasks.count(task) == 1 else f"{style.task(task)} ({study})"
            for study, task, _ in self.columns
        ]


def caption(ranks: Ranks, metrics: Mapping[str, Metric], style: Style) -> str:
    """What is ranked, and how means are taken."""
    heads, by = (
        ranks.heads(style),
        [style.metric(metrics[m], unit=False) for *_, m in ranks.columns],
    )
    words = "; ".join(f"{head} by {metric}" for head, metric in zip(heads, by, strict=True))
    words = f"at {len(heads)} tasks ({words})"
    if len(set(by)) == 1:
        words = f"by {by[0]} at {len(heads)} tasks"
    return (
        f"Ranks of {len(ranks.models)} composed models {words}, each at its study's largest "
        "budget; sorted by the mean rank, in which a model without a rank counts as the last."
    )
