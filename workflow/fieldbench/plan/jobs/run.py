"""One run of a preset, planned: what rules, scripts and `explain` may ask."""

from collections.abc import Iterable
from functools import cache, cached_property
from typing import Any

from fieldbench.plan.cells import backends
from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.own_files import OwnFiles
from fieldbench.plan.cells.planner import Cells, metric_applies, plan_cells
from fieldbench.plan.config import presets
from fieldbench.plan.config.datasets import Catalogue
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs import summaries
from fieldbench.plan.jobs.drawn import Drawn
from fieldbench.plan.jobs.files import Files
from fieldbench.plan.jobs.fingerprints import Fingerprints
from fieldbench.plan.jobs.job import Jobs
from fieldbench.plan.jobs.params import Params
from fieldbench.plan.jobs.resources import Resources
from fieldbench.plan.outputs import PRESET
from fieldbench.plan.paths import Paths
from fieldbench.plan.targets.compositions import READABLE
from fieldbench.plan.targets.data_files import DataFiles
from fieldbench.plan.targets.targets import Targets


class Run:
    """A preset, planned: its cells, and in parts the files, jobs and targets made from them."""

    def __init__(self, config: dict[str, Any], checks: bool = True):
        """`checks`: whether this process begins the run, and so looks for the files it needs."""
        settings = presets.read_config(config)
        file = presets.find_preset(settings.preset)
        self.catalogue = Catalogue(presets.CONFIG / "datasets.yaml")
        self.data_files = DataFiles(settings, self.catalogue, checks)
        self.preset, self.left_out = self.data_files.without_absent_metrics(
            presets.read_preset(file)
        )
        self.requested = settings.preset  # by name, or the path of a file
        self.name = file.stem
        self.paths = Paths(f"{settings.results.rstrip('/')}/{self.name}")
        self.device = backends.device(self.preset.device)
        self.cells: Cells = plan_cells(self.preset, OwnFiles(settings.results))
        self.preset = self.cells.preset  # without signals that cannot be read
        self.style = read_yaml(presets.CONFIG / "figures.yaml")
        self._needed = self.data_files.needed(self.cells.signals.values(), self.metrics)
        self.data_files.require(self._needed)
        self.files = Files(self)
        self.targets = Targets(self)
        self.params = Params(self)
        self.resources = Resources(self)
        self.drawn = Drawn(self)
        self.jobs = Jobs(self, PRESET)
        self.fingerprints = Fingerprints(self)

    @property
    def readable(self) -> int:
        """How many models a figure may show."""
        return int(self.style.get("readable", READABLE))

    @property
    def tasks(self) -> set[str]:
        return self.trained_tasks | self.rendered_tasks

    @property
    def trained_tasks(self) -> set[str]:
        """The tasks that models are trained for."""
        return {cell.task for cell in self.cells.fits} | {"represent"}

    @property
    def rendered_tasks(self) -> set[str]:
        """The tasks that ask something else of fits of another task."""
        return {cell.task for cell in self.cells.rendered}

    @property
    def models(self) -> set[str]:
        return {cell.model for cell in self.cells.fits}

    @property
    def metrics(self) -> set[str]:
        return {metric for study in self.preset.studies.values() for metric in study.metrics}

    def metrics_of(self, cells: Iterable[Cell]) -> list[str]:
        """The metrics of every study that has one of the cells, where they are defined."""
        return sorted({metric for cell in cells for metric in self._metrics_of(cell)})

    @cache  # noqa: B019 (there is one run a process)
    def _metrics_of(self, cell: Cell) -> list[str]:
        signal = self.cells.truth(cell)
        wanted = {
            m
            for name, study in self.preset.studies.items()
            if cell in self._cell_sets[name]
            for m in study.metrics
        }
        return [m for m in sorted(wanted) if metric_applies(m, signal)]

    @cached_property
    def _cell_sets(self) -> dict[str, set[Cell]]:
        return {name: set(cells) for name, cells in self.cells.studies.items()}

    def dataset_file(self, key: str) -> str:
        """Where a file of config/datasets.yaml lies once it is fetched."""
        return self.data_files.path(self.catalogue.get(key, "A rule"))

    @property
    def dataset_files(self) -> list[str]:
        """Every file from elsewhere that the preset needs."""
        return [self.data_files.path(d) for d in self._needed]

    def refuse_unplanned(self, files: Iterable[str]) -> None:
        """Raise where a fit or a score is asked for by its name that this preset has not."""
        root = self.paths.root
        named = [f for f in files if f.startswith((f"{root}/fits/", f"{root}/scores/"))]
        unplanned = [file for file in named if file not in self.jobs]
        if not unplanned:
            return
        reasons = {self.files.fit(c): f", because {why}" for _, c, why in self.cells.dropped}
        raise UserError(
            f"The preset {self.name} makes no {unplanned[0]}{reasons.get(unplanned[0], '')}.",
            "See `snakemake list_cells` for what it makes, and why not the rest.",
        )

    def trained(self, studies: Iterable[str]) -> list[Cell]:
        """The fits that studies need, each once."""
        return summaries.trained(self.cells, studies)

    def summary(self) -> str:
        return summaries.summary(self.name, self.cells, self.device, self.left_out)
