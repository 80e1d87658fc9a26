"""What is said of each kind of result: a row of the table of outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldbench.plan.entries import registry

Inputs = Mapping[str, Sequence[str]]
HERE = "here"  # in place of a group: a job of a second, run where snakemake runs
ALONE = None  # in place of a group: a job of its own


@dataclass(frozen=True, kw_only=True)
class Output:
    """One kind of result."""

    pattern: str  # below a run's folder; the braces are the wildcards of its rule
    script: str  # that makes it
    subjects: Callable[[Any], Iterable[Any]]  # of a run: one a file
    names: Callable[[Any, Any], Mapping[str, Any]]  # what the wildcards are, of a subject
    inputs: Callable[[Any, Any], Inputs]
    params: Callable[[Any, Any], dict[str, Any]]
    memory_mb: Callable[[Any, Any, int], int]
    minutes: Callable[[Any, Any, int], int]
    cached: bool  # whether Snakemake's cache between workflows may keep it
    group: str | Callable[[Any, Any], str | None] | None  # which jobs of a cluster share one
    stored: str = ""  # the kind of HDF5 file, where it is one: such a file says its fingerprint
    stamp: Callable[[Any, Any], dict[str, Any] | None] = lambda run, subject: None
    kind: str = ""  # what readers call it, where that is not the row's key

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders below a run's that its files lie in."""
        folder = self.pattern.split("/")[0]
        return media_folders() if folder == "{folder}" else (folder,)


def media_folders() -> tuple[str, ...]:
    """The folders of files for players and viewers."""
    exports = (registry.declare("exports", name) for name in registry.names("exports"))
    return tuple(export.facts.folder for export in exports)


def light_minutes(run: Any, subject: Any, attempt: int) -> int:
    """Minutes of a job that trains nothing."""
    return run.resources.light_minutes(attempt)
