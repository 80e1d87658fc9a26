"""Signals of the user's own files, as the plan asks them and keeps their answers."""

import os
import subprocess
import sys

import numpy as np
import pytest
from helpers.runs import PROJECT

from fieldbench.plan.cells import own_files
from fieldbench.plan.cells.own_files import OwnFiles, UnreadableError
from fieldbench.plan.cells.planner import plan_cells
from fieldbench.plan.config.models import Preset
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError

STUDY = {"question": "Q", "models": ["grid"], "budgets": [100]}


@pytest.fixture
def picture(tmp_path):
    np.save(tmp_path / "mine.npy", np.linspace(0, 1, 48).reshape(6, 8))
    return tmp_path / "mine.npy"


@pytest.fixture
def readings(monkeypatch):
    """The kinds of the signals that were made."""
    found, own = [], registry.load
    monkeypatch.setattr(
        own_files.registry, "load", lambda kind, name: found.append(name) or own(kind, name)
    )
    return found


def asked(folder, path, **settings):
    return OwnFiles(str(folder)).told("file", {"path": str(path), **settings}, [str(path)])


def test_a_kept_answer_is_the_one_that_was_given(tmp_path, picture, readings):
    first = asked(tmp_path / "results", picture)
    assert asked(tmp_path / "results", picture) == first and readings == ["file"]
    assert (first.shape, first.channels, first.limits) == ((6, 8), 1, (0.0, 1.0))
    assert isinstance(asked(tmp_path / "results", picture).limits, tuple)
    assert {f.parent.name for f in (tmp_path / "results").rglob("*.json")} == {"own-files"}


def test_another_file_or_setting_is_asked_about_anew(tmp_path, picture, readings):
    asked(tmp_path, picture)
    assert asked(tmp_path, picture, reduced=2).shape == (3, 4)
    np.save(picture, np.zeros((5, 5)))
    assert asked(tmp_path, picture).shape == (5, 5)
    before = picture.stat()
    os.utime(picture, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    asked(tmp_path, picture)
    assert len(readings) == 4


def test_what_cannot_be_read_is_asked_again_by_every_process_and_once_by_each(
    tmp_path, picture, readings
):
    """A file that one may read now has the size and the time that it had before."""
    picture.write_bytes(b"words")
    for files in (OwnFiles(str(tmp_path)), OwnFiles(str(tmp_path))):
        for _ in range(2):
            with pytest.raises(UnreadableError, match=r"mine\.npy cannot be read") as caught:
                files.told("file", {"path": str(picture)}, [str(picture)])
            assert caught.value.todo == "Save or fetch it again."
    assert readings == ["file", "file"] and not list(tmp_path.rglob("*.json"))


def test_an_answer_that_is_damaged_or_cannot_be_kept_costs_time_only(tmp_path, picture, readings):
    asked(tmp_path, picture)
    (kept,) = (tmp_path / "own-files").glob("*.json")
    for content in ("", "{", '{"shape": [1]}', "[]"):
        kept.write_text(content)
        assert asked(tmp_path, picture).shape == (6, 8)
    (tmp_path / "taken").write_text("")
    assert asked(tmp_path / "taken", picture).shape == (6, 8)
    assert len(readings) == 6


def test_a_folder_is_known_by_its_files(tmp_path):
    for name in ("b", "a", ".hidden"):
        (tmp_path / name).write_text(name)
    (tmp_path / "below").mkdir()
    assert own_files.listed(str(tmp_path)) == [str(tmp_path / "a"), str(tmp_path / "b")]
    assert own_files.listed(str(tmp_path / "a")) == [str(tmp_path / "a")]


def planned(tmp_path, **paths):
    signals = {n: {"kind": "file", "path": str(tmp_path / p)} for n, p in paths.items()}
    study = STUDY | {"signals": list(paths), "sets": {"all": list(paths), "few": ["bad"]}}
    return plan_cells(Preset(signals=signals, studies={"main": study}))


def test_a_signal_that_cannot_be_read_is_dropped_everywhere(tmp_path, picture):
    cells = planned(tmp_path, good=picture.name, bad="none.png")
    assert set(cells.unreadable) == {"bad"} and set(cells.signals) == {"good"}
    assert {cell.signal for cell in cells.fits} == {"good"}
    assert cells.preset.studies["main"].signals == ["good"]
    assert cells.preset.studies["main"].sets == {"all": ["good"]}
    (reason,) = cells.reasons("main").values()
    assert reason.endswith("none.png is not there. Correct `path` of the signal.")


def test_a_study_without_a_signal_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"Study main has no signal that can be read\. .*none"):
        planned(tmp_path, bad="none.png")


def test_a_preset_without_own_files_is_planned_without_numpy():
    code = (
        "import sys; from fieldbench.plan.jobs.run import Run; Run({'preset': 'tiny'});"
        "print(*{'numpy', 'torch', 'PIL', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={"PYTHONPATH": "workflow"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == []
