"""First import of every script: the library's path, the log, and one way to fail.

A job's output and errors go to its log; a mistake that the user can mend is told to the run too, as
two sentences without a traceback.
"""

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import _library  # noqa: F401 (finds the library)
from runtime import fork_server

fork_server.hand_over()  # does not return where a warm process takes the job

from runtime import gpu_slots, watchdog  # noqa: E402
from runtime.terminal import channel  # noqa: E402

from fieldbench.plan import processor, shared_cache  # noqa: E402
from fieldbench.plan.errors import UserError  # noqa: E402

_terminal = 2  # the job's error stream as it was given; until it goes to the log


def run(main: Callable[[Any], None], job: Any) -> None:
    """Run a script's main for one job."""
    global _terminal
    _terminal = os.dup(2)
    if job.log:
        _to_log(job.log[0])
    watchdog.limit(job, _terminal)
    watchdog.bring_to_the_present(job.input)
    try:
        _check_processor(job.params.get("job") or {})
        shared_cache.check()  # where the result could not be kept, no work is begun
        gpu_slots.take(job.resources.get("gpu", 0))
        main(job)
    except UserError as error:
        refuse(job, error)  # the run first: on a full disk the log takes nothing
        print(error, file=sys.stderr)
        sys.exit(1)


def refuse(job: Any, error: UserError) -> None:
    """Tell the run, or whoever reads the error stream, what is wrong and can be mended."""
    if not tell(job, "fail", str(error)):
        os.write(_terminal, f"{job.rule}: {error}\n".encode())


def tell(job: Any, kind: str, text: str) -> bool:
    """Whether the run that has started a job takes a message of its (see runtime/terminal)."""
    taken = channel.send(kind, next(iter(job.log), ""), text)
    if kind == "say" and not taken:
        os.write(_terminal, f"fieldbench: {text}\n".encode())
    return taken


def _check_processor(planned: Mapping[str, Any]) -> None:
    """What computes numbers does so on the kind of processor that it is planned for."""
    if "processor" in planned:
        processor.require(planned["processor"])


def _to_log(path: str) -> None:
    """Send output and errors, also those of C libraries, to a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
