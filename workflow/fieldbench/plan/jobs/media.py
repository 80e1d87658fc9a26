"""Sounds to hear and videos to see: of every gallery of such a signal, the truth and each fit."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.entries import digests
from fieldbench.plan.jobs.fingerprints import Origins
from fieldbench.plan.paths import RECORD
from fieldbench.plan.targets import targets

FORMS = {"amplitudes": ("sound", "wav"), "frames": ("video", "mp4")}  # by what a signal holds
TRUTH = "truth"


@dataclass(frozen=True)
class Piece:
    """A sound or a video: of a fit, or of the truth of its gallery."""

    path: str
    kind: str  # sound or video
    study: str
    cell: Cell  # where it is the truth's, one of the gallery
    truth: bool


class Media(Origins):
    """The files of a run that are listened to or watched, and what their jobs are given."""

    def piece(self, wildcards: Any) -> Piece:
        """The piece that a job's wildcards name."""
        w = wildcards
        return self.pieces(w.study)[f"{w.task}/{w.family}/{w.piece}"]

    @cache  # noqa: B019 (there is one run a process)
    def pieces(self, study: str) -> dict[str, Piece]:
        """The pieces of a study by `task/family/name`: all fits of its galleries, no controls."""
        found = {}
        for place, cells in targets.galleries(study, self.preset, self.cells).items():
            form = FORMS.get(self.cells.truth(cells[0]).holds)
            if form is None:
                continue
            kind, suffix = form
            names = {TRUTH: cells[0]} | {
                f"{cell.model}-{RECORD.format(**vars(cell))}": cell for cell in cells if cell.budget
            }
            for name, cell in names.items():
                path = self.paths.piece(kind, f"{study}/{place}/{name}.{suffix}")
                found[f"{place}/{name}"] = Piece(path, kind, study, cell, name == TRUTH)
        return found

    def piece_file(self, piece: Piece) -> str:
        """What a piece is made of: a fit, or the truth."""
        return self.truth_file(piece.cell) if piece.truth else self.fit_file(piece.cell)

    def of_piece(self, piece: Piece) -> list[str]:
        """The origin of that."""
        if piece.truth:
            return [self.signal_origin(self.cells.truth(piece.cell).name)]
        return [self.fit_origin(piece.cell)]

    def piece_params(self, piece: Piece) -> dict[str, Any]:
        truth = self.cells.truth(piece.cell)
        return {
            "source": "signal" if piece.truth else "fit",
            "array": "values" if piece.truth else "reconstruction",
            "rate": truth.rate,
            "shape": [*truth.shape, truth.channels],
            "code": digests.stage(f"write_{piece.kind}"),
        }

    def piece_stamp(self, piece: Piece) -> dict[str, Any]:
        """What a piece says of where it comes from."""
        known = self._stamp(piece.study, [piece.cell], self.of_piece(piece))
        return known | {"code": digests.stage(f"write_{piece.kind}")}

    def sort_params(self, script: str, study: str, task: str, family: str) -> dict[str, Any]:
        """As `draw_params`, of a picture whose look depends on what sort of signal it shows."""
        cell = targets.galleries(study, self.preset, self.cells)[f"{task}/{family}"][0]
        truth = self.cells.truth(cell)
        sort = {name: getattr(truth, name) for name in ("holds", "limits", "rate")}
        return self.draw_params(script, study, task=task, family=family) | {"sort": sort}
