"""The scheduler looks for jobs when one has ended, and now and then, not ever more often."""

import subprocess
import sys
import threading
from time import monotonic
from types import SimpleNamespace

import pytest
from helpers.runs import PROJECT
from runtime import snakemake_patches
from snakemake.scheduling.job_scheduler import JobScheduler

PAUSE, WHILE, JOBS = 0.05, 2.0, 20  # seconds, seconds, jobs that end at the start


def looks() -> int:
    """How often the scheduler looks, in a loop like its own."""
    scheduler, count = SimpleNamespace(_open_jobs=threading.Semaphore(JOBS)), 0
    end = monotonic() + WHILE
    while monotonic() < end:
        if scheduler._open_jobs.acquire(timeout=PAUSE):
            JobScheduler._schedule_reevalutation(scheduler, PAUSE)
            count += 1
    return count


def test_the_scheduler_is_woken_by_one_timer_at_a_time(monkeypatch):
    own = JobScheduler._schedule_reevalutation
    monkeypatch.setattr(JobScheduler, "_schedule_reevalutation", own)  # as it is, afterwards
    assert looks() > 3 * JOBS, "Snakemake has been mended: wake_once can go"
    snakemake_patches.wake_once()
    assert JOBS + 2 < looks() <= JOBS + 1 + WHILE / PAUSE


TOLD = """
import os, signal, sys, threading
from types import SimpleNamespace
sys.path[:0] = ["workflow"]
from runtime import snakemake_patches
from snakemake.scheduling.job_scheduler import JobScheduler

class Scheduler(JobScheduler):
    def __init__(self):
        self._lock, self._open_jobs = threading.Lock(), threading.Semaphore(0)
        self._user_kill, self.workflow = None, SimpleNamespace(local_exec=False)

if "patched" in sys.argv:
    snakemake_patches.end_when_told()
scheduler = Scheduler()
signal.signal(signal.SIGTERM, scheduler.exit_gracefully)
held = scheduler._lock if "lock" in sys.argv else scheduler._open_jobs._cond
with held:
    os.kill(os.getpid(), signal.SIGTERM)
assert scheduler._open_jobs.acquire(timeout=10) and scheduler._user_kill == "graceful"
"""


def told(*words: str, seconds: float) -> int:
    """Tell a scheduler to end while its main thread holds a lock: the exit code."""
    done = subprocess.run(
        [sys.executable, "-c", TOLD, *words], cwd=PROJECT, timeout=seconds, check=False
    )
    return done.returncode


@pytest.mark.parametrize("held", ["lock", "jobs"])
def test_a_scheduler_that_holds_its_lock_hears_that_it_shall_end(held):
    assert told("patched", held, seconds=60) == 0
    with pytest.raises(subprocess.TimeoutExpired):
        told("as it is", held, seconds=8)
        pytest.fail("Snakemake has been mended: end_when_told need not replace its answer")
