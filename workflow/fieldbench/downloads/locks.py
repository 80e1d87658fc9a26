"""A lock that lets one job at a time make a file, also where runs share a results folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldbench.downloads.telling import Voice


@contextmanager
def locked(path: Path, voice: Voice) -> Iterator[None]:
    """Hold the lock of a file that is about to be made; a killed job releases it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_name(f".{path.name}.lock"), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            voice.say(f"waiting for another job that fetches {path.name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:  # some network disks have no locks
            voice.say(f"{path.name} is fetched without a lock: {error.strerror}")
        yield
