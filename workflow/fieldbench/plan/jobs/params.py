"""What each job of each rule is given."""

from functools import cache
from typing import Any

from fieldbench.plan.cells import backends
from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.resolve import mapped, task_of, trained_for
from fieldbench.plan.cells.signals import SignalPlan
from fieldbench.plan.config import published
from fieldbench.plan.entries import digests, registry
from fieldbench.plan.jobs.planned import Planned
from fieldbench.plan.metric_columns import columns
from fieldbench.plan.paths import RECORD
from fieldbench.plan.targets import compositions, targets


class JobParams(Planned):
    """The parameters of jobs.

    Every wildcard, setting and source digest that a job depends on is among its parameters, so
    that Snakemake re-runs it when one changes, and its between-workflow cache can tell it apart.
    No parameter holds a path of the results, which would keep two presets from sharing.
    """

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
            "limits": self.cells.signals[signal].limits,
            "kind": kind,
            "settings": settings,
            "code": digests.stage("observe_signal", ("tasks", kind)),
        }

    def fit_params(self, cell: Cell) -> dict[str, Any]:
        signal, model = self.cells.signals[cell.signal], self.cells.fits[cell]
        declared = registry.declare("models", model.kind)
        task, settings = trained_for(self.preset, cell.task, declared)
        sources = (("models", model.kind), ("tasks", task), ("signals", signal.kind))
        return {
            "cell": vars(cell),
            "task": {"kind": task, "settings": settings},
            "model": vars(model),
            "training": backends.training(self._training(cell.task), self.device),
            "shape": list(mapped(self.preset, cell.task, signal, declared).shape),
            "device": self.device,
            "code": digests.stage("fit_model", *sources, backend=model.backend),
        }

    def render_params(self, cell: Cell) -> dict[str, Any]:
        source = self.cells.rendered[cell]
        model, seen = self.cells.fits[source], self.cells.signals[source.signal]
        kind, settings = task_of(self.preset, cell.task)
        sources = (("models", model.kind), ("tasks", kind))
        return {
            "cell": vars(cell),
            "task": {"kind": kind, "settings": settings},
            "fit": self.fit_params(source),
            "channels": seen.channels,
            "finer": list(self.cells.truth(cell).shape),
            "code": digests.stage("render_fit", *sources, backend=model.backend),
        }

    def score_params(self, cells: list[Cell]) -> dict[str, Any]:
        """Of the cells of one model on one signal; each has the metrics of its own studies."""
        metrics, one = self._metrics_of_all(cells), cells[0]
        return {
            **{name: getattr(one, name) for name in ("task", "signal", "model")},
            "truth": _row(self.cells.truth(one)),
            "limits": self.cells.truth(one).limits,
            "metrics": {m: list(_facts(m).get("needs", ())) for m in metrics},
            "cells": [
                {"budget": c.budget, "seed": c.seed, "metrics": self._metrics_of(c)} for c in cells
            ],
            "code": digests.stage("score_fits", *(("metrics", m) for m in metrics)),
        }

    def collect_params(self, study: str, what: str) -> dict[str, Any]:
        """`cells` are those of the study in each score file: it may hold others' too."""
        cells: dict[str, list[str]] = {}
        for cell in self.cells.studies[study]:
            cells.setdefault(self.score_file(cell), []).append(RECORD.format(**vars(cell)))
        return {
            "study": study,
            "what": what,
            "cells": list(cells.values()),
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
            "style": self._named_style(study),
            "code": digests.stage(script),
        }

    def variant_params(self, script: str, study: str, **names: str) -> dict[str, Any]:
        """As `draw_params`, of what shows composed models: their parts, and what cannot be."""
        shown = {
            "composed": compositions.composed(study, self.preset),
            "impossible": compositions.impossible(study, self.cells),
        }
        return self.draw_params(script, study, **names) | shown

    def overview_params(self, script: str, **names: str) -> dict[str, Any]:
        """What a table or figure of all studies of composed models is given beside its inputs."""
        ranked, models = compositions.overview(self.preset, self.cells), {}
        for study in dict.fromkeys(study for study, *_ in ranked):
            models |= compositions.composed(study, self.preset)
        return {
            **names,
            "columns": [list(column) for column in ranked],
            "composed": models,
            "impossible": {s: compositions.impossible(s, self.cells) for s, *_ in ranked},
            "metrics": {metric: self.metric(metric) for *_, metric in ranked},
            "style": compositions.named(self.style, models),
            "code": digests.stage(script),
        }

    def set_params(self, script: str, study: str, sets: bool, **names: str) -> dict[str, Any]:
        """As `draw_params`, of what may be shown by sets of signals, and beside references."""
        own = self.preset.studies[study]
        shown = {
            "sets": own.sets if sets else {},
            "reference": targets.references(study, self.preset),
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

    @cache  # noqa: B019
    def _named_style(self, study: str) -> dict[str, Any]:
        """The style, with names for the composed models of a study."""
        models = compositions.composed(study, self.preset)
        return compositions.named(self.style, models) if models else self.style

    @cache  # noqa: B019
    def _study_metrics(self, study: str) -> list[str]:
        return targets.study_metrics(study, self.preset, self.cells)


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
