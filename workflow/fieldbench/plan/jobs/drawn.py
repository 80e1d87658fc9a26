"""Figures and tables as jobs: what each reads, takes, and says of where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.entries import registry
from fieldbench.plan.targets.targets import Drawing

if TYPE_CHECKING:
    from fieldbench.plan.jobs.run import Run


class Drawn:
    """The figures and tables of a run of a preset."""

    def __init__(self, run: Run):
        self.run = run

    def inputs(self, drawing: Drawing) -> Mapping[str, list[str]]:
        """The inputs of a drawing: tables, or a picture's signal, observation, fits and scores."""
        files, facts = self.run.files, self._facts(drawing)
        if not drawing.scope:
            return {"scores": [files.tidy(study, "scores") for study in self._ranked]}
        if look := self._look(drawing):
            cells = self.cells(drawing)
            seen = {"observation": [files.shown(cells[0])]} if look == "gallery" else {}
            read = {"fits": [files.fit(cell) for cell in cells], "scores": files.scores(cells)}
            return {"signal": [files.truth(cells[0])], **seen, **read}
        return {name: [files.tidy(drawing.scope, name)] for name in facts.reads}

    def cells(self, drawing: Drawing) -> list[Cell]:
        """The cells that a drawing shows: of a picture, else of its study or of all ranked."""
        if not drawing.scope:
            every = (cell for study in self._ranked for cell in self.run.cells.studies[study])
            return list(dict.fromkeys(every))
        look = self._look(drawing)
        if not look:
            return self.run.cells.studies[drawing.scope]
        study, names = self.run.targets.studies[drawing.scope], drawing.shown
        shown = {"gallery": study.galleries, "sheet": study.sheets, "surfaces": study.surfaces}
        return shown[look][names["task"], names["family"]]

    def params(self, drawing: Drawing) -> dict[str, Any]:
        params = self.run.params
        return params.drawing(drawing) if drawing.scope else params.overview(drawing)

    def memory_mb(self, drawing: Drawing, attempt: int) -> int:
        resources = self.run.resources
        if self._look(drawing):
            return resources.picture_memory_mb(self.cells(drawing), attempt)
        return resources.table_memory_mb(drawing.scope or None, attempt)

    def stamp(self, drawing: Drawing) -> dict[str, Any]:
        path = f"{self.run.paths.root}/{drawing.kind}/{drawing.path}"
        about = drawing.scope or ", ".join(self._ranked)
        return self.run.fingerprints.stamp(path, about, self.cells(drawing))

    @property
    def _ranked(self) -> list[str]:
        """The studies of composed models."""
        return list(dict.fromkeys(study for study, *_ in self.run.targets.ranked))

    @staticmethod
    def _facts(drawing: Drawing) -> Any:
        return registry.declare(drawing.kind, drawing.entry).facts

    def _look(self, drawing: Drawing) -> str:
        """Which pictures a drawing is made of, if it is; a table never is."""
        return getattr(self._facts(drawing), "pictures", "")
