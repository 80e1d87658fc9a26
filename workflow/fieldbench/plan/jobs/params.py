"""The parameters of the job that makes each file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from fieldbench.plan import metric_columns
from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.signals import SignalPlan
from fieldbench.plan.config import published
from fieldbench.plan.entries import digests, registry
from fieldbench.plan.entries.computed_by import computed_by
from fieldbench.plan.entries.facts import MetricFacts
from fieldbench.plan.jobs import summaries
from fieldbench.plan.paths import RECORD
from fieldbench.plan.targets import compositions
from fieldbench.plan.targets.pieces import Piece
from fieldbench.plan.targets.targets import SCRIPTS, Drawing

if TYPE_CHECKING:
    from fieldbench.plan.jobs.run import Run


class Params:
    """The parameters of a run's jobs.

    Every wildcard, setting and source digest that a job depends on is among its parameters, so
    that Snakemake re-runs it when one changes, and its between-workflow cache can tell it apart.
    No parameter holds a path of the results, which would keep two presets from sharing.
    """

    def __init__(self, run: Run):
        self.run = run

    def download(self, path: str) -> dict[str, Any]:
        """A key and what its file is known by: neither places nor code change what it holds."""
        dataset = self.run.catalogue.by_path[path]
        return {"key": dataset.key, "file": dataset.file.model_dump(exclude={"places", "path"})}

    def signal(self, signal: str) -> dict[str, Any]:
        plan = self.run.cells.signals[signal]
        settings = plan.without_files
        return {
            "signal": signal,
            "kind": plan.kind,
            "settings": settings,
            **({"folders": plan.folders} if plan.folders else {}),
            **computed_by("generate_signal", ("signals", plan.kind)),
        }

    def observation(self, task: str, signal: str) -> dict[str, Any]:
        spec = self.run.cells.tasks[task]
        return {
            "task": task,
            "signal": signal,
            "limits": self.run.cells.signals[signal].limits,
            "kind": spec.kind,
            "settings": spec.settings,
            **computed_by("observe_signal", ("tasks", spec.kind)),
        }

    def fit(self, cell: Cell) -> dict[str, Any]:
        return self.run.cells.fits[cell].to_params()

    def rendering(self, cell: Cell) -> dict[str, Any]:
        return self.run.cells.rendered[cell].to_params()

    def score(self, cells: Sequence[Cell]) -> dict[str, Any]:
        """The parameters of one model's scores on a signal; each cell has its studies' metrics."""
        metrics, one = self.run.metrics_of(cells), cells[0]
        return {
            **{name: getattr(one, name) for name in ("task", "signal", "model")},
            "truth": _row(self.run.cells.truth(one)),
            "limits": self.run.cells.truth(one).limits,
            "aligned": registry.declare("tasks", self.run.cells.tasks[one.task].kind).facts.aligned,
            "metrics": {m: list(_facts(m).needs) for m in metrics},
            "cells": [
                {"budget": c.budget, "seed": c.seed, "metrics": self.run.metrics_of([c])}
                for c in cells
            ],
            **computed_by("score_fits", *(("metrics", m) for m in metrics)),
        }

    def tidy(self, study: str, what: str) -> dict[str, Any]:
        """`cells` are those of the study in each score file: it may hold others' too."""
        cells: dict[str, list[str]] = {}
        for cell in self.run.cells.studies[study]:
            cells.setdefault(self.run.files.score(cell), []).append(RECORD.format(**vars(cell)))
        return {
            "study": study,
            "what": what,
            "cells": list(cells.values()),
            "metrics": [c for m in self.run.targets.studies[study].metrics for c in _columns(m)],
            "code": digests.stage("collect_scores"),
        }

    def all_scores(self) -> dict[str, Any]:
        return {"code": digests.stage("join_scores")}

    def summary(self) -> dict[str, Any]:
        """The parameters of the summary of all studies."""
        studies = [
            {
                "name": name,
                "question": study.own.question,
                "metric": self.metric(study.metrics[0]),
                "style": self._style(name),
            }
            for name, study in self.run.targets.studies.items()
        ]
        left_out = summaries.left_out_lines(self.run.cells, self.run.left_out)
        told = {"preset": self.run.name, "left_out": left_out}
        return {**told, "studies": studies, "code": digests.stage("write_summary")}

    def comparison(self, study: str, what: str) -> dict[str, Any]:
        """The parameters of the comparison with the printed numbers that a study answers."""
        blocks = published.answers(self.run.preset.studies[study])
        named = {k: b | {"metric": self.metric(b["metric"])} for k, b in blocks.items()}
        code = digests.stage("compare_with_published")
        return {"study": study, "what": what, "blocks": named, "code": code}

    def drawing(self, drawing: Drawing) -> dict[str, Any]:
        """The parameters of a figure or a table of one study."""
        study = self.run.targets.studies[drawing.scope]
        given = {
            "study": study.name,
            "metrics": {name: self.metric(name) for name in study.metrics},
            "style": self._style(study.name),
        }
        return given | self._drawing(drawing, self._needed(drawing))

    def overview(self, drawing: Drawing) -> dict[str, Any]:
        """The parameters of a figure or a table of all studies of composed models."""
        ranked = self.run.targets.ranked
        models: dict[str, Any] = {}
        for study in dict.fromkeys(study for study, *_ in ranked):
            models |= self.run.targets.studies[study].composed
        needed = {
            "columns": [list(column) for column in ranked],
            "composed": models,
            "impossible": {s: compositions.impossible(s, self.run.cells) for s, *_ in ranked},
        }
        given = {
            "metrics": {metric: self.metric(metric) for *_, metric in ranked},
            "style": compositions.named(self.run.style, models),
        }
        return given | self._drawing(drawing, needed)

    @staticmethod
    def _drawing(drawing: Drawing, needed: dict[str, Any]) -> dict[str, Any]:
        return {
            "entry": drawing.entry,
            "names": drawing.shown | {"suffix": drawing.suffix},
            "plan": needed,
            "code": digests.stage(SCRIPTS[drawing.kind], (drawing.kind, drawing.entry)),
        }

    def _needed(self, drawing: Drawing) -> dict[str, Any]:
        """The parts of the plan that a figure or a table declares that it needs."""
        run, study = self.run, self.run.targets.studies[drawing.scope]
        # An entry that is made once with sets and once without says so in its path.
        sets = study.own.sets if drawing.shown.get("sets", "sets/") else {}
        known = {
            "sets": lambda: sets,
            "reference": lambda: study.references,
            "composed": lambda: study.composed,
            "impossible": lambda: compositions.impossible(study.name, run.cells),
            "sort": lambda: self._sort(run.drawn.cells(drawing)[0]),
        }
        needs = registry.declare(drawing.kind, drawing.entry).facts.needs
        return {need: known[need]() for need in needs}

    def _sort(self, cell: Cell) -> dict[str, Any]:
        """The sort of signal that a picture shows, on which its look depends."""
        truth = self.run.cells.truth(cell)
        return {name: getattr(truth, name) for name in ("holds", "limits", "rate")}

    def piece(self, piece: Piece) -> dict[str, Any]:
        """The parameters of a sound, a video or a mesh."""
        truth = self.run.cells.truth(piece.cell)
        plan = {
            "source": piece.source,
            "array": "values" if piece.truth else "reconstruction",
            "rate": truth.rate,
            "shape": [*truth.shape, truth.channels],
            "signed": truth.holds == "distances",
        }
        code = digests.stage("export_media", ("exports", piece.entry))
        return {"entry": piece.entry, "plan": plan, "code": code}

    def metric(self, name: str) -> dict[str, Any]:
        """How a metric is written and which way is better, as its file declares."""
        facts = _facts(name)
        known = ("label", "unit", "better", "parts", "part_name", "parts_are")
        shown = {k: v for k in known if (v := getattr(facts, k)) not in (None, ())}
        return {"name": name, **shown, "range": list(facts.limits)}

    @cache  # noqa: B019 (there is one run a process)
    def _style(self, study: str) -> dict[str, Any]:
        """The style, with names for the composed models of a study."""
        models = self.run.targets.studies[study].composed
        return compositions.named(self.run.style, models) if models else self.run.style


def _facts(metric: str) -> MetricFacts:
    return registry.declare("metrics", metric).facts


def _columns(metric: str) -> list[str]:
    return metric_columns.columns(metric, _facts(metric).parts)


def _row(signal: SignalPlan) -> dict[str, Any]:
    """The columns of a table that describe a signal."""
    return {
        "family": signal.family,
        "label": signal.label,
        "dims": len(signal.shape),
        "channels": signal.channels,
        "samples": signal.domain.points,
    }
