"""The best few of many models, where a figure can show no more. The figure says so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.style import ModelStyle, Style

# Told apart together, whatever the models are: the colours of config/figures.yaml.
LOOKS = (
    ("#0072b2", "solid", "o"),
    ("#d55e00", "solid", "s"),
    ("#009e73", "solid", "D"),
    ("#aa4499", "solid", "^"),
    ("#e69f00", "solid", "v"),
    ("#56b4e9", "solid", "P"),
    ("#882255", "dashdot", "X"),
    ("#000000", "solid", "*"),
    ("#999933", "dotted", "<"),
    ("#cc79a7", "dashed", ">"),
    ("#332288", "dashed", "p"),
    ("#666666", "dashed", "h"),
)


@dataclass(frozen=True)
class Selection:
    """The models that a figure shows, and how."""

    style: Style
    models: tuple[str, ...] | None = None  # the best first; None: all there are
    note: str = ""  # what to say where some are left out

    def of(self, frame: pd.DataFrame, keep: Iterable[str] = ()) -> pd.DataFrame:
        """The rows of these models, of controls, and of those to keep for other reasons."""
        if self.models is None:
            return frame
        return frame[frame["model"].isin([*self.models, *data.CONTROLS, *keep])]

    def keys(self, scores: Mapping[Any, Any]) -> list[Any]:
        """Of keys that are models, or models and budgets, those of these models and controls."""
        shown = {*(self.models or ()), *data.CONTROLS}
        models = {key: key[0] if isinstance(key, tuple) else key for key in scores}
        return [key for key, own in models.items() if self.models is None or own in shown]

    def titled(self, title: str) -> str:
        """A title that says what is left out."""
        return "; ".join(words for words in (title, self.note) if words)


def best(scores: pd.DataFrame, metric: Metric, style: Style) -> Selection:
    """The models of scores that lead: by their mean rank over tasks and families.

    Ranks are of means at the largest budget; who has none there comes last. All models, where they
    are no more than a reader can tell apart.
    """
    name = metric["name"]
    frame = data.capped(data.tidy_scores(data.unfolded(scores, metric), [name]), metric)
    frame = frame[~data.is_control(frame)]
    models = sorted(frame["model"].unique())
    if len(models) <= style.readable:
        return Selection(style)
    top = frame[frame["budget"] == frame["budget"].max()]
    means = top.groupby(["task", "family", "model"])[name].mean().unstack("model")
    means = means.reindex(columns=models).dropna(how="all")
    ranks = means.rank(axis=1, ascending=metric["better"] == "lower", na_option="bottom")
    places = ranks.mean().fillna(np.inf)  # where all have failed
    return _of({m: float(place) for m, place in places.items()}, metric, style)


def best_pictures(
    scores: Mapping[Any, Mapping[str, Any]], metrics: Sequence[Metric], style: Style
) -> Selection:
    """As `best`, of fits of one signal by their models, or by their models and budgets.

    The first of the metrics that some of them has decides.
    """
    has = {name for score in scores.values() for name in score}
    metric = next((m for m in metrics if m["name"] in has), metrics[0])
    sign = -1 if metric["better"] == "higher" else 1
    place: dict[str, tuple[int, float]] = {}
    for key, score in scores.items():
        model, budget = key if isinstance(key, tuple) else (key, 0)
        value = score.get(metric["name"])
        if model not in data.CONTROLS:  # the largest budget decides
            number = float(value) if isinstance(value, (int, float)) else np.nan
            own = (-budget, np.inf if np.isnan(number) else sign * number)
            place[model] = min(place.get(model, own), own)
    if len(place) <= style.readable:
        return Selection(style)
    return _of({model: worth for model, (_, worth) in place.items()}, metric, style)


def _of(places: Mapping[str, float], metric: Metric, style: Style) -> Selection:
    """The first few by these numbers, the lowest first; names decide between equals."""
    chosen = sorted(places, key=lambda model: (places[model], model))[: style.readable]
    note = (
        f"the {len(chosen)} best of {len(places)} models by "
        f"{style.metric(metric, unit=False)}; all are in the tables"
    )
    return Selection(_apart(chosen, style), tuple(chosen), note)


def _apart(models: Sequence[str], style: Style) -> Style:
    """A style in which these come first, in this order, and look different from each other."""
    looks = {}
    for number, model in enumerate(models):
        colour, line, marker = LOOKS[number % len(LOOKS)]
        looks[model] = ModelStyle(style.model(model).name, colour, line, marker)
    rest = {model: own for model, own in style.models.items() if model not in looks}
    return replace(style, models=looks | rest)
