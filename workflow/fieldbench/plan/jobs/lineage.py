"""The lineage of a run's files: what kind each is, and which files it is made of."""

import difflib
from functools import cached_property
from pathlib import PurePath
from typing import Any

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.job import Job
from fieldbench.plan.jobs.run import Run
from fieldbench.plan.targets.targets import ON_REQUEST

RESULTS = ("figure", "sound", "video", "mesh", "table")  # what a reader is given
ORDER = (*RESULTS, "score", "fit", "observation", "signal", "data")  # from last to first


class Product:
    """A file of a run: its job, or none where it is a file from elsewhere."""

    def __init__(self, path: str, job: Job | None = None, signal: str = ""):
        self.path = path
        self.job = job
        self.kind = job.kind if job else "data"  # one of ORDER
        self.signal = signal

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The files that it is made of."""
        return tuple(self.job.files) if self.job else ()

    @cached_property
    def study(self) -> str:
        """The study that a table, a figure or a file for players belongs to; empty of all."""
        subject: Any = self.job.subject if self.job else None
        match self.job and self.job.key:
            case "figure" | "table":
                return subject.scope
            case "media":
                return subject.study
            case "tidy" | "comparison":
                return subject[0]
        return ""

    @property
    def script(self) -> str:
        """The script that makes it; empty of a file from elsewhere."""
        return self.job.row.script if self.job else ""

    @property
    def task(self) -> str:
        """The task of an observation."""
        return self.job.subject[0] if self.job and self.kind == "observation" else ""

    @property
    def cell(self) -> Cell | None:
        """The cell of a fit or of a file for players, the first of scores."""
        subject: Any = self.job.subject if self.job else None
        if self.job and self.job.key == "media":
            return subject.cell
        if self.kind == "score":
            return subject[0]
        return subject if self.kind == "fit" else None

    @property
    def shown(self) -> tuple[Cell, ...]:
        """The cells of scores."""
        return tuple(self.job.subject) if self.job and self.kind == "score" else ()


class Lineage:
    """The files of one run."""

    def __init__(self, run: Run):
        self.run = run

    @cached_property
    def files(self) -> dict[str, Product]:
        """Every file by its path; what is drawn on request alone is left out."""
        found = {}
        for path, job in self.run.jobs.items():
            if not path.endswith(tuple(f".{suffix}" for suffix in ON_REQUEST)):
                found[path] = Product(path, job, self._signal(job))
        for product in list(found.values()):
            for path in product.inputs:
                if path not in found:
                    found[path] = Product(path, signal=product.signal)
        return found

    def _signal(self, job: Job) -> str:
        """The signal that a file is, or is made of alone."""
        if job.kind == "signal":
            return job.subject
        if job.kind == "observation":
            return job.subject[1]
        truth = job.key == "media" and job.subject.truth
        return self.run.cells.truth(job.subject.cell).name if truth else ""

    def find(self, path: str) -> Product:
        """The product of a path; a UserError with those that are like it where there is none."""
        name = path.removesuffix(".svg") + ".pdf" if path.endswith(".svg") else path
        if name in self.files:
            return self.files[name]
        near = [p for p in self.files if PurePath(p).name == PurePath(path).name]
        near = near or difflib.get_close_matches(path, self.files, n=3, cutoff=0.6)
        todo = f"Did you mean {' or '.join(near[:3])}?" if near else "Name a file that it makes."
        raise UserError(f"The preset {self.run.name} makes no file {path}.", todo)

    def below(self, product: Product) -> list[Product]:
        """What a file is made of: without what is also behind another of these."""
        direct = [self.files[path] for path in product.inputs]
        behind = {p for one in direct for p in self.behind(one)}
        return [one for one in direct if one.path not in behind]

    def behind(self, product: Product) -> set[str]:
        if product.path not in self._known:
            own = set(product.inputs)
            self._known[product.path] = own.union(*(self.behind(self.files[p]) for p in own))
        return self._known[product.path]

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        return {}
