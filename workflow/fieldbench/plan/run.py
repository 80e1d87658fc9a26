"""One run, planned: what every job of every rule is given. This is all that rules may ask."""

from collections.abc import Iterable
from functools import cache, cached_property
from typing import Any

from fieldbench.plan import (
    backends,
    digests,
    estimates,
    outputs,
    presets,
    published,
    registry,
    summaries,
)
from fieldbench.plan.cells import Cell, Cells, metric_applies, plan_cells, task_of
from fieldbench.plan.config import Training, read_yaml
from fieldbench.plan.datasets import Catalogue
from fieldbench.plan.parts import columns
from fieldbench.plan.paths import Paths
from fieldbench.plan.signals import SignalPlan
from fieldbench.plan.supplies import Supplies


class Run:
    """A preset with its cells, its paths, and the parameters of its jobs.

    Every wildcard, setting and source digest that a job depends on is among its parameters, so
    that Snakemake re-runs it when one changes, and its between-workflow cache can tell it apart.
    No parameter holds a path of the results, which would keep two presets from sharing.
    """

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

    # -- names and files ---------------------------------------------------------------------

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
        metrics = self._metrics_of(cell, self.cells.truth(cell))
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
        sees = self._model_facts(cell).get("sees", cell.task)
        return self.paths.observation.format(task=sees, signal=cell.signal)

    def source_fit_file(self, cell: Cell) -> str:
        """The fit that a rendered cell asks something else of."""
        return self.fit_file(self.cells.rendered[cell])

    def truth_file(self, cell: Cell) -> str:
        return self.paths.signal.format(signal=self.cells.truth(cell).name)

    # -- parameters of jobs ------------------------------------------------------------------

    def download_params(self, path: str) -> dict[str, Any]:
        """A key and what its file is known by: neither places nor code change what it holds."""
        dataset = self.catalogue.by_path[path]
        return {"key": dataset.key, "file": dataset.file.model_dump(exclude={"places", "path"})}

    def signal_params(self, signal: str) -> dict[str, Any]:
        plan = self.cells.signals[signal]
        settings = {k: v for k, v in plan.settings.items() if k != "path"}
        return {
            "signal": signal,
            "kind": plan.kind,
            "settings": settings,
            "code": digests.stage("generate_signal", ("signals", plan.kind)),
        }

    def observation_params(self, task: str, signal: str) -> dict[str, Any]:
        kind, settings = task_of(self.preset, task)
        return {
            "task": task,
            "signal": signal,
            "kind": kind,
            "settings": settings,
            "code": digests.stage("observe_signal", ("tasks", kind)),
        }

    def fit_params(self, cell: Cell) -> dict[str, Any]:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        task, settings = task_of(self.preset, cell.task)
        sources = (("models", model.kind), ("tasks", task), ("signals", signal.kind))
        return {
            "cell": vars(cell),
            "task": {"kind": task, "settings": settings},
            "model": vars(model),
            "training": backends.training(self._training(cell.task), self.device),
            "shape": list(signal.shape),
            "device": self.device,
            "code": digests.stage("fit_model", *sources),
        }

    def render_params(self, cell: Cell) -> dict[str, Any]:
        source = self.cells.rendered[cell]
        model, seen = self.cells.fits[source], self.cells.signals[source.signal]
        kind, settings = task_of(self.preset, cell.task)
        return {
            "cell": vars(cell),
            "task": {"kind": kind, "settings": settings},
            "fit": self.fit_params(source),
            "channels": seen.channels,
            "finer": list(self.cells.truth(cell).shape),
            "code": digests.stage("render_fit", ("models", model.kind), ("tasks", kind)),
        }

    def score_params(self, cell: Cell) -> dict[str, Any]:
        signal = self.cells.truth(cell)
        metrics = self._metrics_of(cell, signal)
        return {
            "cell": vars(cell),
            "signal": _row(signal),
            "metrics": metrics,
            "needs": {m: list(keys) for m in metrics if (keys := _facts(m).get("needs"))},
            "code": digests.stage("score_fit", *(("metrics", m) for m in metrics)),
        }

    def collect_params(self, study: str, what: str) -> dict[str, Any]:
        return {
            "study": study,
            "what": what,
            "metrics": [c for m in self._study_metrics(study) for c in _columns(m)],
            "code": digests.stage("collect_scores"),
        }

    def join_params(self) -> dict[str, Any]:
        return {"code": digests.stage("join_scores")}

    def draw_params(self, script: str, study: str, **names: str) -> dict[str, Any]:
        """What a table or figure of a study is given beside its inputs."""
        metrics = {name: self.metric(name) for name in self._study_metrics(study)}
        return {
            **names,
            "study": study,
            "metrics": metrics,
            "style": self.style,
            "code": digests.stage(script),
        }

    def set_params(self, script: str, study: str, sets: bool, **names: str) -> dict[str, Any]:
        """As `draw_params`, of what may be shown by sets of signals, and beside references."""
        own = self.preset.studies[study]
        shown = {
            "sets": own.sets if sets else {},
            "reference": outputs.references(study, self.preset),
        }
        return self.draw_params(script, study, **names) | shown

    def published_params(self, study: str, what: str) -> dict[str, Any]:
        """What the comparison with the printed numbers that a study answers is given."""
        blocks = published.answers(self.preset.studies[study])
        named = {k: b | {"metric": self.metric(b["metric"])} for k, b in blocks.items()}
        code = digests.stage("compare_with_published")
        return {"study": study, "what": what, "blocks": named, "code": code}

    def metric(self, name: str) -> dict[str, Any]:
        """How a metric is written and which way is better, as its file declares."""
        facts = _facts(name)
        known = ("label", "unit", "better", "parts", "part_name", "parts_are")
        shown = {k: facts[k] for k in known if k in facts}
        return {"name": name, **shown, "range": list(facts["limits"])}

    # -- what is drawn, and what a fit may take ----------------------------------------------

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

    def work(self, cell: Cell) -> float:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        training, beside = self._training(cell.task), self._task_flops(cell.task, signal)
        return estimates.work(signal, model, training, beside)

    def memory_mb(self, cell: Cell, attempt: int) -> int:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        return estimates.memory_mb(signal, model, attempt)

    def render_memory_mb(self, cell: Cell, attempt: int) -> int:
        return estimates.memory_mb(self.cells.truth(cell), self.cells.model(cell), attempt)

    def score_memory_mb(self, cell: Cell, attempt: int) -> int:
        signal = self.cells.truth(cell)
        return estimates.score_memory_mb(signal, self._metrics_of(cell, signal), attempt)

    def runtime_minutes(self, cell: Cell, attempt: int) -> int:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        training, beside = self._training(cell.task), self._task_flops(cell.task, signal)
        return estimates.runtime_minutes(signal, model, training, attempt, beside)

    # -- small helpers -----------------------------------------------------------------------

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

    @cache  # noqa: B019
    def _study_metrics(self, study: str) -> list[str]:
        return outputs.study_metrics(study, self.preset, self.cells)

    @cache  # noqa: B019
    def _training(self, task: str) -> Training:
        """How fits of a task are trained."""
        kind, _ = task_of(self.preset, task)
        return self.preset.training.of(task, kind)

    def _task_flops(self, task: str, signal: SignalPlan) -> float:
        """Operations that a step takes beside its model's, where a task counts any."""
        kind, settings = task_of(self.preset, task)
        counted = registry.declare("tasks", kind).functions.get("flops")
        return counted(signal.shape, signal.channels, **settings) if counted else 0.0

    @cached_property
    def _cell_sets(self) -> dict[str, set[Cell]]:
        return {name: set(cells) for name, cells in self.cells.studies.items()}

    def _model_facts(self, cell: Cell) -> dict[str, Any]:
        return registry.declare("models", self.cells.fits[cell].kind).facts

    def _metrics_of(self, cell: Cell, signal: SignalPlan) -> list[str]:
        """The metrics of every study that has the cell, where they are defined."""
        wanted = {
            m
            for name, study in self.preset.studies.items()
            if cell in self._cell_sets[name]
            for m in study.metrics
        }
        return [m for m in sorted(wanted) if metric_applies(m, signal)]


def _facts(metric: str) -> dict[str, Any]:
    return registry.declare("metrics", metric).facts


def _columns(metric: str) -> list[str]:
    return columns(metric, _facts(metric).get("parts", ()))


def _row(signal: SignalPlan) -> dict[str, Any]:
    """The columns of a table that describe a signal."""
    return {
        "family": signal.family,
        "label": signal.label,
        "dims": len(signal.shape),
        "channels": signal.channels,
        "samples": signal.place.points,
    }
