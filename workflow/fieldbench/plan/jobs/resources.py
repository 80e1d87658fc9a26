"""What jobs may take: time for the one who waits, memory for the scheduler."""

from functools import cache

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.resolve import mapped, task_of
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.sizing import Place
from fieldbench.plan.jobs import estimates
from fieldbench.plan.jobs.planned import Planned


class Demands(Planned):
    """Arithmetic, memory and minutes of jobs."""

    def work(self, cell: Cell) -> float:
        signal, training = self.cells.signals[cell.signal], self._training(cell.task)
        kind, settings = task_of(self.preset, cell.task)
        counted = registry.declare("tasks", kind).functions.get("flops")
        beside = counted(signal.shape, signal.channels, **settings) if counted else 0.0
        place, model = self.place(cell), self.cells.fits[cell]
        return estimates.work(place, model, training, self.evaluations(cell), beside)

    def place(self, cell: Cell) -> Place:
        """What a cell's model maps."""
        signal, kind = self.cells.signals[cell.signal], self.cells.fits[cell].kind
        return mapped(self.preset, cell.task, signal, registry.declare("models", kind))

    def evaluations(self, cell: Cell) -> int:
        """At how many points a step evaluates a cell's model."""
        signal, training = self.cells.signals[cell.signal], self._training(cell.task)
        return estimates.evaluations(signal, training, *task_of(self.preset, cell.task))

    def memory_mb(self, cell: Cell, attempt: int) -> int:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        return estimates.memory_mb(signal, model, attempt)

    def render_memory_mb(self, cell: Cell, attempt: int) -> int:
        return estimates.memory_mb(self.cells.truth(cell), self.cells.model(cell), attempt)

    def score_memory_mb(self, cells: list[Cell], attempt: int) -> int:
        signal = self.cells.truth(cells[0])
        return estimates.score_memory_mb(signal, self._metrics_of_all(cells), attempt)

    def score_minutes(self, cells: list[Cell], attempt: int) -> int:
        signal, metrics = self.cells.truth(cells[0]), self._metrics_of_all(cells)
        return estimates.score_minutes(signal, metrics, len(cells), attempt)

    def runtime_minutes(self, cell: Cell, attempt: int) -> int:
        return estimates.runtime_minutes(self._minutes(cell), attempt)

    def fit_group(self, cell: Cell) -> str | None:
        """Which fits a fit may share a job of a cluster with; a long one shares with none."""
        return estimates.group(self._minutes(cell))

    @cache  # noqa: B019 (there is one run a process)
    def _minutes(self, cell: Cell) -> float:
        return estimates.minutes(self.work(cell), self.device)

    def signal_memory_mb(self, signal: str, attempt: int) -> int:
        return estimates.signal_memory_mb(self.cells.signals[signal], attempt)

    def observation_memory_mb(self, signal: str, attempt: int) -> int:
        return estimates.observation_memory_mb(self.cells.signals[signal], attempt)

    def picture_memory_mb(self, cells: list[Cell], attempt: int) -> int:
        """Of a picture of fits of one signal."""
        return estimates.picture_memory_mb(self.cells.truth(cells[0]), attempt)

    def table_memory_mb(self, study: str, attempt: int) -> int:
        """Of what reads or writes a table with rows for every cell of a study."""
        return estimates.table_memory_mb(len(self.cells.studies[study]), attempt)

    @staticmethod
    def light_minutes(attempt: int) -> int:
        """Of what trains nothing."""
        return estimates.LIGHT_MINUTES * attempt
