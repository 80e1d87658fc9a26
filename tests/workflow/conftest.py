"""One finished run of the preset tiny, and one of a smaller preset, for all of these tests.

Whoever changes something takes a copy (`copied`); the two runs themselves stay as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers import cluster as slurm
from helpers import cluster_files, runs
from helpers.runs import copy_folder, copy_project


@dataclass(frozen=True)
class Finished:
    """A folder whose run has ended well, and what the run said."""

    folder: Path
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """A fresh clone. Nobody runs anything in it."""
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def finished(project, tmp_path_factory) -> Finished:
    """The preset tiny, done."""
    return _finish(project, tmp_path_factory.mktemp("tiny"), "tiny")


@pytest.fixture(scope="session")
def small(project, tmp_path_factory) -> Finished:
    """The small preset of these tests, done."""
    return _finish(project, tmp_path_factory.mktemp("small"), "small.yaml")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A Slurm of this session's own."""
    if reason := cluster_files.missing():
        pytest.skip(reason)
    with slurm.Cluster(tmp_path_factory.mktemp("slurm")) as started:
        yield started


def _finish(project: Path, to: Path, preset: str) -> Finished:
    folder = copy_folder(project, to / "clone")
    done = runs.run(folder, preset)
    return Finished(folder, done.stdout, done.stderr)


@pytest.fixture
def copied(tmp_path) -> Callable[[Path], Path]:
    """Copies a folder to a place of this test's own."""
    return lambda folder: copy_folder(folder, tmp_path / "copy")
