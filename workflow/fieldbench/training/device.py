"""The machine under a fit: threads, determinism, memory."""

import ctypes
import gc
import os
import platform
import re
import resource
import sys
from pathlib import Path
from typing import Any

import torch

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt
# The last is oneDNN's, which has no other word for it; a shape it cannot do names a descriptor.
_OUT_OF_MEMORY = re.compile(
    "can't allocate memory|not enough memory|out of memory|could not create a primitive(?! desc)"
    "|OUT_OF_MEMORY|_ALLOC_FAILED"  # CUDA's driver and libraries
)
_CONTEXT, _NO_ONE = 2 * 2**30, 0.05  # bytes and share of a GPU that are held where no one else is


def prepare(device: str, threads: int) -> torch.device:
    """Fix what could make two runs differ. Threads come from the plan, not from the machine."""
    torch.set_num_threads(threads)
    _keep_freed_memory()
    if device == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # Some CUDA scatters have no deterministic form: there a warning in the log is all we can do.
    torch.use_deterministic_algorithms(True, warn_only=device == "cuda")
    # What is never read need not be filled, which costs a twentieth of a step.
    filling: Any = torch.utils.deterministic  # torch declares no type of this switch
    filling.fill_uninitialized_memory = False
    return torch.device(device)


def _keep_freed_memory() -> None:
    """Have glibc keep what a step frees for the next one.

    Else it may hand arrays of a few MiB back to the system at every step, and clearing their pages
    again can take as long as the arithmetic.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, 32 * 2**20)  # the most it accepts
        libc.mallopt(_TRIM_THRESHOLD, 2**30)


def synchronise(device: torch.device) -> None:
    """Wait for the device, so that a clock read after this is honest."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that memory ran out."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and _OUT_OF_MEMORY.search(str(error)) is not None


def release(device: torch.device) -> None:
    """Hand back what the allocator keeps, so that others on the GPU may have it."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()


def others_hold(device: torch.device) -> int:
    """Bytes of a GPU that other programs hold; 0 where it is no more than every process's own."""
    if device.type != "cuda":
        return 0
    free, total = torch.cuda.mem_get_info(device)
    held = total - free - torch.cuda.memory_reserved(device)
    return held if held > max(_CONTEXT, _NO_ONE * total) else 0


def peak_bytes(device: torch.device) -> int:
    """The most memory this process has held on the device."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    status = Path("/proc/self/status")
    if status.exists():
        # Not the resource usage: a program that another one starts inherits that one's peak there.
        (line,) = (s for s in status.read_text().splitlines() if s.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def describe(device: torch.device) -> str:
    """The processor's name, for the timings."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    names = Path("/proc/cpuinfo")
    if names.is_file():
        for line in names.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
