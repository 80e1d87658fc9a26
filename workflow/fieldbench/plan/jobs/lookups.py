"""What rules ask of the table of outputs: one object a rule, whose functions get wildcards."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fieldbench.plan.entries import registry
from fieldbench.plan.jobs.job import Job
from fieldbench.plan.output import HERE
from fieldbench.plan.outputs import OUTPUTS


def any_of(names: Iterable[str]) -> str:
    """A wildcard constraint that matches these names only; nothing at all if there are none."""
    return "|".join(re.escape(name) for name in sorted(set(names))) or "(?!)"


def once(function: Callable) -> Callable:
    """The function, its parameters kept: Snakemake looks them up for every job of thousands."""
    kept: Any = function  # a function's type knows no such attribute
    kept._overwrite_params = inspect.signature(function).parameters
    return function


class Lookups:
    """The look-ups of one rule: of the jobs that a row of the table has in one or several runs."""

    def __init__(self, key: str, *runs: Any):
        self.row = OUTPUTS[key]
        self.key = key
        self.runs = runs
        # A rule that serves several runs has their folders for a wildcard.
        self.roots = any_of(run.paths.root for run in runs)
        root = runs[0].paths.root if len(runs) == 1 else "{root}"
        self.output = f"{root}/{self.row.pattern}"
        self.log = f"{root}/logs/{self.row.pattern.removesuffix('.h5')}.log"
        self.inputs = once(lambda wildcards: self._inputs(self.job(wildcards)))
        self.params = once(lambda wildcards: self.job(wildcards).params)
        self.made_of = once(lambda wildcards: self._made_of(self.job(wildcards)))
        self.stamp = once(lambda wildcards: self.job(wildcards).stamp)
        self.identity = once(lambda wildcards: self._identity(self.job(wildcards)))
        self.memory_mb = once(lambda wildcards, attempt: self.job(wildcards).memory_mb(attempt))
        self.minutes = once(lambda wildcards, attempt: self.job(wildcards).minutes(attempt))
        self.group = once(lambda wildcards: self._group(self.job(wildcards)))
        self.category = once(lambda wildcards: self._drawing(wildcards)["category"])
        self.subcategory = once(lambda wildcards: self._drawing(wildcards)["subcategory"])
        self.labels = once(lambda wildcards: self._drawing(wildcards)["labels"])
        self.caption = once(lambda wildcards: self._drawing(wildcards)["caption"])

    def job(self, wildcards: Mapping[str, str]) -> Job:
        """The job that a rule's wildcards name."""
        path = self.output.format_map(dict(wildcards.items()))
        for run in self.runs:
            if path in run.jobs:
                return run.jobs[path]
        raise KeyError(path)

    def any_of(self, name: str) -> str:
        """The constraint of a wildcard: what the jobs of this row have for it, and nothing else."""
        row = self.row
        return any_of(
            str(row.names(run, subject)[name]) for run in self.runs for subject in row.subjects(run)
        )

    def _inputs(self, job: Job) -> dict[str, list[str]]:
        return {name: list(files) for name, files in job.inputs.items()}

    def _made_of(self, job: Job) -> list[str]:
        return job.run.jobs.made_of(job)

    def _identity(self, job: Job) -> dict[str, str]:
        """What Snakemake's cache does not see: which rule it is, and the order of the inputs."""
        return {"rule": self.row.script, "order": job.order}

    def _group(self, job: Job) -> str | None:
        return None if job.group == HERE else job.group

    def _drawing(self, wildcards: Mapping[str, str]) -> dict[str, Any]:
        """Where a figure or a table stands in Snakemake's report, and what is said of it."""
        drawing = self.job(wildcards).subject
        facts = registry.declare(drawing.kind, drawing.entry).facts
        labels = {name: value for name, value in drawing.names if value}
        return {
            "category": drawing.scope or "overview",
            "subcategory": facts.category,
            "labels": {"kind": drawing.entry, **labels, "format": drawing.suffix},
            "caption": facts.caption,
        }
