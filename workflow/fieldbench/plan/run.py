"""One run, planned: what every job of every rule is given. This is all that rules may ask."""

from functools import cache, cached_property
from typing import Any

from fieldbench.plan import backends, digests, estimates, outputs, presets, published, registry
from fieldbench.plan.cells import Cell, Cells, SignalPlan, metric_applies, plan_cells, task_of
from fieldbench.plan.config import read_yaml
from fieldbench.plan.paths import Paths


class Run:
    """A preset with its cells, its paths, and the parameters of its jobs.

    Every wildcard, setting and source digest that a job depends on is among its parameters, so
    that Snakemake re-runs it when one changes, and its between-workflow cache can tell it apart.
    No parameter holds a path of the results, which would keep two presets from sharing.
    """

    def __init__(self, config: dict[str, Any]):
        settings = presets.read_config(config)
        file = presets.find_preset(settings.preset)
        self.preset = presets.read_preset(file)
        self.name = file.stem
        self.paths = Paths(f"{settings.results.rstrip('/')}/{self.name}")
        self.device = backends.device(self.preset.device)
        self.cells: Cells = plan_cells(self.preset)
        self.style = read_yaml(presets.CONFIG / "figures.yaml")
        self._by_name = {self.cell_name(c): c for c in self.cells.fits}

    # -- names and files ---------------------------------------------------------------------

    @property
    def tasks(self) -> set[str]:
        return {cell.task for cell in self.cells.fits} | {"represent"}

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
        """The user's own file behind a signal, if there is one."""
        plan = self.cells.signals[signal]
        return [plan.settings["path"]] if plan.kind == "file" else []

    def observation_file(self, cell: Cell) -> str:
        """What a fit reads: its task's observation, or the one its model is made to see."""
        sees = self._model_facts(cell).get("sees", cell.task)
        return self.paths.observation.format(task=sees, signal=cell.signal)

    # -- parameters of jobs ------------------------------------------------------------------

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
            "training": backends.training(self.preset.training, self.device),
            "shape": list(signal.shape),
            "device": self.device,
            "code": digests.stage("fit_model", *sources),
        }

    def score_params(self, cell: Cell) -> dict[str, Any]:
        signal = self.cells.signals[cell.signal]
        metrics = self._metrics_of(cell, signal)
        return {
            "cell": vars(cell),
            "signal": _row(signal),
            "metrics": metrics,
            "code": digests.stage("score_fit", *(("metrics", m) for m in metrics)),
        }

    def collect_params(self, study: str, what: str) -> dict[str, Any]:
        return {
            "study": study,
            "what": what,
            "metrics": self._study_metrics(study),
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
        """As `draw_params`, of what may be shown by sets of signals, and beside a reference."""
        own = self.preset.studies[study]
        shown = {
            "sets": own.sets if sets else {},
            "reference": outputs.reference(study, self.preset),
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
        facts = registry.declare("metrics", name).facts
        shown = {k: facts[k] for k in ("label", "unit", "better")}
        return {"name": name, **shown, "range": list(facts["limits"])}

    # -- what is drawn, and what a fit may take ----------------------------------------------

    def targets(self, study: str) -> list[str]:
        return outputs.targets(study, self.preset, self.cells, self.paths)

    def gallery(self, study: str, task: str, family: str) -> list[Cell]:
        """The cells that one gallery shows."""
        return self._galleries(study)[f"{task}/{family}"]

    def gallery_signal(self, study: str, task: str, family: str) -> str:
        return self.paths.signal.format(signal=self.gallery(study, task, family)[0].signal)

    def gallery_observation(self, study: str, task: str, family: str) -> str:
        signal = self.gallery(study, task, family)[0].signal
        return self.paths.observation.format(task=task, signal=signal)

    def work(self, cell: Cell) -> float:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        return estimates.work(signal, model, self.preset.training)

    def memory_mb(self, cell: Cell, attempt: int) -> int:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        return estimates.memory_mb(signal, model, attempt)

    def runtime_minutes(self, cell: Cell, attempt: int) -> int:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        return estimates.runtime_minutes(signal, model, self.preset.training, attempt)

    # -- small helpers -----------------------------------------------------------------------

    def summary(self) -> str:
        cells = self.cells
        dropped = len(cells.dropped)
        tail = f"; {dropped} dropped (snakemake list_cells says why)" if dropped else ""
        others = {(c.model, plan.backend) for c, plan in cells.fits.items()} - {
            (model, "torch") for model in self.models
        }
        by = "".join(f", {model} by {backend}" for model, backend in sorted(others))
        if self.device == "cuda":
            slow = {
                c.model
                for c, plan in cells.fits.items()
                if plan.backend == "torch" and self._model_facts(c).get("loops_on_cpu")
            }
            by += "".join(f", {model} drawn on the CPU" for model in sorted(slow))
        return (
            f"preset {self.name}: {len(cells.fits)} fits in {len(cells.studies)} studies, "
            f"device {self.device}{by}{tail}"
        )

    @cache  # noqa: B019 (there is one run a process)
    def _galleries(self, study: str) -> dict[str, list[Cell]]:
        return outputs.galleries(study, self.preset, self.cells)

    @cache  # noqa: B019
    def _study_metrics(self, study: str) -> list[str]:
        return outputs.study_metrics(study, self.preset, self.cells)

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
        return [m for m in sorted(wanted) if metric_applies(m, signal.shape)]


def _row(signal: SignalPlan) -> dict[str, Any]:
    """The columns of a table that describe a signal."""
    return {
        "family": signal.family,
        "label": signal.label,
        "dims": len(signal.shape),
        "channels": signal.channels,
        "samples": signal.place.points,
    }
