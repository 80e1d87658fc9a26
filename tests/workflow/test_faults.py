"""What goes wrong at night on one machine: a job that hangs, a clock that jumps, a second run."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from helpers import runs
from helpers.runs import PROJECT, edited, wait_until
from runtime import ending, fork_server

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
            assert f"failed: {FIT} was stopped after" in said and "same command again" in said
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


DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(120)
"""


def deaf(folder: Path) -> subprocess.Popen:
    """A process that looks like a run in the folder and does not hear that it shall end."""
    (folder / "snakemake").write_text(DEAF)
    process = subprocess.Popen(
        [sys.executable, "snakemake"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_recovery_does_not_count_what_ends_by_itself(tmp_path):
    """As the warm process does when its run has ended, and as a job does not."""
    (tmp_path / "workflow").symlink_to(PROJECT / "workflow")
    script = tmp_path / ".snakemake/scripts/job.py"
    script.parent.mkdir(parents=True)
    script.write_text("import sys, time\ntime.sleep(float(sys.argv[1]))\n")
    for seconds, said in ((1.5, ""), (60, "Stopped a job that a killed run had left behind.\n")):
        process = subprocess.Popen([sys.executable, str(script), str(seconds)], cwd=tmp_path)
        try:
            assert runs.recover(tmp_path).stdout == said
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize(
    "told, waited, ends",
    [(False, 0, False), (True, 0, False), (True, ending.OVERDUE, True)],
)
def test_recovery_ends_a_run_that_was_told_to_end_and_is_stuck(
    tmp_path, monkeypatch, told, waited, ends
):
    (tmp_path / "workflow").symlink_to(PROJECT / "workflow")
    monkeypatch.chdir(tmp_path)
    process = deaf(tmp_path)
    try:
        if told:
            ending.MARK.parent.mkdir()
            ending.MARK.write_text(f"{process.pid} {time.time()}")
        time.sleep(waited)
        done = runs.recover(tmp_path)
        assert (process.poll() is not None) == ends
        assert (done.returncode == 0) == ends
        if ends:
            assert "was told to end and was stuck" in done.stdout
        else:
            assert f"process {process.pid}" in done.stderr
    finally:
        process.kill()
        process.communicate()


def test_a_note_of_another_process_of_the_same_number_ends_nothing(tmp_path):
    own = psutil.Process()
    mark = tmp_path / ending.MARK
    mark.parent.mkdir()
    mark.write_text(f"{own.pid} {own.create_time() - 60}")
    assert not ending.is_overdue(own, tmp_path)


def test_recovery_clears_the_folder_that_the_configuration_names(tmp_path):
    for part in ("workflow", "config", "slurm"):
        shutil.copytree(PROJECT / part, tmp_path / part)
    scrap, other = (tmp_path / n / "tiny/.fit.h5.partial" for n in ("elsewhere", "results"))
    for file in (scrap, other):
        file.parent.mkdir(parents=True)
        file.touch()
    with edited(tmp_path / "config/config.yaml", "results: results", "results: elsewhere"):
        assert runs.recover(tmp_path).returncode == 0
    assert not scrap.exists() and other.exists()


OWNER = """
import subprocess, sys, time, os
warm = subprocess.Popen([sys.executable, sys.argv[1], sys.argv[2], str(os.getpid())],
                        start_new_session=True)
print(warm.pid, flush=True)
time.sleep(120)
"""


def test_a_warm_process_that_still_loads_ends_with_its_owner(tmp_path):
    """A library that takes a minute stands for a busy machine."""
    (tmp_path / "torch.py").write_text(
        "import pathlib, time\npathlib.Path(__file__ + '.begun').touch()\ntime.sleep(60)\n"
    )
    address = tmp_path / "place" / "warm-1"
    address.parent.mkdir()
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, fork_server.__file__, str(address)],
        env=runs.surroundings() | {"PYTHONPATH": str(tmp_path)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    warm = psutil.Process(int(owner.stdout.readline()))
    try:
        wait_until((tmp_path / "torch.py.begun").exists, 60, "the library is being loaded")
        owner.kill()
        owner.communicate()
        ended = lambda: not warm.is_running() or warm.status() == psutil.STATUS_ZOMBIE  # noqa: E731
        wait_until(ended, 5, "the warm process stays")
        assert not address.parent.exists()
    finally:
        if warm.is_running():
            warm.kill()
