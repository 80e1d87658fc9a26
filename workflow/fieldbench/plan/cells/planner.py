"""A preset planned into cells: what is fitted, what is impossible, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fieldbench.plan.cells import backends
from fieldbench.plan.cells.cell import Cell, FitSpec, ModelSpec, RenderSpec, TaskSpec
from fieldbench.plan.cells.model_entries import model_entry
from fieldbench.plan.cells.own_files import OwnFiles
from fieldbench.plan.cells.resolve import Resolver, model_settings
from fieldbench.plan.cells.signals import SignalPlan, Signals
from fieldbench.plan.config.models import ModelEntry, Preset, Study
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, solve
from fieldbench.plan.errors import UserError


@dataclass
class Cells:
    """Everything that a preset asks for."""

    preset: Preset  # without the signals that cannot be read
    signals: Signals
    unreadable: dict[str, UserError] = field(default_factory=dict)  # each such signal, and why
    fits: dict[Cell, FitSpec] = field(default_factory=dict)  # what is trained
    rendered: dict[Cell, RenderSpec] = field(default_factory=dict)  # asked of another's fit
    tasks: dict[str, TaskSpec] = field(default_factory=dict)  # each task by its name
    studies: dict[str, list[Cell]] = field(default_factory=dict)
    dropped: list[tuple[str, Cell, str]] = field(default_factory=list)  # study, cell, reason

    def reasons(self, study: str) -> dict[str, str]:
        """The signals of a study that cannot be read, and why."""
        asked = self.signals.preset.studies[study].signals
        return {name: str(self.unreadable[name]) for name in asked if name in self.unreadable}

    def source(self, cell: Cell) -> Cell:
        """The cell whose model is trained: the cell itself, or the one that it asks."""
        return self.rendered[cell].fit.cell if cell in self.rendered else cell

    def model(self, cell: Cell) -> ModelSpec:
        """The model whose values a cell compares."""
        return self.fits[self.source(cell)].model

    def truth(self, cell: Cell) -> SignalPlan:
        """The signal that a cell's reconstruction is compared with."""
        signal = self.signals[cell.signal]
        return (self.signals.finer(signal) or signal) if cell in self.rendered else signal


def plan_cells(preset: Preset, own: OwnFiles | None = None) -> Cells:
    """Cross every study, drop what is impossible or cannot be read, and say why."""
    signals = Signals(preset, own or OwnFiles())
    used = dict.fromkeys(name for study in preset.studies.values() for name in study.signals)
    asked = {name: signals.unreadable(name) for name in used}
    unreadable: dict[str, UserError] = {name: why for name, why in asked.items() if why}
    preset = _without(preset, unreadable)
    cells = Cells(preset, signals, unreadable)
    planner = _Planner(preset, cells)
    for name, study in preset.studies.items():
        planner.check_batches(name, study)
        cells.studies[name] = planner.study(name, study)
        truths = {cells.truth(cell).name: cells.truth(cell) for cell in cells.studies[name]}
        for metric in study.metrics:
            if not any(metric_applies(metric, signal) for signal in truths.values()):
                raise UserError(
                    f"Study {name}: {metric} is not defined for any of its signals.",
                    f"Take {metric} out of the study, or give it signals that suit.",
                )
    return cells


def _without(preset: Preset, unreadable: Mapping[str, UserError]) -> Preset:
    """The preset without signals that cannot be read; a study that has no others is refused."""
    if not unreadable:
        return preset
    studies = {}
    for name, study in preset.studies.items():
        kept = [signal for signal in study.signals if signal not in unreadable]
        if not kept:
            lost = [unreadable[signal] for signal in study.signals]
            said = " ".join(error.what for error in lost)
            raise UserError(f"Study {name} has no signal that can be read. {said}", lost[0].todo)
        sets = {key: [s for s in listed if s in kept] for key, listed in study.sets.items()}
        sets = {key: listed for key, listed in sets.items() if listed}
        studies[name] = study.model_copy(update={"signals": kept, "sets": sets})
    return preset.model_copy(update={"studies": studies})


def metric_applies(metric: str, signal: SignalPlan) -> bool:
    """Whether a metric is defined for a signal: its shape, channels, kind, and what it holds."""
    facts = registry.declare("metrics", metric).facts
    return (
        len(signal.shape) in facts.dims
        and facts.holds in (None, signal.holds)
        and min(signal.shape[k] for k in facts.sides or range(len(signal.shape)))
        >= facts.smallest_side
        and signal.channels in (facts.channels or (signal.channels,))
        and signal.kind in (facts.kinds or (signal.kind,))
    )


