"""kill -9 at any moment, and one command later: nothing finished is lost, the numbers the same."""

import os
import random
import signal
import time
from pathlib import Path

import psutil
import runs
from runs import begin, found, wait_until

SCORES = runs.SMALL_SCORES
RUN = ("small.yaml", SCORES)
CORES = 2  # of a run that is begun here
GONE = 15  # seconds in which what a killed run left must end by itself


def fits(folder: Path) -> int:
    return len(found(folder, "*/fits/**/*.h5"))


def fit_under_way(folder: Path) -> psutil.Process | None:
    """A process that trains right now; the log it writes tells it from other jobs."""
    for process in runs.processes(folder):
        try:
            if any("/logs/fits/" in file.path for file in process.open_files()):
                return process
        except psutil.Error:
            continue
    return None


def kill_a_fit(folder: Path) -> bool:
    """Whether a fit was there to be killed."""
    process = fit_under_way(folder)
    if process is None:
        return False
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


def begin_and_kill(folder: Path, delay: float, group: bool) -> None:
    """Kill a run soon after its second new fit: with its jobs' scripts, or Snakemake alone."""
    before = set(runs.stamps(folder).items())
    process = begin(folder, *RUN)
    wait_until(
        lambda: len(set(runs.stamps(folder).items()) - before) >= 2, runs.LONGEST, "two new fits"
    )
    time.sleep(delay)
    (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    assert fits(folder) < runs.SMALL_FITS, "the kill came too late to tell anything"
    wait_until(lambda: not runs.processes(folder), GONE, "processes stay in the folder")


def test_killed_three_times_and_recovered(project, small, copied):
    """What Snakemake saw the end of is never made again, and the numbers are the same."""
    folder, moment = copied(project), random.Random(7)
    safe, begun = {}, set()
    for group in (True, False, True):
        begin_and_kill(folder, moment.uniform(0, 0.1), group)
        stamps, earlier, begun = runs.stamps(folder), begun, runs.incomplete(folder)
        assert len(begun - earlier) <= 2 * CORES  # running, and ended this very moment
        assert safe == {name: stamps[name] for name in safe}
        safe = {name: stamp for name, stamp in stamps.items() if name not in begun}

        locked = runs.snakemake(folder, *RUN)
        assert locked.returncode != 0 and "--unlock" in locked.stdout + locked.stderr
        cleared = runs.recover(folder)
        assert cleared.returncode == 0 and "Cleared the lock" in cleared.stdout

    runs.run(folder, *RUN)
    stamps = runs.stamps(folder)
    assert len(safe) >= 2 and safe == {name: stamps[name] for name in safe}
    assert runs.digests(folder) == runs.digests(small.folder)
    assert (folder / SCORES).read_bytes() == (small.folder / SCORES).read_bytes()
    assert list((folder / "results").rglob(".*")) == []


def test_recovery_leaves_a_live_run_alone_and_a_killed_job_is_done_again(project, small, copied):
    folder = copied(project)
    process = begin(folder, *RUN)
    wait_until(lambda: fits(folder) >= 1, runs.LONGEST, "the first fit")

    refused = runs.recover(folder)
    assert refused.returncode != 0
    assert f"process {process.pid}" in refused.stderr and "kill -INT" in refused.stderr
    assert process.poll() is None and any((folder / ".snakemake/locks").iterdir())

    wait_until(lambda: kill_a_fit(folder), runs.LONGEST, "a fit under way")
    failed = process.wait(timeout=runs.LONGEST) != 0
    assert failed == (fits(folder) < runs.SMALL_FITS)  # it was told, or the job was tried again
    before = runs.stamps(folder)
    runs.run(folder, *RUN)
    assert before == {name: runs.stamps(folder)[name] for name in before}
    assert runs.digests(folder) == runs.digests(small.folder)


def test_recovery_of_a_folder_that_needs_none(small):
    before = runs.digests(small.folder)
    done = runs.recover(small.folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert runs.digests(small.folder) == before
