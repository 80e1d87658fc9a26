"""One run, planned. This is all that rules may ask."""

from collections.abc import Iterable
from functools import cache

from fieldbench.plan import outputs, summaries
from fieldbench.plan.cells import Cell
from fieldbench.plan.demands import Demands
from fieldbench.plan.meshes import Meshes


class Run(Meshes, Demands):
    """A preset, planned: its cells and files, its jobs and what they may take, its targets."""

    def targets(self, study: str) -> list[str]:
        return outputs.targets(study, self.preset, self.cells, self.paths)

    def gallery(self, study: str, task: str, family: str) -> list[Cell]:
        """The cells that one gallery shows."""
        return self._galleries(study)[f"{task}/{family}"]

    def gallery_signal(self, study: str, task: str, family: str) -> str:
        return self.truth_file(self.gallery(study, task, family)[0])

    def gallery_observation(self, study: str, task: str, family: str) -> str:
        cell = self.gallery(study, task, family)[0]
        seen = self.cells.rendered.get(cell, cell)
        return self.paths.observation.format(task=seen.task, signal=cell.signal)

    def sheet(self, study: str, task: str, family: str) -> list[Cell]:
        """The cells that one sheet over budgets shows."""
        return self._sheets(study)[f"{task}/{family}"]

    def surfaces(self, study: str, task: str, family: str) -> list[Cell]:
        """The cells whose surfaces are drawn side by side."""
        return [cell for cell in self.gallery(study, task, family) if cell.budget]

    def trained(self, studies: Iterable[str]) -> list[Cell]:
        """The fits that studies need, each once."""
        return summaries.trained(self.cells, studies)

    def summary(self) -> str:
        return summaries.summary(self.name, self.cells, self.device, self.left_out)

    @cache  # noqa: B019 (there is one run a process)
    def _galleries(self, study: str) -> dict[str, list[Cell]]:
        return outputs.galleries(study, self.preset, self.cells)

    @cache  # noqa: B019
    def _sheets(self, study: str) -> dict[str, list[Cell]]:
        return outputs.sheets(study, self.preset, self.cells)
