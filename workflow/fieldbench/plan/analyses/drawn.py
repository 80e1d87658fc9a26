"""Figures and tables of the analyses that belong to no preset, as targets and as jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fieldbench.plan.entries import digests, registry
from fieldbench.plan.jobs import estimates
from fieldbench.plan.targets.targets import ON_REQUEST, SCRIPTS, Drawing, drawings, of_scope

if TYPE_CHECKING:
    from fieldbench.plan.analyses.kernels import Kernels
    from fieldbench.plan.analyses.throughput import Throughput


class AnalysisTargets:
    """What an analysis makes for readers; `names` are those of its drawings of one kind."""

    def __init__(self, run: Kernels | Throughput, names: Iterable[dict[str, str]]):
        self.run = run
        self.names = list(names)

    @cached_property
    def figures(self) -> list[Drawing]:
        return self._drawings("figures")

    @cached_property
    def tables(self) -> list[Drawing]:
        return self._drawings("tables")

    @property
    def files(self) -> list[str]:
        """Every file for readers, and the tidy tables behind them."""
        root = self.run.paths.root
        drawn = [d for d in (*self.tables, *self.figures) if d.suffix not in ON_REQUEST]
        tidy = [self.run.paths.table(f"{name}.csv") for name in self.run.TABLES]
        return [*tidy, *(f"{root}/{d.kind}/{d.path}" for d in drawn)]

    def _drawings(self, kind: str) -> list[Drawing]:
        return [
            drawing
            for entry in of_scope(kind, self.run.about)
            for names in self.names
            for drawing in drawings(kind, entry, self.run.about, names, "")
        ]


class AnalysisDrawn:
    """The figures and tables of an analysis: what each reads, takes and is given."""

    def __init__(self, run: Kernels | Throughput, **given: Any):
        self.run = run
        self.given = given  # what each of them gets of the plan

    def inputs(self, drawing: Drawing) -> Mapping[str, list[str]]:
        reads = registry.declare(drawing.kind, drawing.entry).facts.reads
        return {name: [self.run.paths.table(f"{name}.csv")] for name in reads}

    def params(self, drawing: Drawing) -> dict[str, Any]:
        return {
            "entry": drawing.entry,
            "names": drawing.shown | {"suffix": drawing.suffix},
            "metrics": {},
            "style": self.run.style,
            "plan": self.given,
            "code": digests.stage(SCRIPTS[drawing.kind], (drawing.kind, drawing.entry)),
        }

    def memory_mb(self, drawing: Drawing, attempt: int) -> int:
        return self.run.resources.light_mb(attempt)

    def stamp(self, drawing: Drawing) -> None:
        """None: what is about a machine or about models says no preset."""


class LightResources:
    """What jobs that train nothing may take."""

    @staticmethod
    def light_mb(attempt: int) -> int:
        return attempt * estimates.LIGHT_MB

    @staticmethod
    def light_minutes(attempt: int) -> int:
        return attempt * estimates.LIGHT_MINUTES
