"""Composed models over all tasks: the rank of each at each, and the means of ranks."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from fieldbench.figures.compositions import GREY, HATCHED, LETTER, Composed, reasons
from fieldbench.figures.parts import matrix, ranking
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.matrix import Colours
from fieldbench.figures.parts.style import Style

Column = tuple[str, str, str]  # study, task, metric
LEFT, MEAN, ROW, LINE = 1.45, 0.42, 0.118, 0.14  # inches


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
        found, told = {}, []
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


@look.styled()
def draw(ranks: Ranks, metrics: Mapping[str, Metric], style: Style) -> Figure:
    """Draw models by tasks, coloured by rank: bright is better."""
    count = len(ranks.models)
    longest = max(map(len, ranks.heads(style)))
    beside = LEFT + MEAN + max(0.3, LETTER * longest)  # the last name leans out
    cell = min(0.62, (look.DOUBLE - beside) / len(ranks.columns))
    needed = beside + cell * len(ranks.columns)
    width = look.SINGLE if needed <= look.SINGLE else min(needed, look.DOUBLE)
    head = textwrap.wrap(caption(ranks, metrics, style), int(width * 19))
    key = _key(ranks, width)
    below = LINE * sum(entry.get_label().count("\n") + 1 for entry in key) + 0.1
    top = 0.3 + LINE * len(head) + LETTER * longest
    drawn = look.figure(width, top + ROW * count + below)
    look.text_at(drawn, 0.06, 0.05, "\n".join(head), size=look.SMALL, linespacing=1.3)
    size = cell * len(ranks.columns), ROW * count
    on = look.axes_at(drawn, LEFT + MEAN, top, *size)
    last = np.nanmax([*ranks.ranks.ravel(), 2])
    _fill(on, ranks, Colours("viridis_r", Normalize(1, last), "neither"))
    on.set_yticks([])
    on.xaxis.tick_top()
    turned = {"rotation": 40, "ha": "left", "rotation_mode": "anchor"}
    on.set_xticks(range(len(ranks.columns)), ranks.heads(style), **turned)
    on.tick_params(length=0, pad=3)
    for row, (model, mean) in enumerate(zip(ranks.models, ranks.means, strict=True)):
        down, at = top + ROW * (row + 0.5), {"va": "center", "size": look.NUMBERS}
        look.text_at(drawn, LEFT, down, style.model(model).name, ha="right", **at)
        look.text_at(drawn, LEFT + MEAN - 0.06, down, f"{mean:.1f}", ha="right", **at)
    at = {"ha": "right", "va": "bottom", "size": look.SMALL}
    look.text_at(drawn, LEFT + MEAN - 0.06, top - 0.06, "mean", **at)
    if key:
        place = {"loc": "lower left", "bbox_to_anchor": (0.06 / width, 0)}
        drawn.legend(handles=key, ncols=1, borderaxespad=0.3, borderpad=0, **place)
    return drawn


def _fill(on: Axes, ranks: Ranks, colours: Colours) -> None:
    on.imshow(np.ma.masked_invalid(ranks.ranks), cmap=colours.map, norm=colours.norm, aspect="auto")
    on.set_facecolor("white")
    on.spines[:].set_visible(True)
    for (row, column), state in np.ndenumerate(ranks.states):
        rank, place = ranks.ranks[row, column], (column - 0.5, row - 0.5)
        if state == ranking.RANKED:
            at = {"ha": "center", "va": "center", "size": look.NUMBERS}
            on.text(column, row, f"{rank:.0f}", color=matrix.ink(rank, colours), **at)
        elif state in ("", ranking.IMPOSSIBLE):
            hatch = GREY if state else {"lw": 0}
            on.add_patch(Rectangle(place, 1, 1, fc=look.ABSENT, **hatch))
        else:
            on.add_patch(Rectangle(place, 1, 1, fc="white", **HATCHED))


def _key(ranks: Ranks, width: float) -> list[Patch]:
    """What hatching and grey mean, where the figure has them."""
    entries, states = [], ranks.states

    def patch(words: str, **look_of: Any) -> None:
        lines = textwrap.wrap(words, int(width * 15))
        entries.append(Patch(label="\n".join(lines), **look_of))

    if np.isin(states, [ranking.FAILED, ranking.PARTLY]).any():
        patch("fits failed: counted as last", fc="white", **HATCHED)
    if (states == ranking.IMPOSSIBLE).any():
        patch(f"impossible, counted as last: {reasons(ranks.told)}", fc=look.ABSENT, **GREY)
    if (states == "").any():
        patch("not asked", fc=look.ABSENT, lw=0)
    return entries


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
