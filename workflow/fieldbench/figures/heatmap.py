"""Budget against label, one small heatmap a model: the score, then its gap to a reference."""

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Patch

from fieldbench.figures.parts import data, matrix, selection
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.data import Metric
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.matrix import Axis, Cells
from fieldbench.figures.parts.mosaic import Layout, Section
from fieldbench.figures.parts.style import Style

TOP, LINE, KEY = 0.06, 0.14, 0.2  # inches: the upper margin, a line of text, the key below


class Figure:
    """Draws each model by label and budget, and its gap to the reference."""

    path = "heatmaps/{task}/{family}-{metric}"
    category = "heatmaps"
    caption = (
        "Each model by bandwidth (of the star target: by ring) and budget, and its difference "
        "to the grid at the same budget."
    )
    reads = ("scores",)
    needs = ("reference",)

    def draw(self, given: Given) -> Drawing:
        base = given.plan["reference"].get(given.names["task"], "grid")
        chosen = selection.best(given.tables["scores"], given.lead, given.style)
        rows = chosen.of(given.rows("scores"), keep=[base])
        return draw(rows, given.metric, chosen.style, base, chosen.note)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"task": t, "family": f, "metric": m} for t, f, m in study.heatmaps]


@look.styled()
def draw(
    scores: pd.DataFrame, metric: Metric, style: Style, reference: str = "grid", note: str = ""
) -> Drawing:
    """Draw one study, task and family of `scores`: mean over fits, and gap to `reference`.

    Rows are budgets, small to large; columns are labels, or parts of the metric. The gap is
    signed so that positive is better. Without a reference among the models, the gap is left out
    and the figure says so. A `note` is said above.
    """
    frame = data.tidy_scores(data.unfolded(scores, metric), [metric["name"]])
    _check_single(frame)
    fitted = data.fitted_rows(frame, metric["name"])
    axis, across = matrix.axis_of(fitted), style.axis(frame["family"].iloc[0], metric)
    models = style.ordered(fitted["model"])
    means = matrix.means(fitted, metric, axis, models)
    controls = [m for m in reversed(data.CONTROLS) if (frame["model"] == m).any()]
    strips = matrix.means(frame, metric, Axis((math.nan,), axis.labels), controls)
    capped = matrix.means(data.capped(fitted, metric), metric, axis, models)
    gaps = matrix.gaps(capped, metric, reference)

    layout = Layout.of(len(means) + bool(strips), axis)
    head = _head(fitted, metric, style, reference, bool(gaps), layout.width, note)
    key = _key([*means.values(), *strips.values()])
    top = TOP + LINE * len(head) + 0.06
    under = top + layout.height(len(means) + bool(strips))
    bottom = under + (layout.height(len(gaps)) if gaps else 0)
    drawn = look.figure(layout.width, bottom + (KEY if key else 0.04))
    for number, (line, size) in enumerate(head):
        look.text_at(drawn, 0.08, TOP + LINE * number, line, size=size)
    name, base = style.metric(metric), style.model(reference).name
    colours = matrix.mean_colours([*means.values(), *strips.values()], metric)
    section = Section(drawn, layout, top, axis, colours, style, across)
    lower = ", lower is better" if metric["better"] == "lower" else ""
    section.draw(means, strips, f"Mean {name}{lower}", name)
    if gaps:
        colours = matrix.gap_colours(gaps, capped, reference, metric)
        section = Section(drawn, layout, under, axis, colours, style, across)
        unit = f"gap ({metric['unit']})" if metric.get("unit") else "gap"
        section.draw(gaps, {}, f"Gap to {base} (positive: better)", unit)
    if key:
        place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.08 / layout.width, 0)}
        drawn.legend(handles=key, ncols=3, borderaxespad=0.3, borderpad=0, **place)
    return drawn


def _check_single(frame: pd.DataFrame) -> None:
    for column in ("study", "task", "family"):
        if frame[column].nunique() > 1:
            raise ValueError(f"a heatmap shows one {column}, not {frame[column].nunique()}")


def _head(
    fitted: pd.DataFrame,
    metric: Metric,
    style: Style,
    reference: str,
    has_gap: bool,
    width: float,
    note: str,
) -> list[tuple[str, float]]:
    """Lines and their sizes: task and family; fits behind each cell; what the gap is."""
    title = f"{style.task(fitted['task'].iloc[0])}: {style.family(fitted['family'].iloc[0])}"
    counts = fitted.groupby(["model", "budget", "label"], dropna=False).size()
    notes = [f"{data.count_text(counts)} {'fit' if max(counts) == 1 else 'fits'} per cell"]
    base, name = style.model(reference).name, style.metric(metric, unit=False)
    notes += [metric["parts_are"]] if metric.get("parts") else []
    if has_gap:
        minus = f"model − {base}" if metric["better"] == "higher" else f"{base} − model"
        notes.append(f"gap = {minus}, positive: better than {base}")
        if data.is_capped(metric):
            notes.append(f"{name} cut at {data.CAP:g} dB for the gap")
    elif reference not in set(fitted["model"]):
        notes.append(f"{base} is not in this study, so no gap is shown")
    notes += [note] if note else []
    lines: list[tuple[str, float]] = [
        (line, look.LARGE) for line in textwrap.wrap(title, int(width * 13))
    ]
    return lines + [(line, look.SMALL) for line in textwrap.wrap("; ".join(notes), int(width * 17))]


def _key(cells: list[Cells]) -> list[Patch]:
    """What hatching and grey mean, where the figure has them."""
    failed, counted, collapsed = (
        np.concatenate([getattr(c, k).ravel() > 0 for c in cells])
        for k in ("failures", "counts", "collapsed")
    )
    hatched: dict[str, Any] = {"ec": look.INK, "hatch": look.HATCH, "lw": 0}
    entries = []
    if (failed & ~counted).any():
        entries.append(Patch(fc="white", label="failed", **hatched))
    if (failed & counted).any():
        label = "some fits failed: mean over the rest"
        entries.append(Patch(fc="#a9cfe5", label=label, **hatched))
    if (collapsed & ~failed).any():
        label = "some fits no better than a constant"
        entries.append(Patch(fc="#d9c77b", label=label, **hatched))
    if (~failed & ~counted).any():
        entries.append(Patch(fc=look.ABSENT, lw=0, label="no score"))
    return entries
