"""The planned origin of every file: each HDF5 file says its own.

A job is given those of its inputs as they are planned, and takes no others (`provenance`).
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.entries import digests
from fieldbench.plan.jobs.fingerprint import origin
from fieldbench.plan.jobs.params import JobParams
from fieldbench.plan.targets import compositions

_STAMP = re.compile(rb"results ([0-9a-f]{16}),.{0,60}?code of this\s+([0-9a-f]{16})", re.DOTALL)


def read_stamp(path: str | Path) -> tuple[str, str] | None:
    """The origin of the results and the digest of the code that a table or figure says."""
    found = _STAMP.search(Path(path).read_bytes())
    return (found[1].decode(), found[2].decode()) if found else None


class Origins(JobParams):
    """The planned origin of every file, and of what each is made of."""

    @cache  # noqa: B019 (there is one run a process)
    def signal_origin(self, signal: str) -> str:
        return origin(self.signal_params(signal))

    @cache  # noqa: B019
    def observation_origin(self, task: str, signal: str) -> str:
        return origin(self.observation_params(task, signal), [self.signal_origin(signal)])

    @cache  # noqa: B019
    def fit_origin(self, cell: Cell) -> str:
        rendered = cell in self.cells.rendered
        params = self.render_params(cell) if rendered else self.fit_params(cell)
        return origin(params, self.of_fit(cell))

    def of_fit(self, cell: Cell) -> list[str]:
        """The origin of the observation that is fitted, or of the fit that is asked."""
        if cell in self.cells.rendered:
            return [self.fit_origin(self.cells.rendered[cell])]
        return [self.observation_origin(self.seen_task(cell), cell.signal)]

    def score_origin(self, cells: list[Cell]) -> str:
        """That of the scores of a model's fits to one signal."""
        own = cells[0].task, cells[0].signal, cells[0].model
        if own not in self._score_origins:
            self._score_origins[own] = origin(self.score_params(cells), self.of_score(cells))
        return self._score_origins[own]

    def of_score(self, cells: list[Cell]) -> list[str]:
        """The origins of the truth and of the fits."""
        truth = self.signal_origin(self.cells.truth(cells[0]).name)
        return [truth, *(self.fit_origin(cell) for cell in cells)]

    def of_scores(self, cells: Iterable[Cell]) -> list[str]:
        """The origins of the files with the scores of cells, each once."""
        files = dict.fromkeys((cell.task, cell.signal, cell.model) for cell in cells)
        return [self.score_origin(self._scored[own]) for own in files]

    def of_pictures(self, cells: list[Cell]) -> list[str]:
        """The origins of fits, then of the files with their scores."""
        return [*(self.fit_origin(cell) for cell in cells), *self.of_scores(cells)]

    def stamp(self, script: str, study: str, cells: list[Cell] | None = None) -> dict[str, Any]:
        """What a table or figure says of where it comes from; of a whole study unless told."""
        if cells is None:
            known = self._study_stamp(study)
        else:
            known = self._stamp(study, cells, self.of_pictures(cells))
        return known | {"code": digests.stage(script)}

    def overview_stamp(self, script: str) -> dict[str, Any]:
        """As `stamp`, of what shows all studies of composed models."""
        studies = dict.fromkeys(s for s, *_ in compositions.overview(self.preset, self.cells))
        cells = list(dict.fromkeys(c for study in studies for c in self.cells.studies[study]))
        known = self._stamp(", ".join(studies), cells, self.of_scores(cells))
        return known | {"code": digests.stage(script)}

    def unlike_plan(self, noted: Callable[[str], bool]) -> list[str]:
        """Tables that are there, are not as planned, and will not be made again by themselves.

        One a study tells of all behind it. `noted` says whether Snakemake knows how a file was
        made: then it sees for itself what has changed since.
        """
        found = []
        for study in self.cells.studies:
            table = self.paths.table(f"{study}/timings-by-model.md")
            if Path(table).exists() and not noted(table):
                planned = self.stamp("write_timings", study)
                if read_stamp(table) != (planned["results"], planned["code"]):
                    found.append(table)
        return found

    @cached_property
    def _score_origins(self) -> dict[tuple[str, str, str], str]:
        return {}

    @cache  # noqa: B019
    def _study_stamp(self, study: str) -> dict[str, Any]:
        return self._stamp(
            study, self.cells.studies[study], self.of_scores(self.cells.studies[study])
        )

    def _stamp(self, study: str, cells: list[Cell], made_of: list[str]) -> dict[str, Any]:
        trained = {self.cells.rendered.get(cell, cell) for cell in cells}
        codes = sorted({self.fit_params(cell)["code"] for cell in trained})
        return {
            "preset": self.name,
            "study": study,
            "fits": len(cells),
            "results": origin({}, made_of),
            "fit_code": codes[0] if len(codes) == 1 else origin({}, codes),
        }
