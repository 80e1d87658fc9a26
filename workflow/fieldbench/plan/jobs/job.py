"""Jobs: every file that a run makes, by its path, and what the job that makes it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fieldbench.plan.jobs.fingerprint import fingerprint
from fieldbench.plan.output import Inputs, Output


@dataclass(frozen=True, slots=True)
class Job:
    """One file of a run, and the job that makes it."""

    path: str
    key: str  # of its row in the table of outputs
    row: Output
    run: Any
    subject: Any

    @property
    def kind(self) -> str:
        """The readers' word for such a file."""
        return self.subject.entry if self.key == "media" else self.row.kind or self.key

    @property
    def inputs(self) -> Inputs:
        """The files that it is made of, by what they are to it."""
        return self.row.inputs(self.run, self.subject)

    @property
    def files(self) -> list[str]:
        """The files that it is made of, each once."""
        return list(dict.fromkeys(file for files in self.inputs.values() for file in files))

    @property
    def params(self) -> dict[str, Any]:
        return self.row.params(self.run, self.subject)

    @property
    def stamp(self) -> dict[str, Any] | None:
        """The stamp of a text or a picture: where it comes from."""
        return self.row.stamp(self.run, self.subject)

    @property
    def order(self) -> str:
        """A digest of the results it reads, in their order, to which Snakemake's cache is blind."""
        root = f"{self.run.paths.root}/"
        names = [file.removeprefix(root) for file in self.files if file.startswith(root)]
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16] if names[1:] else ""

    def memory_mb(self, attempt: int) -> int:
        return self.row.memory_mb(self.run, self.subject, attempt)

    def minutes(self, attempt: int) -> int:
        return self.row.minutes(self.run, self.subject, attempt)

    @property
    def group(self) -> str | None:
        """The jobs of a cluster that it may share one with."""
        group = self.row.group
        return group(self.run, self.subject) if callable(group) else group


class Jobs(Mapping[str, Job]):
    """The jobs of one run by the paths of their files."""

    def __init__(self, run: Any, rows: Mapping[str, Output]):
        self.run = run
        self.rows = rows
        self._fingerprints: dict[str, str] = {}

    @cached_property
    def _by_path(self) -> dict[str, Job]:
        run, found = self.run, {}
        for key, row in self.rows.items():
            pattern = f"{run.paths.root}/{row.pattern}"
            for subject in row.subjects(run):
                path = pattern.format(**row.names(run, subject))
                found[path] = Job(path, key, row, run, subject)
        return found

    def __getitem__(self, path: str) -> Job:
        return self._by_path[path]

    def __contains__(self, path: object) -> bool:
        return path in self._by_path  # a mapping's own would raise and catch

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_path)

    def __len__(self) -> int:
        return len(self._by_path)

    def of(self, key: str) -> list[Job]:
        """The jobs of one row of the table."""
        return [job for job in self.values() if job.key == key]

    def fingerprint(self, path: str) -> str:
        """The planned fingerprint of an HDF5 file: of its job, and of what that reads."""
        if path not in self._fingerprints:
            job = self[path]
            self._fingerprints[path] = fingerprint(job.params, self.made_of(job))
        return self._fingerprints[path]

    def made_of(self, job: Job) -> list[str]:
        """The planned fingerprints of the HDF5 files that a job reads, in its inputs' order."""
        return [self.fingerprint(file) for file in job.files if self.is_stored(file)]

    def is_stored(self, path: str) -> bool:
        """Whether a file is an HDF5 file of this run, which says its own fingerprint."""
        return path in self._by_path and self._by_path[path].row.stored != ""

    def results_behind(self, job: Job) -> list[str]:
        """The fingerprints of the nearest HDF5 files behind a file, each once."""
        found: dict[str, None] = {}
        for file in job.files:
            if self.is_stored(file):
                found[self.fingerprint(file)] = None
            elif file in self._by_path:
                found |= dict.fromkeys(self.results_behind(self[file]))
        return list(found)
