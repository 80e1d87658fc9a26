"""How fast a training step is, both ways, and how near to what the machine can do.

Steps are timed in pairs, one each way, now the one first and now the other, so that whatever else
the machine does meets both alike. Before, between and after them the machine's own rates are
measured in the same process.
"""

import copy
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from fieldbench.lattice import Lattice
from fieldbench.models._field import Field
from fieldbench.observation import Observation
from fieldbench.plan.errors import UserError
from fieldbench.seeds import numpy_stream
from fieldbench.training.apart import First, first_step
from fieldbench.training.device import describe, prepare, synchronise
from fieldbench.training.fit import FitPlan, build
from fieldbench.training.peaks import Machine
from fieldbench.training.ways import Ours, Textbook, Way, difference

_MB = 10**6
_SMALLEST_PART = 256  # points
_TINY = 8  # samples an axis of the lattice on which code is loaded


@dataclass(frozen=True)
class MeasurePlan:
    """Everything a measurement needs; plain values, as planned."""

    cell: dict[str, Any]  # place, model, budget
    model: dict[str, Any]  # kind, settings, size, parameters, learning_rate, backend
    shape: list[int]
    channels: int
    training: dict[str, Any]  # as of a preset
    measuring: dict[str, Any]  # pairs, seconds, memory, and how to measure the machine
    device: str
    flops: float | None  # of a step; None when it depends on the data
    bytes: int  # of a step, at least
    code: str


class Clock:
    """Seconds of steps: on the wall, and of the processor."""

    def __init__(self, device: torch.device):
        self.device = device
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []

    def time(self, step: Callable[[], None]) -> None:
        synchronise(self.device)
        began, worked = time.perf_counter(), time.process_time()
        step()
        synchronise(self.device)
        self.seconds.append(time.perf_counter() - began)
        self.cpu_seconds.append(time.process_time() - worked)


def measure(plan: MeasurePlan) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts of the measurement, and what it found: seconds, rates, bytes."""
    device = prepare(plan.device, plan.training["threads"])
    model = _model(plan)
    seen, tiny = (_noise(plan, shape) for shape in (plan.shape, [_TINY] * len(plan.shape)))

    def ours(observation: Observation) -> Way:
        return Ours(copy.deepcopy(model), observation, device, plan.training)

    def textbook(observation: Observation, at_once: int) -> Way:
        return Textbook(copy.deepcopy(model), observation, device, at_once)

    most = plan.measuring["memory_mb"] * _MB
    our_first = first_step(lambda: ours(tiny), lambda: ours(seen), device, most)
    their_first, at_once = _largest_part(
        lambda n: first_step(lambda: textbook(tiny, n), lambda: textbook(seen, n), device, most),
        seen.seen.size,
    )
    if our_first is None:
        raise _too_large(plan)
    apart = _checked(plan, their_first, our_first)
    ways = {"textbook": textbook(seen, at_once), "ours": ours(seen)}
    _warm({"textbook": textbook(tiny, at_once), "ours": ours(tiny)}, ways)
    machine = Machine(device, *(plan.measuring[key] for key in ("matrix", "copy_mb", "tries")))
    clocks, rates = _pairs(ways, machine, plan.measuring)
    found = {name: vars(clock) for name, clock in clocks.items()}
    for name, first in (("textbook", their_first), ("ours", our_first)):
        del found[name]["device"]
        found[name]["bytes"] = first.bytes
    found["textbook"]["points_at_once"] = at_once
    return _facts(plan, device), found | {
        "machine": {"flops": [r[0] for r in rates], "bytes": [r[1] for r in rates]},
        "gradient_difference": apart,
        "processor": describe(device),
        "load": os.getloadavg()[0],
    }


def _model(plan: MeasurePlan) -> Field:
    """The model of a plan, as a fit would start with it."""
    cell = {"task": "represent", "signal": plan.cell["place"], "seed": 0, **plan.cell}
    task = {"kind": "represent", "settings": {}}
    as_fit = FitPlan(cell, task, plan.model, plan.training, plan.device, plan.code)
    return build(as_fit, plan.channels, tuple(plan.shape))


def _noise(plan: MeasurePlan, shape: list[int]) -> Observation:
    """A target of noise in [0, 1]: no step takes longer or shorter for what is in it."""
    stream = numpy_stream("throughput", plan.cell["place"])
    values = stream.random((*shape, plan.channels), dtype=np.float32)
    lattice = Lattice(tuple(shape))
    return Observation(values, lattice, lattice)


def _largest_part(attempt: Callable[[int], First | None], points: int) -> tuple[First, int]:
    """The first step in the largest parts that memory holds: all points, or halves of halves."""
    at_once = points
    while (first := attempt(at_once)) is None:
        if at_once <= _SMALLEST_PART:
            raise UserError(
                f"A textbook step on {at_once} points does not fit in memory.",
                "Raise memory_mb in the throughput file, or free some memory.",
            )
        at_once = -(-at_once // 2)
    return first, at_once


def _too_large(plan: MeasurePlan) -> UserError:
    name = f"{plan.cell['model']} of {plan.cell['budget']} at {plan.cell['place']}"
    return UserError(
        f"A step of {name} takes more than {plan.measuring['memory_mb']} MB, or than is free.",
        "Raise memory_mb in the throughput file, or free some memory.",
    )


def _checked(plan: MeasurePlan, textbook: First, ours: First) -> float:
    """How far the two gradients are apart, relative to the textbook's; too far raises."""
    apart = difference(*(torch.from_numpy(first.gradient) for first in (textbook, ours)))
    if not apart <= plan.measuring["tolerance"]:
        raise AssertionError(
            f"the two ways of {plan.cell['model']} do not agree: their gradients differ by "
            f"{apart:.3g} of their length, where {plan.measuring['tolerance']} is allowed"
        )
    return apart


def _warm(tiny: dict[str, Way], ways: dict[str, Way]) -> None:
    """Load all code; and where a model keeps tables of the lattice, let it make them."""
    for way in tiny.values():
        way.step()
    if ways["ours"].model.structured:
        ways["ours"].step()


def _pairs(
    ways: dict[str, Way], machine: Machine, limits: dict[str, Any]
) -> tuple[dict[str, Clock], list[tuple[float, float]]]:
    """Time pairs of steps, at least some and then as many as there is time for."""
    clocks = {name: Clock(machine.device) for name in ways}
    rates = [machine.measure()]
    spent, pairs = 0.0, 0
    for share in (0.5, 1.0):
        while pairs < share * limits["least_pairs"] or (
            spent < share * limits["seconds"] and pairs < limits["most_pairs"]
        ):
            for name in reversed(ways) if pairs % 2 else ways:
                clocks[name].time(ways[name].step)
                spent += clocks[name].seconds[-1]
            pairs += 1
        rates.append(machine.measure())
    return clocks, rates


def _facts(plan: MeasurePlan, device: torch.device) -> dict[str, Any]:
    planned = vars(plan) | {"device": str(device)}
    return planned | {
        "points": int(np.prod(plan.shape)),
        "parameters": plan.model["parameters"],
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }
