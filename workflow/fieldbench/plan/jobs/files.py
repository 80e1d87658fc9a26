"""Where the files of a run lie, by what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.own_files import listed
from fieldbench.plan.targets.pieces import Piece

if TYPE_CHECKING:
    from fieldbench.plan.jobs.run import Run


class Files:
    """The paths of a run's files, and which cells share one."""

    def __init__(self, run: Run):
        self.run = run
        self.paths = run.paths

    def signal(self, name: str) -> str:
        return self.paths.signal.format(signal=name)

    def truth(self, cell: Cell) -> str:
        """The signal that a cell's reconstruction is compared with."""
        return self.signal(self.run.cells.truth(cell).name)

    def observation(self, cell: Cell) -> str:
        """The observation that a fit reads."""
        return self.paths.observation.format(task=self.seen_task(cell), signal=cell.signal)

    def shown(self, cell: Cell) -> str:
        """The observation that a picture of a cell shows."""
        seen = self.run.cells.source(cell)
        return self.paths.observation.format(task=seen.task, signal=cell.signal)

    def seen_task(self, cell: Cell) -> str:
        """The task whose observation a fit reads: its own, or the one its model is made to see."""
        return self.run.cells.fits[cell].sees

    @cached_property
    def observed(self) -> list[tuple[str, str]]:
        """Task and signal of every observation: those that are fitted, and those pictures show."""
        fitted = {(self.seen_task(cell), cell.signal) for cell in self.run.cells.fits}
        pictured = {
            (self.run.cells.source(cells[0]).task, cells[0].signal)
            for study in self.run.targets.studies.values()
            for cells in study.galleries.values()
        }
        return sorted(fitted | pictured)

    def fit(self, cell: Cell) -> str:
        return f"{self.paths.root}/fits/{cell_name(cell)}.h5"

    def score(self, cell: Cell) -> str:
        """The file with a cell's scores, and with those of its other budgets and seeds."""
        return self.paths.score.format(task=cell.task, signal=cell.signal, model=cell.model)

    def scores(self, cells: Iterable[Cell]) -> list[str]:
        """The files with the scores of cells, each once."""
        return list(dict.fromkeys(map(self.score, cells)))

    @cached_property
    def scored_together(self) -> list[tuple[Cell, ...]]:
        """The cells of each score file: every budget and seed that some study has."""
        found: dict[str, list[Cell]] = {}
        every = {cell for cells in self.run.cells.studies.values() for cell in cells}
        for cell in sorted(every):
            found.setdefault(self.score(cell), []).append(cell)
        return [tuple(cells) for cells in found.values()]

    def tidy(self, study: str, name: str) -> str:
        """One of a study's CSV files with a row a fit, or a printed number."""
        return self.paths.table(f"{study}/{name}.csv")

    def behind_signal(self, name: str) -> list[str]:
        """The files behind a signal: the user's own, or those from elsewhere that it needs."""
        run = self.run
        plan = run.cells.signals[name]
        own = [file for path in plan.files.values() for file in listed(path)]
        return own + [run.data_files.path(d) for d in run.data_files.of_signal(plan)]

    def behind_metrics(self, cells: Iterable[Cell]) -> list[str]:
        """The files from elsewhere that the metrics of cells read, metric after metric."""
        run = self.run
        return [
            run.data_files.path(d)
            for m in run.metrics_of(cells)
            for d in run.data_files.of_metric(m)
        ]

    def of_piece(self, piece: Piece) -> str:
        """What a sound, a video or a mesh is made of: a fit, or the truth."""
        return self.truth(piece.cell) if piece.truth else self.fit(piece.cell)


def cell_name(cell: Cell) -> str:
    """A cell as its fit's path names it."""
    return f"{cell.task}/{cell.signal}/{cell.model}-{cell.budget}-s{cell.seed}"
