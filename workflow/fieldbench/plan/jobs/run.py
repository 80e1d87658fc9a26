"""One run, planned. This is all that rules may ask."""

from collections.abc import Iterable
from functools import cache

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.jobs import summaries
from fieldbench.plan.jobs.media import Media
from fieldbench.plan.jobs.meshes import Meshes
from fieldbench.plan.jobs.resources import Demands
from fieldbench.plan.targets import compositions, targets


class Run(Media, Meshes, Demands):
    """A preset, planned: its cells and files, its jobs and what they may take, its targets."""

    def targets(self, study: str) -> list[str]:
        known = targets.targets(study, self.preset, self.cells, self.paths, self.readable)
        return [*known, *(piece.path for piece in self.pieces(study).values())]

    @property
    def overview(self) -> list[str]:
        """What shows all studies of composed models together."""
        return targets.overview(self.preset, self.cells, self.paths)

    @property
    def overview_scores(self) -> list[str]:
        """The tables that the overview is made of, one a study."""
        studies = dict.fromkeys(s for s, *_ in compositions.overview(self.preset, self.cells))
        return [self.paths.table(f"{study}/scores.csv") for study in studies]

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
        return targets.galleries(study, self.preset, self.cells)

    @cache  # noqa: B019
    def _sheets(self, study: str) -> dict[str, list[Cell]]:
        return targets.sheets(study, self.preset, self.cells)
