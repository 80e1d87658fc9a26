"""A finished fit outlives what becomes of its job, until it is scored."""

import os

import numpy as np
import pytest
from helpers import trial

from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.errors import UserError
from fieldbench.results import damage, finished_copies, store
from fieldbench.training import finished
from fieldbench.training.fit import Result

WHERE = trial.place(2)
SEEN = trial.observed(trial.smooth(WHERE.shape))


def plan_of(**changes):
    return FitSpec.of(trial.plan_of("grid", WHERE, **changes))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "fit.h5"


def finish(file, seen=SEEN, **changes):
    finished.finish(file, seen, plan_of(**changes))


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def trained(capsys) -> bool:
    """Whether the last fit was trained, not taken over."""
    told = capsys.readouterr().out
    assert ("taken over" in told) != ("step " in told)
    return "step " in told


def test_a_fit_whose_output_was_removed_is_taken_over(file, capsys):
    finish(file)
    assert trained(capsys)
    before = file.stat().st_ino, store.digest(file)
    file.unlink()  # as Snakemake does when another job of its group fails
    finish(file)
    assert not trained(capsys)
    assert (file.stat().st_ino, store.digest(file)) == before


def test_a_fit_that_was_deleted_after_it_was_scored_is_trained_again(file, capsys):
    finish(file)
    finished_copies.drop(file)
    assert left_in(file.parent) == ["fit.h5"]
    file.unlink()
    capsys.readouterr()
    finish(file)
    assert trained(capsys)


OTHERS = {
    "settings": {"betas": (0.8, 0.99)},
    "seed": {"seed": 7},
    "data": {"seen": trial.observed(trial.smooth(WHERE.shape) * 0.9)},
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_fit_of_something_else_is_not_taken_over(file, capsys, other):
    finish(file)
    capsys.readouterr()
    finish(file, **OTHERS[other])
    assert trained(capsys)
    file.unlink()
    finish(file, **OTHERS[other])
    assert not trained(capsys)


def test_a_damaged_fit_is_not_taken_over(file, capsys):
    finish(file)
    digest, content = store.digest(file), bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    finished_copies.path_of(file).write_bytes(content)
    capsys.readouterr()
    finish(file)
    assert trained(capsys)
    assert store.digest(file) == digest


def test_where_there_are_no_hard_links_it_is_a_copy(file, capsys, monkeypatch):
    def refuse(old, new):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    finish(file)
    assert file.stat().st_ino != finished_copies.path_of(file).stat().st_ino
    capsys.readouterr()
    file.unlink()
    finish(file)
    assert not trained(capsys)


def test_a_diverged_fit_is_finished_too(file, capsys):
    finish(file, rate=1e30)
    file.unlink()
    capsys.readouterr()
    finish(file, rate=1e30)
    assert "taken over" in capsys.readouterr().out
    assert store.facts(file, "fit")["status"] == "diverged"


def test_the_checkpoint_goes_once_the_fit_is_written(file, capsys, monkeypatch):
    """A fit that cannot be written, on a full disk, is not trained from its beginning again."""
    write = store.write

    def refuse(*arguments):
        raise UserError("The disk is full.", "Free some space.")

    monkeypatch.setattr(store, "write", refuse)
    with pytest.raises(UserError):
        finish(file, checkpoint_seconds=1e-9)
    assert left_in(file.parent) == [".fit.h5.checkpoint"]
    monkeypatch.setattr(store, "write", write)
    capsys.readouterr()
    finish(file, checkpoint_seconds=1e-9)
    assert "going on from step 10 of 10" in capsys.readouterr().out
    assert left_in(file.parent) == [".fit.h5.kept", "fit.h5"]


@pytest.fixture
def results(tmp_path):
    """A folder of results with a signal, an observation and two fits."""
    root = tmp_path / "results"
    store.write(root / "signals/a.h5", "signal", {"values": np.zeros(9)}, {})
    SEEN.save(root / "observations/represent/a.h5")
    for name in ("one", "two"):
        store.write(root / f"fits/represent/a/{name}.h5", "fit", **vars(Result()))
    return root


def flip(file):
    content = bytearray(file.read_bytes())
    content[-9] ^= 1
    file.write_bytes(content)


def test_damaged_results_are_deleted_and_named_all_at_once(results):
    assert damage.clear(results).startswith("All 4 HDF5 files")
    broken = [results / "observations/represent/a.h5", results / "fits/represent/a/two.h5"]
    for file in broken:
        flip(file)
    told = damage.clear(results)
    assert told.startswith("2 of 4") and all(str(file) in told for file in broken)
    assert not any(file.exists() for file in broken)
    assert finished_copies.path_of(results / "fits/represent/a/one.h5").exists()
    assert not finished_copies.path_of(broken[1]).exists()
    assert damage.clear(results).startswith("All 2 HDF5 files")


def test_a_damaged_file_of_a_cache_goes_with_its_link(results, tmp_path):
    file, cached = results / "signals/a.h5", tmp_path / "cached"
    file.rename(cached)
    file.symlink_to(cached)
    flip(cached)
    assert str(file) in damage.clear(results)
    assert not cached.exists() and not file.is_symlink()
