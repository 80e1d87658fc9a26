"""How much better than a reference each model is, against the budget, fit by fit in pairs."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from fieldbench.figures.parts import budget_lines, data, panels, selection
from fieldbench.figures.parts.data import Interval, Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.pairs import paired
from fieldbench.figures.parts.style import INK, Style, styled
from fieldbench.numerics.bootstrap import interval

ZERO = (0, (4, 3))  # dashes of the reference's own line, in points
ROOM = 0.12  # of the scale, above and below
ENDS = ["mean", "low", "high"]


class Figure:
    """Draws how much better than the reference each model is, against the budget."""

    path = "{sets}gaps-{metric}"
    category = "gaps"
    caption = (
        "How much better than the grid each model is at the same budget: the mean over pairs "
        "of one signal and seed, and its 95 % bootstrap interval, which few pairs make too "
        "narrow."
    )
    reads = ("scores",)
    needs = ("sets", "reference")

    def draw(self, given: Given) -> Drawing:
        scores, base = data.together(given.tables["scores"], given.sets), given.plan["reference"]
        chosen = selection.best(scores, given.lead, given.style)
        rows = chosen.of(scores, keep=base.values())
        return draw(rows, given.metric, chosen.style, base, interval, chosen.note)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    if study.clouds or not study.has_gaps:
        return []
    parts = ("", "sets/") if study.sets else ("",)
    return [{"sets": part, "metric": m} for part in parts for m in study.metrics]


@styled()
def draw(
    scores: pd.DataFrame,
    metric: Metric,
    style: Style,
    reference: Mapping[str, str],
    interval: Interval,
    note: str = "",
) -> Drawing:
    """Draw the mean difference to each task's `reference` with its interval; positive is better.

    Pairs are of one signal, seed and budget. Scores in dB are cut at 100 before. Where either of
    a pair is there, an arrow says which was better: an exact fit is not so many dB better. A `note`
    is said above.
    """
    name = metric["name"]
    fitted = data.fitted_rows(data.tidy_scores(data.unfolded(scores, metric), [name]), name)
    pairs = paired(fitted, metric, reference)
    models, layout = style.ordered(pairs["model"]), panels.Layout.of(fitted, style)
    rows = {panel: _averages(data.rows_of(pairs, panel), name, interval) for panel in layout.places}
    base, limits = _base(fitted, reference, style), _limits(layout, rows)
    budgets = sorted(fitted["budget"].unique())
    drawn, axes = panels.start(
        layout,
        style,
        panels.model_key(models, style) + _key(pairs, metric, base),
        [*_notes(rows, pairs, metric, base), note],
        budget_lines.axis_name(len(budgets) == 1),
        style.metric(metric) + (f" − {base}" if metric["better"] == "higher" else f": {base} − it"),
        metric,
    )
    for panel, on in axes.items():
        own = rows[panel]
        budget_lines.budget_axis(on, budgets)
        on.axhline(0, color=INK, ls=ZERO, lw=0.8, zorder=1.9)  # over the grid
        fair = own.assign(**own[ENDS].where(own["fair"]))
        budget_lines.lines(on, fair, models, style, len(budgets) == 1)
        budget_lines.marks(on, own[~own["fair"] & (own["mean"] < 0)], models, style, 0.03, "v")
        budget_lines.marks(on, own[~own["fair"] & (own["mean"] > 0)], models, style, 0.97, "^")
        on.set_ylim(*limits[panel])
        budget_lines.fates(on, own, models, style)
    return drawn


def _base(fitted: pd.DataFrame, reference: Mapping[str, str], style: Style) -> str:
    """The reference's name, or the names of several."""
    models = style.ordered(reference[task] for task in fitted["task"].unique() if task in reference)
    return " or ".join(style.model(model).name for model in models)


def _averages(pairs: pd.DataFrame, name: str, interval: Interval) -> pd.DataFrame:
    """Means and intervals a model and budget, and whether all pairs behind them are fair."""
    by = ["model", "budget"]
    rows = data.averages(pairs, by, name, interval)
    fair = pairs.groupby(by, as_index=False)["fair"].all()
    return rows.merge(fair, on=by, how="left")


def _limits(layout: panels.Layout, rows: dict) -> dict[panels.Panel, tuple[float, float]]:
    """The scale of each task and family: its fair means, their bands, zero, and some room."""
    found = {}
    for group in dict.fromkeys(panel[:2] for panel in layout.places):
        own = pd.concat([r for panel, r in rows.items() if panel[:2] == group])
        values = own.loc[own["fair"], ENDS].stack()
        low, high = min(values.min(), 0.0), max(values.max(), 0.0)
        if not low < high:  # no fair pair, or no difference at all
            low, high = -1.0, 1.0
        room = ROOM * (high - low)
        found[group] = low - room, high + room
    return {panel: found[panel[:2]] for panel in layout.places}


def _key(pairs: pd.DataFrame, metric: Metric, base: str) -> list[Line2D]:
    """The legend's entries beside the models'."""
    key = [Line2D([], [], color=INK, ls=ZERO, lw=0.8, label=base)]
    key += budget_lines.key(pairs)
    if not _all_fair(pairs, metric):
        label = f"one at {data.CAP:g} dB or more"
        key.append(Line2D([], [], color=INK, ls="", marker="v", ms=4, label=label))
    return key


def _all_fair(pairs: pd.DataFrame, metric: Metric) -> bool:
    name: str = metric["name"]
    return bool(pairs.loc[pairs[name].notna(), "fair"].all())


def _notes(rows: dict, pairs: pd.DataFrame, metric: Metric, base: str) -> list[str]:
    """What a line and its band are."""
    counts = pd.concat([own["n"] for own in rows.values()])
    banded = any(own["low"].notna().any() for own in rows.values())
    notes = [
        f"mean difference to {base}, positive: better",
        f"pairs of one signal and seed, {data.count_text(counts[counts > 0])}",
        "band: 95% bootstrap interval" if banded else "one pair a point, so no band",
    ]
    if not _all_fair(pairs, metric):
        notes.append(f"scores above {data.CAP:g} dB count as {data.CAP:g} dB")
    return notes
