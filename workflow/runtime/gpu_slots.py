"""A slot each: which GPU a job computes on where a machine has several, or several jobs share one.

Snakemake counts the jobs on GPUs (`resources: gpu`), but tells none of them which GPU is free. So a
job takes a slot, one place on one GPU, by locking a file in the working folder, and sees that GPU
alone (CUDA_VISIBLE_DEVICES). The kernel lets go of the lock when the job ends, however it ends; the
files stay, and mean nothing by themselves. Places are taken breadth first: no GPU gets a second
job before each has one.

Beside its places a GPU has a door, through which a job passes as it takes a place. A job that must
have the GPU to itself shuts the door and waits until every place is empty.

On a cluster the scheduler says which GPU a job has, and nothing of this is done.
"""

import fcntl
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from fieldbench.plan.cells.machine import gpus
from fieldbench.plan.errors import UserError, cannot_write

PLACES = "FIELDBENCH_GPU_PLACES"  # in the environment of this machine's jobs: places a GPU has
VISIBLE = "CUDA_VISIBLE_DEVICES"
FOLDER = Path(".snakemake/gpus")
PATIENCE = 0.2  # seconds between two looks for a free place

_held: "Slot | None" = None  # this process's


class Slot:
    """One place on one GPU, held until this process ends."""

    def __init__(self, gpu: str, place: int, places: int, lock: int):
        self.gpu, self.place, self.places = gpu, place, places
        self.locks = [lock]
        self.alone = places == 1

    def __str__(self) -> str:
        return f"GPU {self.gpu}, place {self.place + 1} of {self.places}"

    def be_alone(self) -> None:
        """Wait until every other place of the GPU is empty, and keep it so."""
        # The own place first: two jobs that wait for each other's would do so for ever.
        os.close(self.locks.pop())
        self.locks.append(_lock(_door(self.gpu), fcntl.LOCK_EX))
        for path in sorted(FOLDER.glob(f"{_name(self.gpu)}.place-*")):
            self.locks.append(_lock(path, fcntl.LOCK_EX))
        self.alone = True


def begin(most: int) -> None:
    """Called where snakemake runs, for jobs of this machine, of which so many may be on GPUs."""
    if not gpus():
        return
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(FOLDER, error) from None
    os.environ[PLACES] = str(math.ceil(most / len(gpus())))


def take(wanted: int) -> None:
    """Take a free slot for a job that wants a GPU, and wait for one where there is none."""
    global _held
    names, places = gpus(), int(os.environ.get(PLACES, 0))
    if not (wanted and places and names):
        return
    while (slot := _free(names, places)) is None:
        time.sleep(PATIENCE)
    os.environ[VISIBLE] = slot.gpu
    print(slot, flush=True)
    _held = slot


class JobSlot:
    """The slot of this job, or none, as training asks about it."""

    def be_alone(self) -> bool:
        """Wait until this job has its GPU to itself; whether it has had to share it until now."""
        if _held is None or _held.alone:
            return False
        print(f"waiting to be alone on GPU {_held.gpu}", flush=True)
        _held.be_alone()
        return True

    def facts(self) -> dict[str, str]:
        """The facts about the slot that the timing of this job's fit records."""
        return {"slot": str(_held)} if _held else {}


def slot() -> JobSlot:
    """The slot of this job."""
    return JobSlot()


def _free(names: Sequence[str], places: int) -> Slot | None:
    for place in range(places):
        for gpu in names:
            door = _lock(_door(gpu), fcntl.LOCK_SH | fcntl.LOCK_NB)
            if door is None:
                continue
            lock = _lock(FOLDER / f"{_name(gpu)}.place-{place}", fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(door)
            if lock is not None:
                return Slot(gpu, place, places, lock)
    return None


def _lock(path: Path, how: int) -> int | None:
    """A file, opened and locked; None where another process holds it."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise cannot_write(path, error) from None
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        os.close(file)
        return None
    except OSError as error:
        os.close(file)
        raise UserError(
            f"The disk of {path} knows no file locks: {error.strerror}.",
            "Run in a folder of a local disk: jobs share the GPUs by such locks.",
        ) from None
    return file


def _door(gpu: str) -> Path:
    return FOLDER / f"{_name(gpu)}.door"


def _name(gpu: str) -> str:
    return quote(gpu, safe="")  # names of MIG devices may hold slashes
