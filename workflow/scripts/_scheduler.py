"""Snakemake's scheduler, woken no more often than it needs to be."""

import threading

from snakemake.scheduling.job_scheduler import JobScheduler


def wake_once() -> None:
    """Have one timer at a time that lets the scheduler look for jobs again.

    By itself Snakemake starts one whenever it has looked, and looks again for each, so that every
    finished job adds a chain of them without end: after a thousand it looks hundreds of times a
    second, on a core of its own.
    """
    JobScheduler._schedule_reevalutation = _wake_later


def _wake_later(self: JobScheduler, delay: float) -> None:
    if getattr(self, "waking", False):
        return

    def wake() -> None:
        self.waking = False  # before it looks, for then it asks to be woken again
        self._open_jobs.release()

    self.waking = True
    threading.Timer(delay, wake).start()
