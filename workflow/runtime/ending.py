"""The end of a run that was told to end: within seconds and with its jobs, whatever holds it up.

Snakemake has some seconds to end by itself. Then its jobs are ended, which is usually all that it
waits for; a fit goes on from its checkpoint next time. What is still there after that is stuck, and
is ended without asking. A note tells `recover.py` of a process that could not even do this.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

MARK = Path(".snakemake/fieldbench-ending")
JOBS_TIME = 4.5  # seconds for what runs to end by itself after SIGTERM
WHOLE_TIME = 7.5  # seconds until the run is over in any case
OVERDUE = 15  # seconds after which a process that is still there will not end by itself
_STEP = 0.2
_STDERR = 2  # written to directly: a stuck thread may hold the lock of Python's stream


def see_to_it(
    unlock: Callable[[], None], last_word: Callable[[], str], seconds: float = JOBS_TIME
) -> None:
    """End this run: its jobs after so many seconds, then, if it must be, this process."""
    began = time.monotonic()
    note()
    time.sleep(seconds)
    while time.monotonic() < began + WHOLE_TIME:
        end_jobs()
        time.sleep(_STEP)
    end_jobs()
    with suppress(OSError):
        unlock()
    os.write(_STDERR, f"{last_word()}\n".encode())
    os._exit(1)


def end_jobs() -> None:
    """Kill every process that this one has started, and theirs."""
    with suppress(psutil.Error):
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                process.kill()


def note() -> None:
    """Write down which process was told to end, and when."""
    with suppress(OSError):
        MARK.parent.mkdir(exist_ok=True)
        MARK.write_text(f"{os.getpid()} {time.time()}", encoding="utf-8")


def is_overdue(process: psutil.Process, folder: Path) -> bool:
    """Whether a process was told to end so long ago that it is stuck."""
    try:
        pid, moment = (folder / MARK).read_text(encoding="utf-8").split()
        began = process.create_time()
    except (OSError, ValueError, psutil.Error):
        return False
    return process.pid == int(pid) and began <= float(moment) <= time.time() - OVERDUE
