"""kill -9 or SIGTERM at any moment, and one command later: nothing finished is lost, the numbers
the same.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from helpers import runs
from helpers.runs import begin, found, wait_until

SCORES = runs.SMALL_SCORES
RUN = ("small.yaml", SCORES)
CORES = 2  # of a run that is begun here
TOLD = 10  # seconds in which a run that was told to end must be over, jobs and all
GONE = 15  # seconds in which what a killed run left must end by itself


def fits(folder: Path) -> int:
    return len(found(folder, "*/fits/**/*.h5"))


def under_way(folder: Path, stage: str = "fits") -> psutil.Process | None:
    """A process that trains right now, or scores; the log it writes tells it from other jobs."""
    for process in runs.processes(folder):
        try:
            if any(f"/logs/{stage}/" in file.path for file in process.open_files()):
                return process
        except psutil.Error:
            continue
    return None


def warm_process(folder: Path) -> psutil.Process | None:
    """The process that forks jobs, once it has."""
    for process in runs.processes(folder):
        try:
            if "fork_server.py" in " ".join(process.cmdline()) and process.children():
                return process
        except psutil.Error:
            continue
    return None


def kill_a_job(folder: Path, victim: str = "fits") -> bool:
    """Whether a fit, a scoring job or the warm process was there to be killed."""
    process = warm_process(folder) if victim == "warm" else under_way(folder, victim)
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
        assert locked.returncode != 0 and "python workflow/recover.py" in locked.stderr
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
    process.send_signal(signal.SIGSTOP)  # it shall begin no more fits while others are tried

    refused = runs.recover(folder)
    assert refused.returncode != 0
    assert f"process {process.pid}" in refused.stderr and "kill -INT" in refused.stderr
    second = runs.snakemake(folder, *RUN)
    assert second.returncode != 0
    assert f"(process {process.pid}) is already at work on small. Wait" in second.stderr
    assert process.poll() is None and any((folder / ".snakemake/locks").iterdir())

    process.send_signal(signal.SIGCONT)
    wait_until(lambda: kill_a_job(folder), runs.LONGEST, "a fit under way")
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


def test_the_warm_process_dies_and_the_run_goes_on(project, small, copied):
    folder = copied(project)
    process = begin(folder, *RUN)
    wait_until(lambda: kill_a_job(folder, "warm"), runs.LONGEST, "a warm process with a job")
    assert process.wait(timeout=runs.LONGEST) == 0, (folder / "messages.txt").read_text()
    assert runs.digests(folder) == runs.digests(small.folder)
    assert list((folder / "results").rglob(".*.kept")) == []


def begin_and_tell(folder: Path, delay: float, group: bool) -> bool:
    """Whether a run was still there to be told to end; then it must be over in time, unlocked."""
    process = begin(folder, *RUN)
    time.sleep(delay)
    told = process.poll() is None
    if told:
        (os.killpg if group else os.kill)(process.pid, signal.SIGTERM)
    end = time.monotonic() + TOLD
    try:
        process.wait(timeout=TOLD)
        wait_until(lambda: not runs.processes(folder), end - time.monotonic(), "processes stay")
    except (subprocess.TimeoutExpired, AssertionError):
        for left in runs.processes(folder):
            with suppress(psutil.NoSuchProcess):
                left.kill()
        pytest.fail(f"told to end after {delay:.2f} s (its group: {group}), and was not in time")
    assert not list((folder / ".snakemake/locks").glob("*")), f"a lock stays after {delay:.2f} s"
    return told


def test_told_to_end_and_run_again(project, small, copied):
    """Its group, as a closing terminal does; and Snakemake alone, while a job takes its time."""
    folder, moment = copied(project), random.Random(3)
    assert begin_and_tell(folder, moment.uniform(4, 6), group=True)
    assert begin_and_tell(folder, moment.uniform(4, 6), group=False)
    runs.run(folder, *RUN)
    assert runs.digests(folder) == runs.digests(small.folder)
    assert (folder / SCORES).read_bytes() == (small.folder / SCORES).read_bytes()


@pytest.mark.slow
def test_told_to_end_thirty_times(project, small, copied):
    """At seeded moments from the first import to the last score."""
    folder, moment = copied(project), random.Random(30)
    told = 0
    while told < 30:
        told += begin_and_tell(folder, moment.uniform(0.3, 12), moment.random() < 0.5)
        if fits(folder) == runs.SMALL_FITS:
            runs.run(folder, *RUN)
            assert runs.digests(folder) == runs.digests(small.folder)
            shutil.rmtree(folder / "results")


class Bombardment:
    """A folder whose runs are killed and taken up again, and the count of what was hit and lost."""

    def __init__(self, folder: Path, expected: Path, seed: int):
        self.folder, self.expected, self.moment = folder, expected, random.Random(seed)
        self.hits: Counter[str] = Counter()
        self.known: dict[str, str] = {}
        self.retrained = self.lost = self.ends = 0

    def note(self) -> None:
        """Compare the fits with those that were known."""
        now = runs.trained(self.folder)
        self.retrained += sum(now.get(n, digest) != digest for n, digest in self.known.items())
        self.lost += len(self.known.keys() - now.keys())
        self.known |= now

    def round(self) -> None:
        """One run: a job of it is killed, and a moment later it itself; or it comes to its end."""
        process = begin(self.folder, *RUN)
        alive = lambda: process.poll() is None  # noqa: E731
        victim = self.moment.choice(("fits", "scores", "warm"))
        # What is hit first is there some time after the beginning; what is hit then is the run.
        hit = wait_until(
            lambda: "job" if kill_a_job(self.folder, victim) else not alive() and "end",
            runs.LONGEST, f"{victim} or the end",
        )  # fmt: skip
        self.hits[victim] += hit == "job"
        group = self.moment.random() < 0.5
        time.sleep(self.moment.uniform(0, 4))
        if alive():
            (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
            self.hits["group" if group else "snakemake"] += 1
        code = process.wait()
        wait_until(lambda: not runs.processes(self.folder), 4 * GONE, "processes stay")
        self.note()
        assert runs.recover(self.folder).returncode == 0
        if code == 0:
            self.compare()

    def compare(self) -> None:
        """A run came to its end: are the numbers the same? Then begin anew."""
        assert fits(self.folder) == runs.SMALL_FITS
        assert runs.digests(self.folder) == runs.digests(self.expected)
        assert (self.folder / SCORES).read_bytes() == (self.expected / SCORES).read_bytes()
        assert list((self.folder / "results").rglob(".*")) == []
        self.ends += 1
        self.known = {}
        for part in ("results", ".snakemake"):
            shutil.rmtree(self.folder / part)


@pytest.mark.slow
def test_killed_twenty_times(project, small, copied):
    """Snakemake, its group, fits, scoring jobs and the warm process, at seeded moments."""
    under_fire = Bombardment(copied(project), small.folder, seed=20)
    while under_fire.hits.total() < 20:
        under_fire.round()
    runs.run(under_fire.folder, *RUN)
    under_fire.note()
    under_fire.compare()
    print(f"hit: {dict(under_fire.hits)}, ends: {under_fire.ends}")
    assert (under_fire.lost, under_fire.retrained) == (0, 0)
