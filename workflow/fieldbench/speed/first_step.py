"""The first step of a way, in a process of its own: its memory and its gradient.

On the CPU it is done in a child of this process, whose own highest mark is read. What earlier work
has left in the allocator is handed back first, or the step would use it unseen; and in the child
the allocator keeps nothing that is freed, so the mark is of what was in use at once. The child may
take only so much more than it has, so a step that is too large fails there instead of stopping the
machine. A step on a tiny lattice goes before, so that loading the library's code is not counted.
The number is exact to a megabyte or so in a process that has trained nothing before, as a job's is.
"""

import contextlib
import ctypes
import multiprocessing
import resource
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil
import torch

from fieldbench.speed.step_variants import Way, gradient
from fieldbench.training.device import is_out_of_memory, peak_bytes

_KILLED = -9  # how a child ends that the kernel stops for want of memory
_SHARE = 0.8  # of the memory that is free
_M_MMAP_THRESHOLD, _LARGE = -3, 2**16  # glibc: blocks of so many bytes go back when freed


@dataclass(frozen=True)
class First:
    """A first step: the bytes it added at its highest, and the gradient, in one row."""

    bytes: int
    gradient: np.ndarray


def first_step(
    tiny: Callable[[], Way], make: Callable[[], Way], device: torch.device, most: int
) -> First | None:
    """Do one step of what `make` makes; None when that takes more than `most` bytes.

    Counted are activations, gradients, the optimiser's state and tables that are kept; not the
    model, the points and the target, which are there before.
    """
    if device.type == "cuda":
        return _on_gpu(tiny, make, device, most)
    most = min(most, int(_SHARE * psutil.virtual_memory().available))
    _allocator("malloc_trim", 0)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(tiny, make, device, most, there))
    child.start()
    there.close()
    try:
        found = here.recv()
    except EOFError:
        found = "a step was cut off"
    child.join()
    if isinstance(found, First) or found is None or child.exitcode == _KILLED:
        return found if isinstance(found, First) else None
    raise RuntimeError(f"{found}; its process ended with {child.exitcode}")


def _in_child(
    tiny: Callable[[], Way],
    make: Callable[[], Way],
    device: torch.device,
    most: int,
    answer: Connection,
) -> None:
    """Send a First, None for want of memory, or a text that says what went wrong."""
    try:
        _allocator("mallopt", _M_MMAP_THRESHOLD, _LARGE)
        tiny().step()
        way = make()
        _allocator("malloc_trim", 0)
        before = psutil.Process().memory_info().rss
        _allow(most)
        way.step()
        added = peak_bytes(device) - before
        fits = added <= most  # what the allocator had left over is beyond the limit's reach
        answer.send(First(added, gradient(way.model).numpy()) if fits else None)
    except Exception as error:
        wanting = is_out_of_memory(error)
        if not wanting:
            print(traceback.format_exc(), file=sys.stderr, flush=True)
        answer.send(None if wanting else f"a step failed: {error}")


def _allocator(function: str, *numbers: int) -> None:
    """Call a function of the C library's allocator, where it has such a one."""
    with contextlib.suppress(OSError, AttributeError):
        getattr(ctypes.CDLL(None), function)(*numbers)


def _allow(more: int) -> None:
    """Let this process have so many bytes more than now; the system permitting, which is Linux."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    limit = int(lines["VmData"].split()[0]) * 1024 + more
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _on_gpu(
    tiny: Callable[[], Way], make: Callable[[], Way], device: torch.device, most: int
) -> First | None:
    """Do the step in this process: a GPU's allocator tells the peak, and frees what failed."""
    try:
        tiny().step()
        way = make()
        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        way.step()
        added = torch.cuda.max_memory_allocated(device) - before
        return First(added, gradient(way.model).numpy()) if added <= most else None
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return None
    finally:
        torch.cuda.empty_cache()
