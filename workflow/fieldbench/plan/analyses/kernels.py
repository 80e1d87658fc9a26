"""The analysis of kernels, planned: which models, where, and what each of its jobs is given.

It belongs to no preset. Its cells are places (lattices), models and seeds, and each becomes one job
that computes a model's empirical neural tangent kernel and compares what it predicts of frequencies
with a training. Everything in its folder is the same for the same file.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

from fieldbench.plan import outputs
from fieldbench.plan.analyses.drawn import AnalysisDrawn, AnalysisTargets, LightResources
from fieldbench.plan.analyses.specs import Examined, KernelSpec
from fieldbench.plan.cells.cell import Cell, ModelSpec
from fieldbench.plan.cells.model_entries import model_entry
from fieldbench.plan.cells.resolve import model_settings
from fieldbench.plan.config import presets
from fieldbench.plan.config.kernels import Span, read_kernels
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.entries import digests, registry
from fieldbench.plan.entries.computed_by import computed_by
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, flops, solve
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs import estimates
from fieldbench.plan.jobs.job import Jobs
from fieldbench.plan.paths import Paths

TASK = "represent"
_MATRICES, _HELD_MB = 24, 1500  # of points by points at once; a Jacobian's part and what it is of
_SLOW = 5e9  # operations a second that even a slow processor reaches


class Kernels:
    """The analysis planned: its cells, its files, and the parameters of its jobs."""

    TABLES = ("kernels", "responses", "spectra")
    about = presets.KERNELS

    def __init__(self, config: dict[str, Any]):
        settings = presets.read_config(config)
        self.file = Path(settings.kernels)
        self.config = read_kernels(self.file)
        self.paths = Paths(f"{settings.results.rstrip('/')}/{presets.KERNELS}")
        self.cells: dict[str, tuple[Examined, ModelSpec]] = {}
        self.dropped: list[tuple[str, str]] = []  # a cell's name, and why not
        self.targets = AnalysisTargets(self, [{"place": place} for place in self.config.places])
        self.drawn = AnalysisDrawn(self)
        self.jobs = Jobs(self, outputs.KERNELS)
        self.resources = LightResources()
        for place, at in self.config.places.items():
            for model in self.config.models:
                self._plan(place, at, model)
        if not self.cells:
            raise UserError(
                f"{self.file}: no kernel of it can be examined ({self.dropped[0][1]}).",
                "Raise the budget, or name other models or places.",
            )

    def _plan(self, place: str, at: Span, model: str) -> None:
        entry = model_entry(self.config.settings, model)
        declared = registry.declare("models", entry.kind)
        where, budget = Domain(len(at.shape), 1, at.shape), self.config.budget
        settings, rate = model_settings(
            entry, Cell(TASK, place, model, budget, 0), TASK, where.dims, declared
        )
        try:
            self._refuse(declared, where)
            size = solve(declared, budget, where, settings, "exact")
        except ValueError as error:
            self.dropped.append((f"{place}/{model}", str(error)))
            return
        parameters = count(declared, size, where, settings)
        planned = ModelSpec(declared.name, settings, size, parameters, rate, "torch")
        for seed in self.config.seeds:
            cell = Examined(place, model, budget, seed)
            self.cells[cell.name] = cell, planned

    @staticmethod
    def _refuse(declared: registry.Declaration, where: Domain) -> None:
        """A ValueError that says why a model has no kernel there, where it has none."""
        if declared.facts.control:
            raise ValueError(f"{declared.name} learns nothing")
        if where.dims not in declared.facts.dims:
            can = " and ".join(f"{d}D" for d in declared.facts.dims)
            raise ValueError(f"{declared.name} does {can}, not {where.dims}D")

    # -- what rules ask ----------------------------------------------------------------------

    def files(self) -> list[str]:
        return [job.path for job in self.jobs.of("kernel")]

    def examine_params(self, name: str) -> dict[str, Any]:
        cell, model = self.cells[name]
        at = self.config.places[cell.place]
        frequencies, by = tuple(sorted(at.frequencies)), ("models", model.kind)
        known = (cell, model, tuple(at.shape), frequencies, self.config.steps)
        return KernelSpec(*known, **computed_by("examine_kernel", by)).to_params()

    def collect_params(self, what: str) -> dict[str, Any]:
        return {"what": what, "code": digests.stage("collect_kernels")}

    @cached_property
    def style(self) -> dict[str, Any]:
        return read_yaml(presets.CONFIG / "figures.yaml")

    def memory_mb(self, name: str, attempt: int) -> int:
        """The interpreter, matrices of points by points, and a part of a Jacobian."""
        points = self._domain(name).points
        matrices = _MATRICES * 8 * points**2 // 2**20
        return attempt * (estimates.INTERPRETER_MB + matrices + _HELD_MB)

    def minutes(self, name: str, attempt: int) -> int:
        """Two trainings, as long as on a slow machine, and the kernels."""
        _, model = self.cells[name]
        where = self._domain(name)
        counted = flops(registry.declare("models", model.kind), model.size, where, model.settings)
        each = where.points * (6.0 * model.parameters if counted is None else counted)
        trained = 2 * self.config.steps * (each + 50.0 * model.parameters + 5e6) / _SLOW
        return attempt * (estimates.LIGHT_MINUTES + round(trained / 60))

    def _domain(self, name: str) -> Domain:
        shape = self.config.places[self.cells[name][0].place].shape
        return Domain(len(shape), 1, shape)

    def summary(self) -> str:
        dropped = "".join(f"\n  left out: {name} ({reason})" for name, reason in self.dropped)
        return f"kernels: {len(self.cells)} to examine{dropped}"
