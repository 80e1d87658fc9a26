"""Killed at any moment, a fit goes on and ends with the same numbers."""

import io
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.plan.cells.cell import FitSpec
from fieldbench.results import store
from fieldbench.training import loop
from fieldbench.training.checkpoint import Checkpoint
from fieldbench.training.fit import fit

WHERE = trial.place(2)
FIT = """
import sys
from library import test_checkpoints as here
here.finish(sys.argv[1], sys.argv[2], **here.LONG)
"""
LONG = {"steps": 400, "evaluations": 40, "batch": 50, "rate": 3e-3}


def plan_of(**changes):
    settings = {"checkpoint_seconds": 1e-6, "batch": 50, "rate": 3e-3, **changes}
    return FitSpec.of(trial.plan_of("siren", WHERE, task="inpaint", **settings))


def seen(**settings):
    return trial.observed(trial.smooth(WHERE.shape), "inpaint", **settings)


def finish(file, checkpoint, observation=None, plan=None, **changes):
    """Fit to the end, write the file, and return its digest."""
    result = fit(observation or seen(), plan or plan_of(**changes), checkpoint)
    store.write(file, "fit", result.arrays, result.facts, result.timing)
    Path(checkpoint).unlink(missing_ok=True)  # as whoever writes a fit does
    return store.digest(file)


