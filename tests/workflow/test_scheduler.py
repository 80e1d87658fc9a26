"""The scheduler looks for jobs when one has ended, and now and then, not ever more often."""

import threading
from time import monotonic
from types import SimpleNamespace

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
