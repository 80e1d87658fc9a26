"""The benchmark of speed, planned: what is measured, where, and what each of its jobs is given.

It belongs to no preset. Its cells are models, budgets and places (lattices), and each becomes one
job that measures a training step both ways: as a textbook writes it and as a fit does it.
"""

import math
from functools import cached_property
from pathlib import Path
from typing import Any

from fieldbench.plan import outputs
from fieldbench.plan.analyses.drawn import AnalysisDrawn, AnalysisTargets, LightResources
from fieldbench.plan.analyses.specs import Measurement, MeasureSpec, MeasuringSpec
from fieldbench.plan.cells import backends
from fieldbench.plan.cells.cell import Cell, ModelSpec
from fieldbench.plan.cells.model_entries import model_entry
from fieldbench.plan.cells.resolve import model_settings
from fieldbench.plan.config import presets
from fieldbench.plan.config.models import ModelEntry
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.config.throughput import read_throughput, trained
from fieldbench.plan.entries import digests, registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, flops, solve
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs import estimates
from fieldbench.plan.jobs.job import Jobs
from fieldbench.plan.paths import Paths

TASK = "represent"  # every sample is shown, so that a step is the model's and no task's
NUMBER = 4  # bytes


class Throughput:
    """The benchmark planned: its cells, its files, and the parameters of its jobs."""

    TABLES = ("throughput",)
    about = presets.THROUGHPUT

    def __init__(self, config: dict[str, Any]):
        settings = presets.read_config(config)
        self.file = Path(settings.throughput)
        self.config = read_throughput(self.file)
        self.paths = Paths(f"{settings.results.rstrip('/')}/{presets.THROUGHPUT}")
        self.device = backends.device(self.config.device)
        if self.device not in self.config.measuring.machine:
            raise UserError(
                f"{self.file}: measuring.machine says nothing of {self.device}.",
                f"Add `{self.device}:` there, as config/README.md says.",
            )
        self.cells: dict[str, tuple[Measurement, ModelSpec, Domain]] = {}
        self.dropped: list[tuple[str, str]] = []  # a measurement's name, and why not
        self._plan()
        self.targets = AnalysisTargets(self, [{}])
        self.drawn = AnalysisDrawn(self, dropped=[list(pair) for pair in self.dropped])
        self.jobs = Jobs(self, outputs.THROUGHPUT)
        self.resources = LightResources()

    def _plan(self) -> None:
        listed = trained(self.config) if self.config.models == "all" else self.config.models
        for place, at in self.config.places.items():
            where = Domain(len(at.shape), at.channels, at.shape)
            for model in listed:
                entry = model_entry(self.config.settings, model)
                for budget in self.config.budgets:
                    cell = Measurement(place, model, budget)
                    planned = self._model(cell, entry, where)
                    if isinstance(planned, str):
                        self.dropped.append((cell.name, planned))
                    else:
                        self.cells[cell.name] = cell, planned, where
        if not self.cells:
            raise UserError(
                f"{self.file}: nothing of it can be measured ({self.dropped[0][1]}).",
                "Raise the budgets, or name other models or places.",
            )

    def _model(self, cell: Measurement, entry: ModelEntry, where: Domain) -> ModelSpec | str:
        """The model of a cell, or why there is none."""
        declared = registry.declare("models", entry.kind)
        if where.dims not in declared.facts.dims:
            can = " and ".join(f"{d}D" for d in declared.facts.dims)
            return f"{entry.kind} does {can}, {cell.place} is {where.dims}D"
        as_fit = Cell(TASK, cell.place, cell.model, cell.budget, 0)
        settings, rate = model_settings(entry, as_fit, TASK, where.dims, declared)
        try:
            size = solve(declared, cell.budget, where, settings, self.config.sizing)
        except ValueError as error:
            return str(error)
        named = f"Model '{cell.model}'"
        backend = backends.backend(entry.backend, declared, self.device, where.dims, 0, named)
        if lack := backends.lacks(declared, backend, where.dims, 0):
            return f"{lack}, which {cell.place} asks for"
        parameters = count(declared, size, where, settings)
        return ModelSpec(declared.name, settings, size, parameters, rate, backend)

    # -- what rules ask ----------------------------------------------------------------------

    def measurements(self) -> list[str]:
        return [job.path for job in self.jobs.of("measurement")]

    @cached_property
    def style(self) -> dict[str, Any]:
        return read_yaml(presets.CONFIG / "figures.yaml")

    def measure_params(self, name: str) -> dict[str, Any]:
        cell, model, where = self.cells[name]
        each = flops(registry.declare("models", model.kind), model.size, where, model.settings)
        measuring = self.config.measuring.model_dump()
        machine = measuring.pop("machine")[self.device]
        spec = MeasureSpec(
            cell=cell,
            domain=where,
            model=model,
            training=backends.training(self.config.training, self.device),
            measuring=MeasuringSpec(**measuring | machine),
            device=self.device,
            flops=None if each is None else each * where.points,
            bytes=traffic(model.parameters, where),
            code=digests.stage("measure_throughput", ("models", model.kind), ("tasks", TASK)),
        )
        return spec.to_params()

    def collect_params(self) -> dict[str, Any]:
        return {"code": digests.stage("collect_throughput")}

    def memory_mb(self) -> int:
        return estimates.INTERPRETER_MB + self.config.measuring.memory_mb

    def summary(self) -> str:
        dropped = "".join(f"\n  left out: {name} ({reason})" for name, reason in self.dropped)
        return f"throughput: {len(self.cells)} measurements, device {self.device}{dropped}"


def traffic(parameters: int, where: Domain) -> int:
    """Bytes that every step must move, whoever writes it, where nothing stays in a cache.

    Adam reads and writes each parameter and its two moments, and the gradient is written once and
    read once: eight numbers. Of the signal each value is read once.
    """
    return NUMBER * (8 * parameters + math.prod(where.shape) * where.channels)
