"""The planned fingerprints of a run's files: where each should come from.

An HDF5 file says its own fingerprint; a table or a figure says, in its footer or its metadata, the
fingerprint of the results it shows. A job takes no inputs but the planned ones (`provenance`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldbench.plan import processor
from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.jobs.fingerprint import fingerprint
from fieldbench.plan.targets.pieces import Piece

if TYPE_CHECKING:
    from fieldbench.plan.jobs.run import Run

_STAMP = re.compile(rb"results ([0-9a-f]{16}),.{0,60}?code of this\s+([0-9a-f]{16})", re.DOTALL)


def read_stamp(path: str | Path) -> tuple[str, str] | None:
    """The fingerprint of the results and the digest of the code that a table or figure says."""
    found = _STAMP.search(Path(path).read_bytes())
    return (found[1].decode(), found[2].decode()) if found else None


class Fingerprints:
    """The planned fingerprints of a run's files, and the stamps of what it draws."""

    def __init__(self, run: Run):
        self.run = run

    def of(self, path: str) -> str:
        """The planned fingerprint of an HDF5 file."""
        return self.run.jobs.fingerprint(path)

    def made_of(self, path: str) -> list[str]:
        """The fingerprints of the HDF5 files that a file is made of, in the order of its inputs."""
        return self.run.jobs.made_of(self.run.jobs[path])

    def stamp(self, path: str, about: str, cells: Sequence[Cell]) -> dict[str, Any]:
        """The stamp of a table or a figure: where it comes from."""
        run = self.run
        job = run.jobs[path]
        known = self._results(tuple(job.files), about, tuple(cells))
        return {"preset": run.name, "study": about, **known, "code": job.params["code"]}

    def stamp_of_summary(self) -> dict[str, Any]:
        """The stamp of the summary of all studies."""
        studies = self.run.cells.studies
        cells = dict.fromkeys(cell for own in studies.values() for cell in own)
        return self.stamp(self.run.paths.summary, ", ".join(studies), list(cells))

    def stamp_of_piece(self, piece: Piece) -> dict[str, Any]:
        """The stamp of a sound, a video or a mesh: where it comes from."""
        path = f"{self.run.paths.root}/{piece.folder}/{piece.place}"
        return self.stamp(path, piece.study, [] if piece.truth else [piece.cell])

    @cache  # noqa: B019 (there is one run a process)
    def _results(self, files: tuple[str, ...], about: str, cells: tuple[Cell, ...]) -> dict:
        """The part of a stamp that many tables and figures of a study share."""
        run = self.run
        behind: dict[str, Any] = {}
        for file in files:
            own = [self.of(file)] if run.jobs.is_stored(file) else []
            behind |= dict.fromkeys(own or run.jobs.results_behind(run.jobs[file]))
        trained = {run.cells.source(cell) for cell in cells}
        codes = sorted({run.cells.fits[cell].code for cell in trained})
        return {
            "fits": len(cells),
            "results": fingerprint({}, list(behind)),
            "fit_code": codes[0] if len(codes) == 1 else fingerprint({}, codes),
            "processor": processor.planned(),
        }

    def unlike_plan(self, noted: Callable[[str], bool]) -> list[str]:
        """Tables that are there, are not as planned, and will not be made again by themselves.

        One a study tells of all behind it. `noted` says whether Snakemake knows how a file was
        made: then it sees for itself what has changed since.
        """
        found = []
        for study in self.run.cells.studies:
            table = self.run.paths.table(f"{study}/timings-by-model.md")
            if table in self.run.jobs and Path(table).exists() and not noted(table):
                planned = self.run.jobs[table].stamp
                if planned and read_stamp(table) != (planned["results"], planned["code"]):
                    found.append(table)
        return found
