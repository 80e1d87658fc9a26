"""Memory that runs out: what is tried again, and when the failure is the fit's own."""

import sys
import traceback
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import torch

from fieldbench.plan.errors import UserError
from fieldbench.training.device import is_out_of_memory, others_hold, release

T = TypeVar("T")


class Slot(Protocol):
    """A job's slot on a device that jobs may share."""

    def be_alone(self) -> bool:
        """Wait until no other job computes on the device; whether one could until then."""

    def facts(self) -> dict[str, Any]:
        """The facts about the slot that the timing of a fit records."""


class OwnDevice:
    """The slot of a job whose device is its own from the beginning."""

    def be_alone(self) -> bool:
        return False

    def facts(self) -> dict[str, Any]:
        return {}


OWN_DEVICE = OwnDevice()


def unless_out_of_memory(work: Callable[[], T], device: torch.device) -> T | None:
    """The result of some work, or None; then all that it held is free again."""
    try:
        return work()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        print(traceback.format_exc(), file=sys.stderr, flush=True)
    release(device)
    return None


def alone_if_need_be(work: Callable[[], T], device: torch.device, slot: Slot) -> T | None:
    """Do some work; where memory runs out beside other jobs, do it again alone.

    So whether work is too large does not depend on who happened to be beside it.
    """
    result = unless_out_of_memory(work, device)
    if result is None and slot.be_alone():
        print("Out of memory: once more, alone.", file=sys.stderr, flush=True)
        result = unless_out_of_memory(work, device)
    return result


def must_be_ours(device: torch.device) -> None:
    """Raise where programs outside this run hold the memory that ran out."""
    held = others_hold(device)
    if held:
        raise UserError(
            f"GPU memory ran out while other programs hold {held / 2**30:.1f} GiB of it.",
            "Run again when they have ended, or name other GPUs by CUDA_VISIBLE_DEVICES.",
        )
