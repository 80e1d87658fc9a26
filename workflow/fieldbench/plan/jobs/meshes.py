"""The meshes that are written of bodies: of the truth, and of every fit in its gallery.

A body is named by what follows its family in a mesh's path: nothing for the truth, else a slash
and the model.
"""

from typing import Any

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.entries import digests
from fieldbench.plan.jobs.fingerprints import Origins
from fieldbench.plan.targets import targets


class Meshes(Origins):
    """What jobs that write meshes are given."""

    def mesh_cell(self, study: str, task: str, family: str, body: str) -> Cell:
        """The fit that a mesh is made of; of the truth's, the first that is compared with it."""
        cells = self.bodies(study)[f"{task}/{family}"]
        return next(c for c in cells if body in ("", f"/{c.model}"))

    def mesh_source(self, study: str, task: str, family: str, body: str) -> str:
        """The file of the signal or of the fit."""
        cell = self.mesh_cell(study, task, family, body)
        return self.fit_file(cell) if body else self.truth_file(cell)

    def mesh_origin(self, cell: Cell, body: str) -> str:
        """That of what a mesh is made of."""
        return self.fit_origin(cell) if body else self.signal_origin(self.cells.truth(cell).name)

    def mesh_params(self, study: str, task: str, family: str, body: str) -> dict[str, Any]:
        cell = self.mesh_cell(study, task, family, body)
        return {
            "kind": "fit" if body else "signal",
            "signed": self.cells.truth(cell).holds == "distances",
            "code": digests.stage("write_mesh"),
        }

    def mesh_stamp(self, study: str, cell: Cell, body: str) -> dict[str, Any]:
        """What a mesh says of where it comes from."""
        known = self._stamp(study, [cell] if body else [], [self.mesh_origin(cell, body)])
        return known | {"code": digests.stage("write_mesh")}

    def bodies(self, study: str) -> dict[str, list[Cell]]:
        """`task/family` to the fits whose meshes are written."""
        return targets.surfaces(study, self.preset, self.cells)
