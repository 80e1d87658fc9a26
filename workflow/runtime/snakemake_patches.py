"""Every place where this project changes what Snakemake does inside, and why.

Each patch has a test that fails as soon as Snakemake no longer needs it: then the patch can go.
"""

import _thread
import inspect
import signal
import sys
import threading
from functools import cache, partial, wraps
from typing import Any

from snakemake import exceptions, sourcecache
from snakemake.exceptions import WorkflowError
from snakemake.resources import Resource
from snakemake.scheduling.job_scheduler import JobScheduler
from snakemake.shell import shell

from runtime import ending
from runtime.terminal import takeover


class PlainError(WorkflowError):
    """Something that the user can mend, in two sentences."""


def show_plainly() -> None:
    """Show what a user can mend as it is.

    By itself Snakemake sets a place in a rule file before it and a traceback of rule files behind.
    """
    own = getattr(exceptions.format_error, "__wrapped__", exceptions.format_error)

    @wraps(own)
    def shown(error: Exception, *given: Any, **more: Any) -> str:
        return str(error) if isinstance(error, PlainError) else own(error, *given, **more)

    exceptions.format_error = shown


def remember_addresses() -> None:
    """Take each script's address apart once.

    For every job Snakemake parses its script's address five times, and makes a class each time.
    """
    sourcecache.parse_uri = cache(sourcecache.parse_uri)


def remember_parameters() -> None:
    """Look up once which parameters the evaluation of a resource takes.

    For every resource of every job Snakemake asks `inspect` twice.
    """
    Resource.evaluate._overwrite_params = inspect.signature(Resource.evaluate).parameters


def be_patient() -> None:
    """Take no answer for no news.

    By itself Snakemake's plugin for Slurm forgets all of its jobs when a few questions in a row
    fail, as they do while the controller is restarted, and then waits for them for ever.
    """
    plugin = sys.modules.get("snakemake_executor_plugin_slurm")
    if plugin is None:  # another kind of cluster
        return
    ask = plugin.query_job_status

    async def answer(command: str, logger: Any) -> tuple[dict[str, str], float]:
        states, seconds = await ask(command, logger)
        return ({}, 0.0) if states is None else (states, seconds)

    plugin.query_job_status = answer


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


def end_when_told() -> None:
    """Have a run end within seconds when it gets SIGTERM or SIGINT, before its first job too.

    By itself Snakemake answers by taking a lock that the thread it interrupts may be holding, and
    then nothing but `kill -9` ends it. Otherwise it waits for its jobs, be it for hours. Before it
    looks for jobs it does not answer, and leaves its lock on the folder.
    """
    JobScheduler.exit_gracefully = _end_gracefully
    signal.signal(signal.SIGTERM, _leave)  # until there is a scheduler, which sets its own
    signal.signal(signal.SIGINT, _leave)


def end_when_interrupted(workflow: Any) -> None:
    """Have Ctrl-C end a run whose jobs begin now: at once, and with one message.

    By itself Snakemake waits for the jobs, which get the signal too and end with a traceback each,
    and then it shows how each of them was started. Here jobs do not hear of Ctrl-C; the run ends
    them. A cluster's are cancelled by Snakemake.
    """
    if workflow.local_exec:
        shell.prefix("set -euo pipefail; trap '' INT; ")  # the first is Snakemake's
        signal.signal(signal.SIGINT, partial(_interrupt, workflow.scheduler))
    else:
        signal.signal(signal.SIGINT, _cancel)


def _end_gracefully(self: JobScheduler, *_: Any) -> None:
    """Answer a signal; takes no lock, not even as `Thread.start` does."""
    _end(self, ending.JOBS_TIME)


def _interrupt(scheduler: JobScheduler, *_: Any) -> None:
    """Answer Ctrl-C."""
    _end(scheduler, 0)


def _cancel(*_: Any) -> None:
    """Answer Ctrl-C as Snakemake does, which then cancels jobs of a cluster."""
    takeover.stop()
    raise KeyboardInterrupt


def _end(scheduler: JobScheduler, seconds: float) -> None:
    """End a run, which gives its jobs so many seconds to end by themselves."""
    if not scheduler._user_kill:
        scheduler._user_kill = "graceful"
        takeover.stop()
        _thread.start_new_thread(_see_to_end, (scheduler, seconds))


def _see_to_end(scheduler: JobScheduler, seconds: float) -> None:
    scheduler._open_jobs.release()
    if scheduler.workflow.local_exec:  # a cluster's jobs run on, and are waited for
        unlock = scheduler.workflow.persistence._delete_locks
        ending.see_to_it(unlock, takeover.last_word, seconds)


def _leave(number: int, *_: Any) -> None:
    """Leave before there are jobs."""
    takeover.say("Stopped before its first job. The same command goes on.")
    raise SystemExit(128 + number)