class _Planner:
    def __init__(self, preset: Preset, cells: Cells):
        self.preset = preset
        self.cells = cells
        self.device = backends.device(preset.device)
        self.resolver = Resolver(preset, self.device)
        cells.tasks = self.resolver.tasks
        self.entries: dict[str, ModelEntry] = {}
        self.sizes: dict[tuple, tuple[int, int] | str] = {}

    def check_batches(self, name: str, study: Study) -> None:
        """Refuse mini-batches for a task whose loss needs all points at once."""
        for task in study.tasks:
            kind, batch = self.resolver.task(task).kind, self.resolver.training(task).batch
            if batch != "all" and registry.declare("tasks", kind).facts.whole_field:
                raise UserError(
                    f"Study {name}: {task} compares whole fields, so it has no batches of {batch}.",
                    f"Say `by_task: {{{task}: {{batch: all}}}}` under `training:`.",
                )

    def study(self, name: str, study: Study) -> list[Cell]:
        controls = [m for m in registry.names("models") if _is_control(m)]
        wanted = [m for m in study.models if m not in controls]
        kept: dict[Cell, None] = {}  # an ordered set
        reasons: dict[str, str] = {}
        for cell in self._cross(study, wanted, controls):
            reason = self._plan(cell)
            if reason is None:
                kept[cell] = None
            else:
                self.cells.dropped.append((name, cell, reason))
                reasons.setdefault(cell.model, f"{cell.task} of {cell.signal}: {reason}")
        fitted = {cell.model for cell in kept}
        for model in wanted:
            # Of all choices of parts some cannot; one that is named for itself should.
            composed = len(registry.sources("models", self._entry(model).kind or model)) > 1
            if model not in fitted and not composed:
                raise UserError(
                    f"Study {name}: {model} can do none of its cells ({reasons[model]}).",
                    "Raise the budget, give it other signals, or take it out of the study.",
                )
        if wanted and not fitted & {*wanted}:
            first = next(iter(reasons.values()))
            what = f"Study {name}: none of its models can do any of its cells ({first})."
            raise UserError(what, "Change its models or signals.")
        return list(kept)

    def _cross(self, study: Study, models: list[str], controls: list[str]) -> list[Cell]:
        found = []
        for task in study.tasks:
            for family in study.signals:
                for seed in study.seeds:
                    signals = self.cells.signals.of(family, seed)
                    for signal in signals:
                        found += [
                            Cell(task, signal.name, model, budget, seed)
                            for model in models
                            for budget in study.budgets
                        ]
                        # What no seed changes is fitted once.
                        if signal.seed is not None or seed == study.seeds[0]:
                            found += [Cell(task, signal.name, m, 0, seed) for m in controls]
        return found

    def _plan(self, cell: Cell) -> str | None:
        """Plan a cell's fit; the reason when it is impossible."""
        if cell in self.cells.fits or cell in self.cells.rendered:
            return None
        kind = self.resolver.task(cell.task).kind
        if asked := registry.declare("tasks", kind).facts.of:
            return self._plan_rendered(cell, asked)
        signal = self.cells.signals[cell.signal]
        entry = self._entry(cell.model)
        declared = registry.declare("models", entry.kind)
        if reason := self._task_reason(cell.task, signal):
            return reason
        domain = self.resolver.domain(cell.task, signal, declared)
        dims = domain.dims
        if dims not in declared.facts.dims:
            can = " and ".join(f"{d}D" for d in declared.facts.dims)
            return f"{entry.kind} does {can}, {cell.signal} is {dims}D"
        if reason := self._too_rough(kind, declared):
            return reason
        settings, rate = model_settings(entry, cell, kind, dims, declared)
        solved = self._solve(cell, declared, domain, settings)
        if isinstance(solved, str):
            return solved
        derivatives = registry.declare("tasks", kind).facts.derivatives
        where = f"Model '{cell.model}'"
        chosen = backends.backend(entry.backend, declared, self.device, dims, derivatives, where)
        if lack := backends.lacks(declared, chosen, dims, derivatives):
            return f"{lack}, which {cell.task} of {cell.signal} asks for"
        model = ModelSpec(declared.name, settings, *solved, rate, chosen)
        self.cells.fits[cell] = self.resolver.fit(cell, signal, domain, model)
        return None

    def _plan_rendered(self, cell: Cell, task: str) -> str | None:
        """Plan the fit that a cell asks something else of; the reason when there is none."""
        finer = self.cells.signals.finer(self.cells.signals[cell.signal])
        if finer is None:
            return f"{cell.signal} has no finer version"
        # The oracle is shown what is asked: here the finer signal.
        shown = registry.declare("models", self._entry(cell.model).kind).facts.sees is not None
        source = replace(cell, task=task, signal=finer.name if shown else cell.signal)
        reason = self._plan(source)
        if reason is None:
            spec = self.cells.fits[source]
            self.cells.rendered[cell] = self.resolver.render(cell, spec, finer.shape)
        return reason

    def _entry(self, model: str) -> ModelEntry:
        if model not in self.entries:
            self.entries[model] = model_entry(self.preset.models, model, self.preset.parts)
        return self.entries[model]

    def _task_reason(self, task: str, signal: SignalPlan) -> str | None:
        asked = self.resolver.task(task)
        declared = registry.declare("tasks", asked.kind)
        holds = declared.facts.holds or signal.holds
        if holds != signal.holds:
            return f"{asked.kind} is a task of {holds}, and {signal.name} holds {signal.holds}"
        impossible = declared.functions.get("impossible")
        return impossible(signal.shape, signal.channels, **asked.settings) if impossible else None

    def _too_rough(self, task: str, model: registry.Declaration) -> str | None:
        """Why a model has not the derivatives that a task's loss takes, if it has not."""
        asked = registry.declare("tasks", task).facts.derivatives
        if model.facts.control or model.facts.derivatives >= asked:
            return None
        order = {1: "first", 2: "second"}[asked]
        return f"{task} takes {order} derivatives, which {model.name} does not have"

    def _solve(
        self, cell: Cell, model: registry.Declaration, domain: Domain, settings: dict
    ) -> tuple[int, int] | str:
        """(size, parameters), or why there is none. Many cells share one answer."""
        key = (cell.budget, cell.model, domain, repr(sorted(settings.items())))
        if key not in self.sizes:
            try:
                size = solve(model, cell.budget, domain, settings, self.preset.sizing)
                self.sizes[key] = size, count(model, size, domain, settings)
            except ValueError as error:
                self.sizes[key] = str(error)
        return self.sizes[key]


def _is_control(model: str) -> bool:
    return registry.declare("models", model).facts.control
