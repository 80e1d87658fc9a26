"""A score against seconds of training: a line a model, through its budgets."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import data, panels, ranking, selection, tradeoff
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style
from fieldbench.plan.metric_columns import columns

LEFT, RIGHT, HEIGHT, BELOW, LINE = 0.5, 0.1, 2.1, 0.42, 0.15  # inches
WIDE, LETTERS = 17, 66  # letters of a name that stands in three columns, and of a line of text


class Figure:
    """Draws the score of each model against the seconds of its training."""

    path = "timings/{task}/{family}"  # what is named timings differs from run to run
    category = "timings"
    caption = (
        "Mean of the study's leading score over signals and seeds, against the median seconds of "
        "training: a line a model, from its smallest budget to its largest, which is marked "
        "larger. Seconds belong to the machine that measured them and differ from run to run."
    )
    reads = ("scores", "timings")

    def draw(self, given: Given) -> Drawing:
        scores, timings = given.rows("scores"), given.rows("timings")
        known = [m for m in given.metrics.values() if scores[_columns(m)].notna().any(axis=None)]
        metric = known[0] if known else given.lead
        scores = scores.assign(**{metric["name"]: scores[_columns(metric)].mean(axis=1)})
        whole = {key: value for key, value in metric.items() if key != "parts"}
        chosen = selection.best(scores, whole, given.style)
        return draw(chosen.of(scores), timings, whole, chosen.style, chosen.note)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets: ordinary models at several budgets."""
    if study.clouds or study.costs or not study.has_gaps:
        return []
    return [{"task": t, "family": f} for t, f in study.sheets]


@look.styled()
def draw(
    scores: pd.DataFrame, timings: pd.DataFrame, metric: Metric, style: Style, note: str = ""
) -> Drawing:
    """Draw one study, task and family of `scores`.

    A budget at which a model failed is left out: a mean over the rest of its signals would be of
    easier ones, perhaps. So is an exact one, which would flatten all others. A `note` is said
    above.
    """
    rows = ranking.ranks(scores, metric, (), timings)
    rows = rows[rows["state"] != ranking.CONTROL]
    known = rows[(rows["state"] == ranking.RANKED) & rows["training_seconds"].notna()]
    shown = known[known["mean"] < (data.CAP if data.is_capped(metric) else np.inf)]
    models = style.ordered(shown["model"])
    absent = len(rows) - len(known), len(known) - len(shown)
    head = _head(rows, absent, metric, note)
    key = panels.model_key(models, style)
    across = 3 if max((len(str(line.get_label())) for line in key), default=0) <= WIDE else 2
    top, lines = 0.32 + LINE * len(head), -(-len(key) // across)
    drawn = look.figure(look.SINGLE, top + HEIGHT + BELOW + LINE * lines)
    title = f"{style.task(rows['task'].iloc[0])}: {style.family(scores['family'].iloc[0])}"
    look.text_at(drawn, 0.06, 0.05, title, size=look.LARGE)
    look.text_at(drawn, 0.06, 0.22, "\n".join(head), size=look.SMALL, linespacing=1.25)
    on = look.axes_at(drawn, LEFT, top, look.SINGLE - LEFT - RIGHT, HEIGHT)
    for model in models:
        _line(on, shown[shown["model"] == model].sort_values("budget"), model, style)
    if models:  # all may have failed
        tradeoff.cost_axis(on, shown["training_seconds"].to_numpy(float))
    on.set_xlabel(tradeoff.COSTS["training_seconds"], size=look.NORMAL)
    on.set_ylabel(style.metric(metric), size=look.NORMAL)
    on.grid(axis="both")
    on.set_axisbelow(True)
    place: dict[str, Any] = {
        "loc": "lower center",
        "ncols": across,
        "borderpad": 0,
        "borderaxespad": 0.3,
    }
    drawn.legend(handles=panels.across(key, across), columnspacing=1.0, **place)
    return drawn


def _columns(metric: Metric) -> list[str]:
    """A metric's columns: of one with parts, such as rings, their mean is drawn."""
    return columns(metric["name"], metric.get("parts", ()))


def _line(on: Axes, own: pd.DataFrame, model: str, style: Style) -> None:
    """A model's line, and the larger mark at its end."""
    how = panels.line_of(model, style)
    on.plot(own["training_seconds"], own["mean"], clip_on=False, **how)
    end, large = own.iloc[-1:], how | {"ms": 1.7 * how["ms"]}
    on.plot(end["training_seconds"], end["mean"], clip_on=False, zorder=3, **large)


def _head(rows: pd.DataFrame, absent: tuple[int, int], metric: Metric, note: str) -> list[str]:
    """Lines of text: what a point is, and what is left out."""
    budgets = sorted(int(budget) for budget in rows["budget"].unique())
    ends = " to ".join(data.budget_text(b) for b in (budgets[0], budgets[-1]))
    several = np.max(rows["of"]) > 1
    fits = f"mean over {data.count_text(rows['of'])} fits" if several else "one fit"
    notes = [f"budgets {ends}, each line's last marked larger", f"{fits} a point"]
    notes += [f"{metric['better']} is better"]
    failed, exact = absent
    notes += [f"{failed} of failed fits not shown"] if failed else []
    notes += [f"{exact} of {data.CAP:g} dB or more not shown"] if exact else []
    notes += [note] if note else []
    return textwrap.wrap("; ".join(notes), LETTERS)
