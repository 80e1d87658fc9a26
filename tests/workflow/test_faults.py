"""What goes wrong at night on one machine: a job that hangs, a clock that jumps, a second run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from helpers import runs
from helpers.runs import PROJECT, edited

from fieldbench.results import store

FIT = "results/small/fits/represent/noise-b9-s1234/siren-100-s1234.h5"
LOG = "results/small/logs/fits/represent/noise-b9-s1234/siren-100-s1234.log"
HANGS = """\
    while progress.step < steps and not progress.diverged:
        while progress.step >= 300 and __import__("os").path.exists("hang"):
            pass
"""
CLAIM = """
import sys, time
sys.path[:0] = ["workflow"]
from runtime import run_lock
run_lock.claim("tiny")
print("claimed", flush=True)
time.sleep(float(sys.argv[1]))
"""
DAY = 86400


def test_a_job_that_hangs_is_stopped_and_its_fit_goes_on_and_is_kept(project, small, copied):
    folder = copied(project)
    loop, guard = (folder / "workflow" / p for p in ("fieldbench/training/loop.py",
                                                     "runtime/watchdog.py"))  # fmt: skip
    with edited(loop, HANGS.splitlines(keepends=True)[0], HANGS):
        with edited(guard, "PATIENCE = 4 * 60", "PATIENCE = 3"):
            (folder / "hang").touch()
            done = runs.snakemake(folder, "small.yaml", FIT)
            said = done.stdout + done.stderr
            assert done.returncode != 0
            assert f"fit_model: {FIT} was stopped after" in said and "same command again" in said
            assert "loop.py" in (folder / LOG).read_text()  # where it was
        (folder / "hang").unlink()
        runs.run(folder, "small.yaml", FIT)
        assert "going on from step " in (folder / LOG).read_text()
        expected = store.read(small.folder / FIT, "fit")[0]["reconstruction"]
        assert np.array_equal(store.read(folder / FIT, "fit")[0]["reconstruction"], expected)

        before = (folder / FIT).read_bytes()
        (folder / FIT).unlink()  # as Snakemake does when another job of its group fails
        runs.run(folder, "small.yaml", FIT)
        assert (folder / FIT).read_bytes() == before
        assert "taken over" in (folder / LOG).read_text()


def test_times_alone_make_nothing_anew_and_stop_nothing(project, copied):
    """A signal of some megabytes, as Snakemake does not look into by itself."""
    folder = copied(project)
    (folder / "large.yaml").write_text(runs.SMALL.replace("length: 16", "length: 720"))
    place = folder / "results/large"
    fit = "results/large/fits/represent/noise-b9-s1234/constant-0-s1234.h5"
    runs.run(folder, "large.yaml", fit)
    inputs = [place / "signals/noise-b9-s1234.h5", *place.glob("observations/*/*.h5")]
    assert len(inputs) == 2 and all(file.stat().st_size > 1_000_000 for file in inputs)
    ahead = time.time() + 365 * DAY
    for now in (ahead, 0):
        for file in inputs:
            os.utime(file, (now, now))
        said = runs.run(folder, "large.yaml", "--dry-run", fit)
        assert "Nothing to be done" in said.stdout + said.stderr
    os.utime(inputs[1], (ahead, ahead))
    (folder / fit).unlink()
    runs.run(folder, "large.yaml", fit)
    assert inputs[1].stat().st_mtime < ahead - DAY
    said = runs.run(folder, "large.yaml", fit)
    assert "Nothing to be done" in said.stdout + said.stderr


def claim(folder: Path, seconds: float) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(seconds)],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_of_two_runs_that_begin_together_one_goes_on(tmp_path):
    (tmp_path / "workflow").symlink_to(PROJECT / "workflow")
    both = [claim(tmp_path, 3) for _ in range(2)]
    ends = sorted((*p.communicate(timeout=60), p.pid) for p in both)
    (refused, said, _), (claimed, nothing, owner) = ends
    assert (refused, claimed, nothing) == ("", "claimed\n", "")
    assert f"(process {owner}) is already at work on tiny" in said
    assert f"kill -INT {owner}" in said


def test_a_claim_ends_with_its_process(tmp_path):
    (tmp_path / "workflow").symlink_to(PROJECT / "workflow")
    first = claim(tmp_path, 60)
    assert first.stdout.readline() == "claimed\n"
    first.kill()
    first.communicate()
    assert claim(tmp_path, 0).communicate(timeout=60)[0] == "claimed\n"


def test_recovery_leaves_a_run_of_another_machine_alone(tmp_path):
    """Whose process is not to be seen here, but whose claim is."""
    (tmp_path / "workflow").symlink_to(PROJECT / "workflow")
    locks = tmp_path / ".snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").touch()
    other = claim(tmp_path, 60)
    assert other.stdout.readline() == "claimed\n"
    refused = runs.recover(tmp_path)
    assert refused.returncode != 0 and "another machine is at work on tiny" in refused.stderr
    assert any(locks.iterdir())
    other.kill()
    other.communicate()
    assert "Cleared the lock" in runs.recover(tmp_path).stdout and not any(locks.iterdir())
