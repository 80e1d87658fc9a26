"""What a cell's names come to: its task, its model's settings, and what the model maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fieldbench.plan.cells.signals import SignalPlan
from fieldbench.plan.config.models import ModelEntry, Preset
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.sizing import Place

if TYPE_CHECKING:
    from fieldbench.plan.cells.cell import Cell


def task_of(preset: Preset, name: str) -> tuple[str, dict[str, Any]]:
    """The kind and the full settings of a task of the preset."""
    entry = preset.tasks.get(name)
    kind = (entry.kind if entry else None) or name
    declared = registry.declare("tasks", kind)
    return kind, declared.settings | (entry.settings if entry else {})


def trained_for(
    preset: Preset, task: str, model: registry.Declaration
) -> tuple[str, dict[str, Any]]:
    """The kind and settings of the task that a model is trained for.

    A control solves no loss that asks for a function: it is shown the signal itself.
    """
    kind, settings = task_of(preset, task)
    if model.facts.get("control") and registry.declare("tasks", kind).facts.get("function"):
        return "represent", {}
    return kind, settings


def mapped(preset: Preset, task: str, signal: SignalPlan, model: registry.Declaration) -> Place:
    """What a model maps: the signal, or what the task asks for in its stead."""
    kind, settings = trained_for(preset, task, model)
    asks = registry.declare("tasks", kind).functions.get("asks")
    if asks is None:
        return signal.place
    shape, channels = asks(signal.shape, signal.channels, **settings)
    return Place(len(shape), channels, tuple(shape))


def resolve(
    entry: ModelEntry, cell: Cell, kind: str, dims: int, model: registry.Declaration
) -> tuple[dict[str, Any], float]:
    """Settings and learning rate: the narrower override wins, dims before task before budget.

    A budget within a dimension or a task is narrower than that alone. A task's overrides stand
    under its own name, else under its kind.
    """
    settings = dict(entry.settings)
    rate = {"learning_rate": entry.learning_rate or model.facts.get("learning_rate", 0.0)}
    groups = (entry.by_dims.get(dims), entry.by_task.get(cell.task) or entry.by_task.get(kind))
    narrower = [o for g in groups if g for o in (g, g.by_budget.get(cell.budget))]
    for override in (*narrower, entry.by_budget.get(cell.budget)):
        if override is not None:
            settings |= override.settings
    rate |= {k: settings.pop(k) for k in ("learning_rate",) if k in settings}
    return settings, float(rate["learning_rate"])
