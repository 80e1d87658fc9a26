"""What shows a study of composed models: ranks, parts against parts, costs.

A composed model is one that is named after its frame and its parts, as in `mlp-rff-sine`.
"""

from functools import cache
from typing import Any

from fieldbench.plan.cells.planner import Cells, metric_applies
from fieldbench.plan.config.models import Preset
from fieldbench.plan.entries import registry, variants

Comparison = tuple[str, str, str]  # task, family, metric
READABLE = 12  # models of a figure, where config/figures.yaml does not say


@cache
def made_of(model: str) -> dict[str, str]:
    """The parts of a composed model by their kinds, its frame among them; empty of others."""
    files = registry.sources("models", model) if registry.exists("models", model) else ()
    found = {file.parent.name: file.stem.replace("_", "-") for file in files}
    return found if len(files) > 1 else {}


def composed(study: str, preset: Preset) -> dict[str, dict[str, str]]:
    """The composed models of a study and what they are made of; empty where there is but one."""
    found = {model: made_of(model) for model in preset.studies[study].models}
    found = {model: parts for model, parts in found.items() if parts}
    return found if len(found) > 1 else {}


def leads(study: str, preset: Preset, cells: Cells) -> dict[str, str]:
    """Task to the metric that its models are ranked by, of a study with composed models.

    It is the first of the study's that is one number and is defined for a signal of the task.
    """
    if not composed(study, preset):
        return {}
    found: dict[str, str] = {}
    for task in preset.studies[study].tasks:
        truths = {
            t.name: t for c in cells.studies[study] if c.task == task for t in [cells.truth(c)]
        }
        metrics = _metrics(study, preset)
        applies = [m for m in metrics if any(metric_applies(m, t) for t in truths.values())]
        found |= {task: applies[0]} if applies else {}
    return found


def comparisons(study: str, preset: Preset, cells: Cells) -> dict[str, list[Comparison]]:
    """What figures of composed models compare: every metric of their parts, the lead of costs."""
    models, lead = composed(study, preset), leads(study, preset, cells)
    grid = [{parts.get(kind) for parts in models.values()} - {None} for kind in GRID]
    bases = {parts.get("bases") for parts in models.values()} - {None}
    every = _comparisons(study, preset, cells, set(models))
    return {
        "compositions": every if all(len(names) > 1 for names in grid) else [],
        "bases": every if len(bases) > 1 else [],
        "costs": [one for one in every if lead.get(one[0]) == one[2]],
    }


GRID = ("encodings", "activations")  # the rows and the columns of compositions


def overview(preset: Preset, cells: Cells) -> list[tuple[str, str, str]]:
    """Study, task and metric of what the overview ranks; empty where that is but one."""
    found = [
        (study, task, metric)
        for study in preset.studies
        for task, metric in leads(study, preset, cells).items()
    ]
    return found if len(found) > 1 else []


def impossible(study: str, cells: Cells) -> list[dict[str, Any]]:
    """The pairs of a study that cannot be, each with its reason."""
    found: dict[tuple, None] = {}  # an ordered set: many signals and seeds share a reason
    for name, cell, reason in cells.dropped:
        if name == study:
            family = cells.signals[cell.signal].family
            found[cell.task, family, cell.model, cell.budget, reason] = None
    keys = ("task", "family", "model", "budget", "reason")
    return [dict(zip(keys, row, strict=True)) for row in found]


def named(style: dict[str, Any], models: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A style in which composed models and their parts have names for readers.

    A name is what the style says, else a part's title in docs/variants.md, else a frame's letters.
    """
    parts = {name: dict(look or {}) for name, look in (style.get("parts") or {}).items()}
    known, named = style.get("models") or {}, {}
    for model, made in models.items():
        words = []
        for kind, part in made.items():
            title = part.upper() if kind == "models" else variants.told(kind, part)["title"]
            words.append(parts.setdefault(part, {}).setdefault("name", title))
        named[model] = {"name": " · ".join(word for word in words if word)}
    looks = {model: named[model] | (known.get(model) or {}) for model in models}
    return style | {"models": known | looks, "parts": parts}


def _metrics(study: str, preset: Preset) -> list[str]:
    """The metrics of a study that are one number."""
    own = preset.studies[study].metrics
    return [m for m in own if not registry.declare("metrics", m).facts.parts]


def _comparisons(study: str, preset: Preset, cells: Cells, models: set[str]) -> list[Comparison]:
    """Task, family and metric, of what some of these models do."""
    truths = {
        (cell.task, cells.signals[cell.signal].family): cells.truth(cell)
        for cell in cells.studies[study]
        if cell.model in models
    }
    return [
        (task, family, metric)
        for (task, family), truth in sorted(truths.items(), key=lambda item: item[0])
        for metric in _metrics(study, preset)
        if metric_applies(metric, truth)
    ]
