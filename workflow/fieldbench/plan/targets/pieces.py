"""Files for players and viewers: of every gallery of such a signal, the truth and each fit."""

from collections.abc import Iterator
from dataclasses import dataclass

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.planner import Cells
from fieldbench.plan.entries import registry
from fieldbench.plan.paths import RECORD
from fieldbench.plan.targets.study import StudyView

TRUTH = "truth"


@dataclass(frozen=True)
class Piece:
    """A sound, a video or a mesh: of a fit, or of the truth of its gallery."""

    entry: str  # the export that writes it
    folder: str
    place: str  # its path below that folder
    study: str
    cell: Cell  # where it is the truth's, one of the gallery
    truth: bool

    @property
    def source(self) -> str:
        """The kind of HDF5 file that it is made of."""
        return "signal" if self.truth else "fit"


def pieces(study: StudyView, cells: Cells) -> Iterator[Piece]:
    """The pieces of a study: all fits of its galleries, and no controls."""
    for entry in registry.names("exports"):
        facts = registry.declare("exports", entry).facts
        bodies = facts.pictures == "surfaces"
        for (task, family), group in (study.surfaces if bodies else study.galleries).items():
            if not bodies and cells.truth(group[0]).holds not in facts.holds:
                continue
            for named, cell, truth in _bodies(group) if bodies else _fits(group):
                place = facts.path.format(task=task, family=family, **named)
                place = f"{study.name}/{place}"
                yield Piece(entry, facts.folder, place, study.name, cell, truth)


Named = Iterator[tuple[dict[str, str], Cell, bool]]  # what the path says, the cell, if the truth's


def _bodies(group: list[Cell]) -> Named:
    yield {"body": ""}, group[0], True
    for cell in _first(group):
        yield {"body": f"/{cell.model}"}, cell, False


def _first(group: list[Cell]) -> list[Cell]:
    """The fits of the first seed: a player wants one of each model."""
    return [cell for cell in group if cell.seed == group[0].seed]


def _fits(group: list[Cell]) -> Named:
    yield {"piece": TRUTH}, group[0], True
    for cell in _first(group):
        if cell.budget:
            yield {"piece": f"{cell.model}-{RECORD.format(**vars(cell))}"}, cell, False
