"""The planned identity of every file: each HDF5 file says its own.

A job is given those of its inputs as they are planned, and takes no others (`provenance`).
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from fieldbench.plan import digests
from fieldbench.plan.cells import Cell
from fieldbench.plan.identity import identity
from fieldbench.plan.job_params import JobParams


class Identities(JobParams):
    """The planned identity of every file, and of what each is made of."""

    @cache  # noqa: B019 (there is one run a process)
    def signal_identity(self, signal: str) -> str:
        return identity(self.signal_params(signal))

    @cache  # noqa: B019
    def observation_identity(self, task: str, signal: str) -> str:
        return identity(self.observation_params(task, signal), [self.signal_identity(signal)])

    @cache  # noqa: B019
    def fit_identity(self, cell: Cell) -> str:
        rendered = cell in self.cells.rendered
        params = self.render_params(cell) if rendered else self.fit_params(cell)
        return identity(params, self.of_fit(cell))

    def of_fit(self, cell: Cell) -> list[str]:
        """The identity of the observation that is fitted, or of the fit that is asked."""
        if cell in self.cells.rendered:
            return [self.fit_identity(self.cells.rendered[cell])]
        return [self.observation_identity(self.seen_task(cell), cell.signal)]

    @cache  # noqa: B019
    def score_identity(self, cell: Cell) -> str:
        return identity(self.score_params(cell), self.of_score(cell))

    def of_score(self, cell: Cell) -> list[str]:
        """The identities of the truth and of the fit."""
        return [self.signal_identity(self.cells.truth(cell).name), self.fit_identity(cell)]

    def of_study(self, study: str) -> list[str]:
        return [self.score_identity(cell) for cell in self.cells.studies[study]]

    def of_pictures(self, cells: Iterable[Cell]) -> list[str]:
        """The identities of fits, then of their scores."""
        cells = list(cells)
        scores = [self.score_identity(cell) for cell in cells]
        return [*(self.fit_identity(cell) for cell in cells), *scores]

    def stamp(self, script: str, study: str, cells: list[Cell] | None = None) -> dict[str, Any]:
        """What a table or figure says of where it comes from; of a whole study unless told."""
        if cells is None:
            known = self._study_stamp(study)
        else:
            known = self._stamp(study, cells, self.of_pictures(cells))
        return known | {"code": digests.stage(script)}

    @cache  # noqa: B019
    def _study_stamp(self, study: str) -> dict[str, Any]:
        return self._stamp(study, self.cells.studies[study], self.of_study(study))

    def _stamp(self, study: str, cells: list[Cell], made_of: list[str]) -> dict[str, Any]:
        trained = {self.cells.rendered.get(cell, cell) for cell in cells}
        codes = sorted({self.fit_params(cell)["code"] for cell in trained})
        return {
            "preset": self.name,
            "study": study,
            "fits": len(cells),
            "results": identity({}, made_of),
            "fit_code": codes[0] if len(codes) == 1 else identity({}, codes),
        }
