"""A preset with its cells and its files: what everything else about a run is told from."""

import hashlib
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from fieldbench.plan.cells import backends
from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.planner import Cells, metric_applies, plan_cells
from fieldbench.plan.cells.resolve import task_of, trained_for
from fieldbench.plan.config import presets
from fieldbench.plan.config.datasets import Catalogue
from fieldbench.plan.config.models import Training
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError
from fieldbench.plan.paths import Paths
from fieldbench.plan.targets.compositions import READABLE
from fieldbench.plan.targets.data_files import Supplies


class Planned:
    """A preset's names, cells and files."""

    def __init__(self, config: dict[str, Any], checks: bool = True):
        """`checks`: whether this process begins the run, and so looks for the files it needs."""
        settings = presets.read_config(config)
        file = presets.find_preset(settings.preset)
        self.catalogue = Catalogue(presets.CONFIG / "datasets.yaml")
        self.supplies = Supplies(settings, self.catalogue, checks)
        self.preset, self.left_out = self.supplies.without_absent_metrics(presets.read_preset(file))
        self.asked = settings.preset
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

    def refuse_unplanned(self, files: Iterable[str]) -> None:
        """Raise where a fit or a score is asked for by its name that this preset has not."""
        root = self.paths.root
        asked = [f for f in files if f.startswith((f"{root}/fits/", f"{root}/scores/"))]
        if not asked:
            return
        planned = {*map(self.fit_file, self.cells.fits), *self.score_files(self._by_name.values())}
        reasons = {self.fit_file(c): f", because {why}" for _, c, why in self.cells.dropped}
        for file in asked:
            if file not in planned:
                raise UserError(
                    f"The preset {self.name} makes no {file}{reasons.get(file, '')}.",
                    "See `snakemake list_cells` for what it makes, and why not the rest.",
                )

    def score_file(self, cell: Cell) -> str:
        """The file with a cell's scores, and with those of its other budgets and seeds."""
        return self.paths.score.format(task=cell.task, signal=cell.signal, model=cell.model)

    def score_files(self, cells: Iterable[Cell]) -> list[str]:
        """The files with the scores of cells, each once."""
        return list(dict.fromkeys(self.score_file(cell) for cell in cells))

    def scored(self, wildcards: Any) -> list[Cell]:
        """The cells that a score file is about: every budget and seed that a study has."""
        return self._scored[wildcards.task, wildcards.signal, wildcards.model]

    @property
    def scored_together(self) -> Iterable[list[Cell]]:
        """The cells of each score file."""
        return self._scored.values()

    def signal_source(self, signal: str) -> list[str]:
        """The files behind a signal: the user's own, or those from elsewhere that it needs."""
        plan = self.cells.signals[signal]
        if plan.kind == "file":
            return [str(Path(plan.settings["path"]).expanduser())]
        return [self.supplies.path(d) for d in self.supplies.of_signal(plan)]

    def metric_files(self, cells: list[Cell]) -> list[str]:
        """The files from elsewhere that the metrics of cells read, metric after metric."""
        needed = (d for m in self._metrics_of_all(cells) for d in self.supplies.of_metric(m))
        return [self.supplies.path(d) for d in needed]

    def dataset_file(self, key: str) -> str:
        """Where a file of config/datasets.yaml lies once it is fetched."""
        return self.supplies.path(self.catalogue.get(key, "A rule"))

    @property
    def dataset_files(self) -> list[str]:
        """Every file from elsewhere that the preset needs."""
        return [self.supplies.path(d) for d in self._needed]

    def seen_task(self, cell: Cell) -> str:
        """The task whose observation a fit reads: its own, or the one its model is made to see."""
        declared = registry.declare("models", self.cells.fits[cell].kind)
        given = task_of(self.preset, cell.task) == trained_for(self.preset, cell.task, declared)
        return declared.facts.get("sees", cell.task if given else "represent")

    def in_order(self, files: Iterable[str]) -> str:
        """A digest of which results a job reads, in their order, to which the cache is blind."""
        names = [str(file).removeprefix(f"{self.paths.root}/") for file in files]
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]

    def observation_file(self, cell: Cell) -> str:
        return self.paths.observation.format(task=self.seen_task(cell), signal=cell.signal)

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

    @cached_property
    def _scored(self) -> dict[tuple[str, str, str], list[Cell]]:
        """Task, signal and model to the cells that are scored together."""
        found: dict[tuple[str, str, str], list[Cell]] = {}
        for cell in sorted({c for cells in self.cells.studies.values() for c in cells}):
            found.setdefault((cell.task, cell.signal, cell.model), []).append(cell)
        return found

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

    def _metrics_of_all(self, cells: list[Cell]) -> list[str]:
        return sorted({metric for cell in cells for metric in self._metrics_of(cell)})
