"""What guards jobs from hanging and from a clock that jumped, and a run from a full disk."""

import contextlib
import faulthandler
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fieldbench.plan.errors import UserError
from runtime.terminal import channel

ROOM = 2**20  # bytes without which Snakemake cannot even keep its own notes
PATIENCE = 4 * 60  # seconds for each minute that a job is expected to take on a slow core
USUAL = 60  # minutes, where a rule expects none
GRACE = 30  # seconds until a job that lets no other thread run is ended without a word


def limit(job: Any, terminal: int) -> None:
    """End this process, and say so, when it has taken far longer than expected.

    Snakemake keeps to a job's `runtime` on clusters only. Waiting goes by a clock that nobody sets.
    """
    seconds = PATIENCE * (job.resources.get("runtime") or USUAL)
    watch = threading.Thread(target=_wait, args=(seconds, job, terminal), daemon=True)
    watch.start()
    faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=sys.stderr)


def _wait(seconds: float, job: Any, terminal: int) -> None:
    threading.Event().wait(seconds)
    text = (
        f"{job.output[0]} was stopped after {seconds / 3600:.2g} hours, far more than "
        f"it should take. Look in {job.log[0]} where it was, and run the same command again: a fit "
        "goes on from its checkpoint."
    )
    if not channel.send("fail", job.log[0], text):
        os.write(terminal, f"{job.rule}: {text}\n".encode())
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
    os._exit(1)


def bring_to_the_present(files: Iterable[str]) -> None:
    """Give files that come from the future, by a clock that was ahead, the present time.

    Snakemake refuses a result that is older than what it was made from.
    """
    for file in files:
        with contextlib.suppress(OSError):  # not ours: then Snakemake says what is wrong
            if Path(file).stat().st_mtime > time.time():
                os.utime(file)
                print(f"{file} was dated ahead of this clock: its time is now.", flush=True)


def need_room_for(results: str) -> None:
    """Raise where a disk that a run writes to is so full that Snakemake itself would stumble."""
    for folder in (Path(), Path(".snakemake"), Path(results)):
        disk = next(f for f in (folder.resolve(), *folder.resolve().parents) if f.exists())
        if shutil.disk_usage(disk).free < ROOM:
            raise UserError(
                f"Nothing can be written below {disk}: the disk is full.",
                "Free some space and run the same command again; finished files are kept.",
            )
