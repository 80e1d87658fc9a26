"""Which tables, figures and files for players answer a study, and a run as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fieldbench.plan.entries import registry
from fieldbench.plan.targets import compositions
from fieldbench.plan.targets.pieces import Piece, pieces
from fieldbench.plan.targets.study import StudyView

FORMATS = ("pdf", "png")
SCRIPTS = {"figures": "draw_figure", "tables": "write_table"}  # by the kind of a drawing
ON_REQUEST = ("svg",)  # made when a run is asked for it by name


@dataclass(frozen=True)
class Drawing:
    """One figure or table of a run, in one format."""

    kind: str  # figures or tables
    entry: str
    scope: str  # the study that it is about; empty where it is about all of a run
    names: tuple[tuple[str, str], ...]  # what it shows: task, family, metric, ...
    path: str  # below the folder of its kind
    suffix: str

    @property
    def shown(self) -> dict[str, str]:
        return dict(self.names)


def drawings(kind: str, entry: str, scope: str, names: dict[str, str], below: str) -> list[Drawing]:
    """One figure or table in each of its formats; `below` is the folder of its path."""
    facts = registry.declare(kind, entry).facts
    suffixes = facts.suffixes if kind == "tables" else FORMATS + ON_REQUEST
    pattern = facts.path if kind == "tables" else facts.path + ".{suffix}"
    shown = tuple(names.items())
    return [
        Drawing(kind, entry, scope, shown, below + pattern.format(**names, suffix=s), s)
        for s in suffixes
    ]


def of_scope(kind: str, scope: str) -> list[str]:
    """The figures or tables that are about a study, all studies, kernels or throughput."""
    return [
        name for name in registry.names(kind) if registry.declare(kind, name).facts.scope == scope
    ]


class Targets:
    """What a run of a preset makes for readers."""

    TIDY = ("scores", "history", "timings")  # tables with a row a fit, a study
    COMPARED = ("published", "published-ranks")

    def __init__(self, run: Any):
        self.run = run

    @cached_property
    def studies(self) -> dict[str, StudyView]:
        run = self.run
        return {
            name: StudyView(name, run.preset, run.cells, run.readable) for name in run.cells.studies
        }

    @cached_property
    def figures(self) -> list[Drawing]:
        return self._drawings("figures")

    @cached_property
    def tables(self) -> list[Drawing]:
        return self._drawings("tables")

    @property
    def comparisons(self) -> list[tuple[str, str]]:
        """Study and name of the tables that set printed numbers beside ours."""
        asked = [name for name, study in self.studies.items() if study.published]
        return [(study, what) for study in asked for what in self.COMPARED]

    @cached_property
    def pieces(self) -> list[Piece]:
        run = self.run
        return [piece for study in self.studies.values() for piece in pieces(study, run.cells)]

    def of(self, study: str) -> list[str]:
        """Every file that answers a study."""
        root = self.run.paths.root
        drawn = [f"{root}/{d.kind}/{d.path}" for d in self._wanted(study)]
        compared = [self.run.files.tidy(s, what) for s, what in self.comparisons if s == study]
        made = [f"{root}/{p.folder}/{p.place}" for p in self.pieces if p.study == study]
        return [self.run.files.tidy(study, "timings"), *compared, *drawn, *made]

    def unreadable(self, study: str) -> list[str]:
        """What keeps a study that lacks signals from being done; nothing where it has all."""
        lacks = self.run.cells.reasons(study)
        return [self.run.paths.unreadable.format(study=study)] if lacks else []

    @property
    def overview(self) -> list[str]:
        """What shows all studies of composed models together."""
        root = self.run.paths.root
        return [f"{root}/{d.kind}/{d.path}" for d in self._wanted("")]

    @cached_property
    def ranked(self) -> list[tuple[str, str, str]]:
        """Study, task and metric of what the overview ranks; empty where that is but one."""
        return compositions.overview(self.run.preset, self.run.cells)

    def _wanted(self, scope: str) -> Iterable[Drawing]:
        every = (*self.tables, *self.figures)
        return (d for d in every if d.scope == scope and d.suffix not in ON_REQUEST)

    def _drawings(self, kind: str) -> list[Drawing]:
        found = []
        for study in self.studies.values():
            for entry in of_scope(kind, "study"):
                for names in registry.declare(kind, entry).functions["wanted"](study):
                    found += drawings(kind, entry, study.name, names, f"{study.name}/")
        if self.ranked:
            for entry in of_scope(kind, "overview"):
                found += drawings(kind, entry, "", {}, "")
        return found
