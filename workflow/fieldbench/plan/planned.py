"""A preset with its cells and its files: what everything else about a run is told from."""

from functools import cache, cached_property
from typing import Any

from fieldbench.plan import backends, presets, registry
from fieldbench.plan.asked import task_of, trained_for
from fieldbench.plan.cells import Cell, Cells, metric_applies, plan_cells
from fieldbench.plan.config import Training
from fieldbench.plan.datasets import Catalogue
from fieldbench.plan.paths import Paths
from fieldbench.plan.reading import read_yaml
from fieldbench.plan.supplies import Supplies


class Planned:
    """A preset's names, cells and files."""

    def __init__(self, config: dict[str, Any], checks: bool = True):
        """`checks`: whether this process begins the run, and so looks for the files it needs."""
        settings = presets.read_config(config)
        file = presets.find_preset(settings.preset)
        self.catalogue = Catalogue(presets.CONFIG / "datasets.yaml")
        self.supplies = Supplies(settings, self.catalogue, checks)
        self.preset, self.left_out = self.supplies.without_absent_metrics(presets.read_preset(file))
        self.name = file.stem
        self.paths = Paths(f"{settings.results.rstrip('/')}/{self.name}")
        self.device = backends.device(self.preset.device)
        self.cells: Cells = plan_cells(self.preset)
        self.style = read_yaml(presets.CONFIG / "figures.yaml")
        self._needed = self.supplies.needed(self.cells.signals.values(), self.metrics)
        self.supplies.require(self._needed)
        every = (*self.cells.fits, *self.cells.rendered)
        self._by_name = {self.cell_name(c): c for c in every}

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
    def families(self) -> set[str]:
        return {signal.family for signal in self.cells.signals.values()}

    @property
    def published(self) -> set[str]:
        return {block for study in self.preset.studies.values() for block in study.published}

    @property
    def metrics(self) -> set[str]:
        return {metric for study in self.preset.studies.values() for metric in study.metrics}

    @staticmethod
    def cell_name(cell: Cell) -> str:
        return f"{cell.task}/{cell.signal}/{cell.model}-{cell.budget}-s{cell.seed}"

    def cell(self, wildcards: Any) -> Cell:
        """The cell that a job's wildcards name."""
        w = wildcards
        return self._by_name[f"{w.task}/{w.signal}/{w.model}-{w.budget}-s{w.seed}"]

    def fit_file(self, cell: Cell) -> str:
        return f"{self.paths.root}/fits/{self.cell_name(cell)}.h5"

    def score_file(self, cell: Cell) -> str:
        return f"{self.paths.root}/scores/{self.cell_name(cell)}.h5"

    def signal_source(self, signal: str) -> list[str]:
        """The files behind a signal: the user's own, or those from elsewhere that it needs."""
        plan = self.cells.signals[signal]
        if plan.kind == "file":
            return [plan.settings["path"]]
        return [self.supplies.path(d) for d in self.supplies.of_signal(plan)]

    def metric_files(self, cell: Cell) -> dict[str, list[str]]:
        """For each metric of a cell, the files from elsewhere that it reads."""
        metrics = self._metrics_of(cell)
        return {m: [self.supplies.path(d) for d in self.supplies.of_metric(m)] for m in metrics}

    def dataset_file(self, key: str) -> str:
        """Where a file of config/datasets.yaml lies once it is fetched."""
        return self.supplies.path(self.catalogue.get(key, "A rule"))

    @property
    def dataset_files(self) -> list[str]:
        """Every file from elsewhere that the preset needs."""
        return [self.supplies.path(d) for d in self._needed]

    def observation_file(self, cell: Cell) -> str:
        """What a fit reads: its task's observation, or the one its model is made to see."""
        declared = registry.declare("models", self.cells.fits[cell].kind)
        given = task_of(self.preset, cell.task) == trained_for(self.preset, cell.task, declared)
        sees = declared.facts.get("sees", cell.task if given else "represent")
        return self.paths.observation.format(task=sees, signal=cell.signal)

    def source_fit_file(self, cell: Cell) -> str:
        """The fit that a rendered cell asks something else of."""
        return self.fit_file(self.cells.rendered[cell])

    def truth_file(self, cell: Cell) -> str:
        return self.paths.signal.format(signal=self.cells.truth(cell).name)

    @cache  # noqa: B019
    def _training(self, task: str) -> Training:
        """How fits of a task are trained."""
        kind, _ = task_of(self.preset, task)
        return self.preset.training.of(task, kind)

    @cached_property
    def _cell_sets(self) -> dict[str, set[Cell]]:
        return {name: set(cells) for name, cells in self.cells.studies.items()}

    @cache  # noqa: B019
    def _metrics_of(self, cell: Cell) -> list[str]:
        """The metrics of every study that has the cell, where they are defined."""
        signal = self.cells.truth(cell)
        wanted = {
            m
            for name, study in self.preset.studies.items()
            if cell in self._cell_sets[name]
            for m in study.metrics
        }
        return [m for m in sorted(wanted) if metric_applies(m, signal)]
