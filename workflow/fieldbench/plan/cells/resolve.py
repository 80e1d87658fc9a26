"""Resolve the names of a preset into specs. Nothing but the planning of cells does so."""

from typing import Any

from fieldbench.plan.cells import backends
from fieldbench.plan.cells.cell import Cell, FitSpec, ModelSpec, RenderSpec, TaskSpec, TrainingSpec
from fieldbench.plan.cells.signals import SignalPlan
from fieldbench.plan.config.models import ModelEntry, Preset
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.computed_by import computed_by
from fieldbench.plan.entries.domain import Domain


class Resolver:
    """Makes the specs of a preset's cells on one device."""

    def __init__(self, preset: Preset, device: str):
        self.preset = preset
        self.device = device
        self.tasks: dict[str, TaskSpec] = {}  # every task that was resolved, by its name
        self._training: dict[str, TrainingSpec] = {}

    def task(self, name: str) -> TaskSpec:
        """The task of that name: its kind and its full settings."""
        if name not in self.tasks:
            entry = self.preset.tasks.get(name)
            kind = (entry.kind if entry else None) or name
            declared = registry.declare("tasks", kind)
            settings = declared.settings | (entry.settings if entry else {})
            self.tasks[name] = TaskSpec(kind, settings)
        return self.tasks[name]

    def trained_for(self, name: str, model: registry.Declaration) -> TaskSpec:
        """The task that a model is trained for when a cell names a task.

        A control solves no loss that asks for a function: it is shown the signal itself.
        """
        task = self.task(name)
        if model.facts.control and registry.declare("tasks", task.kind).facts.function:
            return TaskSpec("represent", {})
        return task

    def domain(self, task: str, signal: SignalPlan, model: registry.Declaration) -> Domain:
        """The domain of a model: the signal's, or the one that the task asks for in its stead."""
        trained = self.trained_for(task, model)
        asks = registry.declare("tasks", trained.kind).functions.get("asks")
        if asks is None:
            return signal.domain
        shape, channels = asks(signal.shape, signal.channels, **trained.settings)
        return Domain(len(shape), channels, tuple(shape))

    def training(self, task: str) -> TrainingSpec:
        """How fits of a task are trained."""
        if task not in self._training:
            settings = self.preset.training.of(task, self.task(task).kind)
            self._training[task] = backends.training(settings, self.device)
        return self._training[task]

    def fit(self, cell: Cell, signal: SignalPlan, domain: Domain, model: ModelSpec) -> FitSpec:
        """The spec of a cell's fit, whose model has been sized."""
        declared = registry.declare("models", model.kind)
        task = self.trained_for(cell.task, declared)
        seen = cell.task if task == self.task(cell.task) else "represent"
        sees = declared.facts.sees or seen
        self.task(sees)
        sources = (("models", model.kind), ("tasks", task.kind), ("signals", signal.kind))
        known = (cell, task, domain, model, self.training(cell.task), self.device, sees)
        return FitSpec(*known, **computed_by("fit_model", *sources, backend=model.backend))

    def render(self, cell: Cell, source: FitSpec, finer: tuple[int, ...]) -> RenderSpec:
        """The spec of a cell that asks a fit for values on a finer lattice."""
        task, model = self.task(cell.task), source.model
        sources = (("models", model.kind), ("tasks", task.kind))
        by = computed_by("render_fit", *sources, backend=model.backend)
        return RenderSpec(cell, task, source, finer, **by)


def model_settings(
    entry: ModelEntry, cell: Cell, kind: str, dims: int, model: registry.Declaration
) -> tuple[dict[str, Any], float]:
    """Settings and learning rate: the narrower override wins, dims before task before budget.

    A budget within a dimension or a task is narrower than that alone. A task's overrides stand
    under its own name, else under its kind.
    """
    settings = dict(entry.settings)
    rate = {"learning_rate": entry.learning_rate or model.facts.learning_rate}
    groups = (entry.by_dims.get(dims), entry.by_task.get(cell.task) or entry.by_task.get(kind))
    narrower = [o for g in groups if g for o in (g, g.by_budget.get(cell.budget))]
    for override in (*narrower, entry.by_budget.get(cell.budget)):
        if override is not None:
            settings |= override.settings
    rate |= {k: settings.pop(k) for k in ("learning_rate",) if k in settings}
    return settings, float(rate["learning_rate"])
