"""The summary of a run: who won at every study, how surely, and what failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.figures.parts import data, winners
from fieldbench.figures.parts.data import Interval, Metric
from fieldbench.figures.parts.style import Style
from fieldbench.results.statuses import COLLAPSED, OK
from fieldbench.tables.parts.markdown import aligned

FLAT = 35.0  # dB of a constant: above it a signal spans little of its range
QUICKER = 0.8  # of the winner's seconds, or another is hardly worth a word
SPENT = 0.8  # the share of a budget below which the comparison is worth a word
MOST = 12  # lines of a list before it is cut short


@dataclass(frozen=True)
class Study:
    """A study and its tidy tables: a row a fit each."""

    name: str
    question: str
    metric: Metric  # the one that leads
    style: Style
    scores: pd.DataFrame
    timings: pd.DataFrame


def to_markdown(
    preset: str, studies: Sequence[Study], left_out: Sequence[str], interval: Interval
) -> str:
    """The whole summary; `left_out` are sentences on what the run could not do."""
    parts = [f"# {preset}: what the run found"]
    for study in studies:
        parts += _study(study, interval)
    parts += ["\n".join(f"* {line}" for line in left_out)] if left_out else []
    return "\n\n".join(parts) + "\n"


def _study(study: Study, interval: Interval) -> list[str]:
    style = study.style
    found = winners.winners(study.scores, study.timings, study.metric, interval)
    parts = [f"## {study.name}: {study.question}"]
    if len(found):
        parts += [_wins(found, style), _table(found, study.metric, style), _meaning(study, style)]
        parts += (
            ["† Even the best is no better than a constant."] if found["collapsed"].any() else []
        )
    notes = [*_quick(found, style), *_lost(study.scores, style)]
    notes += [*_unspent(study.scores, style), *_flat(study.scores)]
    notes.append(
        f"Tables and figures: `tables/{study.name}/`, `figures/{study.name}/`. {_time(study)}"
    )
    return [*parts, "\n".join(f"* {note}" for note in notes)]


def _wins(found: pd.DataFrame, style: Style) -> str:
    """Who wins how often: `Best: Grid 3 times, SIREN once.`"""
    counts = found["model"].value_counts()
    order = sorted(counts.index, key=lambda model: (-counts[model], style.model(model).name))
    words = {1: "once", 2: "twice"}
    told = [f"{style.model(m).name} {words.get(counts[m], f'{counts[m]} times')}" for m in order]
    return f"Best: {_listed(told)}."


def _table(found: pd.DataFrame, metric: Metric, style: Style) -> str:
    """A row a task and signal, a column a budget: the winner, its score, its margin, its ties."""
    budgets = sorted(found["budget"].unique())
    order = style.ordered_panels(data.panels(found))
    rows = [["Best at a budget of", *(f"{budget:,.0f}" for budget in budgets)]]
    for panel in order:
        own = data.rows_of(found, panel).set_index("budget")
        cells = [_cell(own.loc[b], metric, style) if b in own.index else "–" for b in budgets]
        rows.append([_place(panel, metric, style), *cells])
    return aligned(rows)


def _place(panel: tuple[str, str, float], metric: Metric, style: Style) -> str:
    task, family, label = panel
    part = f" {metric['part_name']}" if metric.get("parts") else ""
    told = "" if np.isnan(label) else f"{part} {data.label_text(label)}"
    return f"{style.task(task)}: {style.family(family)}{told}"


def _cell(row: Any, metric: Metric, style: Style) -> str:
    """`Grid 24.10 (+0.83: 0.41 to 1.20)`, or `Grid ≈ SIREN 24.10 (+0.02)` where it is no winner."""
    tied = row["tied"].split()
    names = [style.model(model).name for model in (row["model"], *tied[:2])]
    more = f" and {len(tied) - 2} more" if len(tied) > 2 else ""
    text = f"{' ≈ '.join(names)}{more} {data.text_of(row['mean'], metric)}"
    text += "†" if row["collapsed"] else ""
    if not row["second"]:
        return text
    ends = f": {_signed(row['low'], metric)} to {_signed(row['high'], metric)}"
    return f"{text} ({_signed(row['margin'], metric)}{'' if np.isnan(row['low']) else ends})"


def _signed(value: float, metric: Metric) -> str:
    return f"{'+' if value >= 0 else ''}{data.text_of(value, metric)}"


def _meaning(study: Study, style: Style) -> str:
    """How to read a cell of the table."""
    fits = study.scores[~data.is_control(study.scores)]
    groups = fits.groupby([*data.PANEL, "model", "budget"], dropna=False)
    counts = groups.size()
    over = "one fit each" if counts.max() == 1 else f"the mean over {data.count_text(counts)} fits"
    text = (
        f"{style.metric(study.metric)}, {over}, {study.metric['better']} is better; "
        "in brackets the margin to the second"
    )
    if groups["seed"].nunique().max() > 1 or groups["signal"].nunique().max() > 1:
        return f"{text} with its 95 % interval. ≈ joins models that cannot be told apart."
    return f"{text}. Of one seed and signal it cannot be told how sure a margin is."


def _quick(found: pd.DataFrame, style: Style) -> list[str]:
    """The quickest model within 1 dB of the winner at the largest budget, where it is another."""
    rows = found[(found["budget"] == found["budget"].max()) & (found["near"] != found["model"])]
    rows = rows[rows["near_seconds"].astype(float) < QUICKER * rows["seconds"].astype(float)]
    told = []
    for row in rows[rows["near"].fillna("") != ""].itertuples():
        place = _place((row.task, row.family, row.label), {}, style)
        told.append(
            f"{place}: {style.model(row.near).name} is within {winners.NEAR:g} dB of "
            f"{style.model(row.model).name} in {seconds(row.near_seconds)} of training instead of "
            f"{seconds(row.seconds)}."
        )
    return _cut(told)


def _lost(scores: pd.DataFrame, style: Style) -> list[str]:
    """The fits that failed, or are no better than a constant: a line a model, task and signal."""
    lost = scores[scores["status"] != OK]
    told = []
    for (status, task, signal, model), rows in lost.groupby(["status", "task", "signal", "model"]):
        fate = "no better than a constant" if status == COLLAPSED else str(status)
        budgets = _listed(f"{budget:,.0f}" for budget in sorted(rows["budget"].unique()))
        seeds = sorted(rows["seed"].unique())
        named = f"seed{'s' * (len(seeds) > 1)} {_listed(map(str, seeds))}"
        name = f"{style.model(str(model)).name}, {style.task(str(task)).lower()} of {signal}"
        ended = f"{fate.replace('-', ' ')} at a budget of {budgets}, {named}"
        such = "for example " if len(rows) > 1 else ""
        told.append(f"{name}: {ended} ({such}{rows['reason'].iloc[0]}).")
    return _cut(told)


def _listed(words: Iterable[str]) -> str:
    """`one`, `one and two`, `one, two and three`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _unspent(scores: pd.DataFrame, style: Style) -> list[str]:
    """The models that use little of a budget: their sizes come in steps."""
    fits = scores[~data.is_control(scores)]
    share = pd.to_numeric(fits["parameters"]) / fits["budget"]
    told = []
    for model, own in fits.assign(share=share)[share < SPENT].groupby("model"):
        budgets = _listed(f"{budget:,.0f}" for budget in sorted(own["budget"].unique()))
        low = f"{own['share'].min():.0%}"
        told.append(
            f"{style.model(str(model)).name} uses as little as {low} of a budget of {budgets}."
        )
    return _cut(told)


def _flat(scores: pd.DataFrame) -> list[str]:
    """The signals that a constant holds nearly as well as anything could."""
    floors = scores.drop_duplicates("signal").set_index("signal")["constant_psnr"].astype(float)
    told = []
    for signal, floor in floors[floors > FLAT].items():
        has = f"a constant has {floor:.1f} dB" if np.isfinite(floor) else "it is a constant itself"
        told.append(f"{signal} spans little of its range: {has}.")
    return told


def _time(study: Study) -> str:
    taken = pd.to_numeric(study.timings["training_seconds"], errors="coerce").sum()
    fits = int((~data.is_control(study.timings)).sum())
    return f"{fits} {'fit' if fits == 1 else 'fits'}, {seconds(taken)} of training in all."


def seconds(value: float) -> str:
    """A length of time for people: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if value < 10:
        return f"{value:.1f} s"
    if value < 60:
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= MOST:
        return lines
    return [*lines[: MOST - 1], f"... and {len(lines) - MOST + 1} more: see `tables/scores.csv`."]