def start(folder):
    paths = f"{trial.WORKFLOW}:{Path(trial.__file__).parents[1]}"
    return subprocess.Popen(
        [sys.executable, "-c", FIT, str(folder / "fit.h5"), str(folder / ".checkpoint")],
        stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def resumed_at(lines):
    """The step that a fit says it goes on from; None when it starts afresh."""
    told = [line for line in lines if line.startswith("going on from step")]
    return int(told[0].split()[4]) if told else None


def killed_at(folder, step):
    """Start the fit, kill it when it tells of that step, and return what it printed."""
    process, lines = start(folder), []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(f"step {step} "):
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL
    assert not (folder / "fit.h5").exists()
    return lines


def test_killed_three_times_it_ends_with_the_same_numbers(tmp_path):
    killed = None
    for step in (10, 150, 390):
        lines = killed_at(tmp_path, step)
        if killed is None:
            assert resumed_at(lines) is None
        else:
            assert killed - 1 <= resumed_at(lines) < step, "steps were done again"
        killed = step
    process = start(tmp_path)
    output, _ = process.communicate()
    assert process.returncode == 0
    assert killed - 1 <= resumed_at(output.splitlines())
    undisturbed = finish(tmp_path / "other.h5", tmp_path / ".other", **LONG)
    assert store.digest(tmp_path / "fit.h5") == undisturbed
    left = {p.name for p in tmp_path.iterdir() if p.suffix != ".partial"}
    assert left == {"fit.h5", "other.h5"}


class StopError(Exception):
    """Stands for whatever ends a process."""


@pytest.fixture
def stopped(tmp_path, monkeypatch):
    """A checkpoint left by a fit that was stopped after its fifth step."""
    path, evaluate = tmp_path / ".checkpoint", loop._evaluate

    def stop(model, objective, progress, loss):
        evaluate(model, objective, progress, loss)
        if progress.step == 6:
            raise StopError

    monkeypatch.setattr(loop, "_evaluate", stop)
    with pytest.raises(StopError):
        finish(tmp_path / "fit.h5", path, evaluations=10)
    monkeypatch.undo()
    assert path.is_file()
    return path


@pytest.fixture
def undisturbed(tmp_path):
    return finish(tmp_path / "undisturbed.h5", tmp_path / ".undisturbed", evaluations=10)


def test_a_stopped_fit_goes_on_where_it_was(stopped, undisturbed, tmp_path, capsys):
    capsys.readouterr()
    assert finish(tmp_path / "fit.h5", stopped, evaluations=10) == undisturbed
    assert resumed_at(capsys.readouterr().out.splitlines()) == 5
    assert not stopped.exists()


def test_a_stopped_fit_of_the_whole_field_goes_on_where_it_was(tmp_path, monkeypatch, capsys):
    scan, evaluate = trial.observed(trial.smooth(WHERE.shape), "tomography"), loop._evaluate
    plan = FitSpec.of(trial.plan_of(
        "siren", WHERE, task="tomography", evaluations=10, checkpoint_seconds=1e-6,
        points_at_once=100, rate=1e-3,
    ))  # fmt: skip
    undisturbed = finish(tmp_path / "undisturbed.h5", tmp_path / ".undisturbed", scan, plan)

    def stop(model, objective, progress, loss):
        evaluate(model, objective, progress, loss)
        if progress.step == 6:
            raise StopError

    monkeypatch.setattr(loop, "_evaluate", stop)
    with pytest.raises(StopError):
        finish(tmp_path / "fit.h5", tmp_path / ".checkpoint", scan, plan)
    monkeypatch.undo()
    capsys.readouterr()
    assert finish(tmp_path / "fit.h5", tmp_path / ".checkpoint", scan, plan) == undisturbed
    assert resumed_at(capsys.readouterr().out.splitlines()) == 5


DAMAGES = {
    "empty": lambda whole: b"",
    "cut short": lambda whole: whole[: len(whole) // 2],
    "cut at its end": lambda whole: whole[:-1],
    "overwritten": lambda whole: whole[:100] + bytes(len(whole) - 100),
    "a text": lambda whole: b"not a checkpoint",
    "one number wrong": lambda whole: _flipped(whole),
}


def _flipped(whole):
    """One bit of a tensor's data changed, which torch itself does not notice."""
    state = torch.load(io.BytesIO(whole[32:]), weights_only=True)
    kernel = next(t for t in state["model"].values() if t.dim() == 2).numpy().tobytes()
    place = whole.index(kernel)
    changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
    torch.load(io.BytesIO(changed[32:]), weights_only=True)  # reads it all the same
    return changed


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_told_and_left_aside(
    stopped, undisturbed, tmp_path, capsys, damage
):
    stopped.write_bytes(DAMAGES[damage](stopped.read_bytes()))
    capsys.readouterr()
    assert finish(tmp_path / "fit.h5", stopped, evaluations=10) == undisturbed
    told = capsys.readouterr()
    assert resumed_at(told.out.splitlines()) is None
    assert "starting afresh" in told.err
    assert str(stopped) in told.err


OTHERS = {
    "settings": {"plan": plan_of(evaluations=10, betas=(0.8, 0.99))},
    "seed": {"plan": plan_of(evaluations=10, seed=7)},
    "code": {"plan": replace(plan_of(evaluations=10), code="1")},
    "data": {"observation": trial.observed(trial.smooth(WHERE.shape) * 0.9, "inpaint")},
    "mask": {"observation": seen(shown=0.26)},
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_checkpoint_of_something_else_is_told_and_left_aside(stopped, tmp_path, capsys, other):
    changed = {"evaluations": 10, **OTHERS[other]}
    afresh = finish(tmp_path / "afresh.h5", tmp_path / ".afresh", **changed)
    capsys.readouterr()
    assert finish(tmp_path / "fit.h5", stopped, **changed) == afresh
    told = capsys.readouterr()
    assert resumed_at(told.out.splitlines()) is None
    assert "starting afresh" in told.err


def test_a_short_fit_writes_none(tmp_path, monkeypatch):
    monkeypatch.setattr(Checkpoint, "save", None)  # calling it would raise
    finish(tmp_path / "fit.h5", tmp_path / ".checkpoint", checkpoint_seconds=60)


def test_a_stopped_fit_keeps_its_best_state(stopped, undisturbed, tmp_path):
    finish(tmp_path / "fit.h5", stopped, evaluations=10)
    arrays, facts = store.read(tmp_path / "fit.h5", "fit")
    best = facts["best_step"]
    assert facts["steps"] == 10
    np.testing.assert_array_equal(arrays["history/step"], range(1, 11))
    assert arrays["history/step"][np.argmax(arrays["history/psnr"])] == best
