"""The time and memory that jobs may take: for people who wait, and for schedulers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.jobs import estimates

if TYPE_CHECKING:
    from fieldbench.plan.jobs.run import Run


class Resources:
    """Arithmetic, memory and minutes of a run's jobs."""

    def __init__(self, run: Run):
        self.run = run

    def work(self, cell: Cell) -> float:
        signal, spec = self.run.cells.signals[cell.signal], self.run.cells.fits[cell]
        counted = registry.declare("tasks", spec.task.kind).functions.get("flops")
        own = spec.task.settings
        beside = counted(signal.shape, signal.channels, **own) if counted else 0.0
        evaluated = self.evaluations(cell)
        return estimates.work(spec.domain, spec.model, spec.training, evaluated, beside)

    def domain(self, cell: Cell) -> Domain:
        """The domain of a cell's model."""
        return self.run.cells.fits[cell].domain

    def evaluations(self, cell: Cell) -> int:
        """At how many points a step evaluates a cell's model."""
        signal, spec = self.run.cells.signals[cell.signal], self.run.cells.fits[cell]
        return estimates.evaluations(signal, spec.training, spec.task)

    def memory_mb(self, cell: Cell, attempt: int) -> int:
        signal, model = self.run.cells.signals[cell.signal], self.run.cells.fits[cell].model
        return estimates.memory_mb(signal, model, attempt)

    def render_memory_mb(self, cell: Cell, attempt: int) -> int:
        return estimates.memory_mb(self.run.cells.truth(cell), self.run.cells.model(cell), attempt)

    def score_memory_mb(self, cells: Sequence[Cell], attempt: int) -> int:
        signal = self.run.cells.truth(cells[0])
        return estimates.score_memory_mb(signal, self.run.metrics_of(cells), attempt)

    def score_minutes(self, cells: Sequence[Cell], attempt: int) -> int:
        signal, metrics = self.run.cells.truth(cells[0]), self.run.metrics_of(cells)
        return estimates.score_minutes(signal, metrics, len(cells), attempt)

    def runtime_minutes(self, cell: Cell, attempt: int) -> int:
        return estimates.runtime_minutes(self._minutes(cell), attempt)

    def fit_group(self, cell: Cell) -> str | None:
        """Which fits a fit may share a job of a cluster with; a long one shares with none."""
        return estimates.group(self._minutes(cell))

    @cache  # noqa: B019 (there is one run a process)
    def _minutes(self, cell: Cell) -> float:
        return estimates.minutes(self.work(cell), self.run.device)

    def signal_memory_mb(self, signal: str, attempt: int) -> int:
        return estimates.signal_memory_mb(self.run.cells.signals[signal], attempt)

    def observation_memory_mb(self, signal: str, attempt: int) -> int:
        return estimates.observation_memory_mb(self.run.cells.signals[signal], attempt)

    def picture_memory_mb(self, cells: Sequence[Cell], attempt: int) -> int:
        """The memory of a picture of fits of one signal."""
        return estimates.picture_memory_mb(self.run.cells.truth(cells[0]), attempt)

    def table_memory_mb(self, study: str | None, attempt: int) -> int:
        """The memory of a job over a table with rows for every cell of a study, or of all."""
        studies = self.run.cells.studies
        cells = len(studies[study]) if study else sum(map(len, studies.values()))
        return estimates.table_memory_mb(cells, attempt)

    @staticmethod
    def light_minutes(attempt: int) -> int:
        """The minutes of a job that trains nothing."""
        return estimates.LIGHT_MINUTES * attempt
