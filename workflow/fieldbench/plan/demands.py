"""What jobs may take: time for the one who waits, memory for the scheduler."""

from fieldbench.plan import estimates, registry
from fieldbench.plan.asked import task_of
from fieldbench.plan.cells import Cell
from fieldbench.plan.planned import Planned
from fieldbench.plan.signals import SignalPlan


class Demands(Planned):
    """Arithmetic, memory and minutes of jobs."""

    def work(self, cell: Cell) -> float:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        training, beside = self._training(cell.task), self._task_flops(cell.task, signal)
        return estimates.work(signal, model, training, beside)

    def memory_mb(self, cell: Cell, attempt: int) -> int:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        return estimates.memory_mb(signal, model, attempt)

    def render_memory_mb(self, cell: Cell, attempt: int) -> int:
        return estimates.memory_mb(self.cells.truth(cell), self.cells.model(cell), attempt)

    def score_memory_mb(self, cell: Cell, attempt: int) -> int:
        signal = self.cells.truth(cell)
        return estimates.score_memory_mb(signal, self._metrics_of(cell), attempt)

    def runtime_minutes(self, cell: Cell, attempt: int) -> int:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        training, beside = self._training(cell.task), self._task_flops(cell.task, signal)
        return estimates.runtime_minutes(signal, model, training, attempt, beside)

    def _task_flops(self, task: str, signal: SignalPlan) -> float:
        """Operations that a step takes beside its model's, where a task counts any."""
        kind, settings = task_of(self.preset, task)
        counted = registry.declare("tasks", kind).functions.get("flops")
        return counted(signal.shape, signal.channels, **settings) if counted else 0.0
