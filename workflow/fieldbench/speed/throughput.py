"""The speed of a training step, both ways, and how near it is to the machine's limits.

Steps are timed in pairs, one each way, now the one first and now the other, so that whatever else
the machine does meets both alike. Before, between and after them the machine's own rates are
measured in the same process.
"""

import copy
import math
import os
import platform
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from fieldbench.lattice import Lattice
from fieldbench.models._field import Field
from fieldbench.plan.analyses.specs import MeasureSpec, MeasuringSpec
from fieldbench.plan.cells.cell import Cell, FitSpec, TaskSpec
from fieldbench.plan.cells.plain import plain
from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.seeds import numpy_stream
from fieldbench.speed.first_step import First, first_step
from fieldbench.speed.peaks import Machine
from fieldbench.speed.step_variants import Ours, Textbook, Way, difference
from fieldbench.training.device import describe, prepare, synchronise
from fieldbench.training.fit import build

_MB = 10**6
_SMALLEST_PART = 256  # points
_FEW = 256  # points on which a textbook step is tried
_TINY = 8  # samples an axis of the lattice on which code is loaded


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


def measure(spec: MeasureSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts of the measurement, and what it found: seconds, rates, bytes."""
    bench = Bench(spec)
    ours = bench.apart(bench.ours)
    if ours is None:
        raise _too_large(spec)
    every = bench.every()
    textbook, at_once = bench.largest_part(every)
    same = ours if every == 1 else bench.apart(bench.same(every))
    agreement = _checked(spec, textbook, same)
    clocks, rates = _pairs(bench.ways(at_once, every), bench.machine(), spec.measuring)
    found = {
        "textbook": {"bytes": textbook.bytes, "points_at_once": at_once, "every": every},
        "ours": {"bytes": ours.bytes},
        "machine": {"flops": [r[0] for r in rates], "bytes": [r[1] for r in rates]},
        "gradient_difference": agreement,
        "processor": describe(bench.device),
        "load": os.getloadavg()[0],
    }
    for name, clock in clocks.items():
        found[name] |= {"seconds": clock.seconds, "cpu_seconds": clock.cpu_seconds}
    return _facts(spec, bench.device), found


class Bench:
    """A model and its target, and both ways of a step on them."""

    def __init__(self, spec: MeasureSpec):
        self.spec = spec
        # One thread yet: a pool of them would not survive the fork of a first step.
        self.device = prepare(spec.device, 1)
        self.model = _model(spec)
        self.seen = _noise(spec, spec.domain.shape)
        self.tiny = _noise(spec, (_TINY,) * spec.domain.dims)

    def ours(self, observation: Observation) -> Way:
        training = self.spec.training
        torch.set_num_threads(training.threads)
        return Ours(copy.deepcopy(self.model), observation, self.device, training)

    def textbook(
        self, observation: Observation, at_once: int, every: int = 1, fast: bool = False
    ) -> Way:
        torch.set_num_threads(self.spec.training.threads)
        model = copy.deepcopy(self.model)
        return Textbook(model, observation, self.device, at_once, every, fast)

    def same(self, every: int) -> Callable[[Observation], Way]:
        """The way of a fit on the points of the textbook's."""
        return partial(self.textbook, at_once=self.seen.seen.size, every=every, fast=True)

    def every(self) -> int:
        """One point in so many is what the textbook does in its time; found with few points."""
        points = self.seen.seen.size
        apart = max(1, points // _FEW)
        clock = Clock(self.device)
        # On one thread: see above.
        few = Textbook(copy.deepcopy(self.model), self.seen, self.device, points, apart)
        few.step()
        clock.time(few.step)
        whole = clock.seconds[0] * apart
        return min(apart, max(1, math.ceil(whole / self.spec.measuring.textbook_seconds)))

    def apart(self, make: Callable[[Observation], Way]) -> First | None:
        """The first step of a way in its own process; None when memory does not hold it."""
        most = self.spec.measuring.memory_mb * _MB
        return first_step(lambda: make(self.tiny), lambda: make(self.seen), self.device, most)

    def largest_part(self, every: int) -> tuple[First, int]:
        """The textbook's first step in the largest parts that memory holds: all, or halves."""
        at_once = -(-self.seen.seen.size // every)
        part = partial(self.textbook, every=every)
        while (first := self.apart(partial(part, at_once=at_once))) is None:
            if at_once <= _SMALLEST_PART:
                raise UserError(
                    f"A textbook step on {at_once} points does not fit in memory.",
                    "Raise memory_mb in the throughput file, or free some memory.",
                )
            at_once = -(-at_once // 2)
        return first, at_once

    def ways(self, at_once: int, every: int) -> dict[str, Way]:
        """Both ways, warm: their code is loaded, and tables that a model keeps are made."""
        self.textbook(self.tiny, at_once).step()
        self.ours(self.tiny).step()
        textbook = self.textbook(self.seen, at_once, every)
        ways = {"textbook": textbook, "ours": self.ours(self.seen)}
        if self.model.structured:
            ways["ours"].step()
        return ways

    def machine(self) -> Machine:
        given = self.spec.measuring
        return Machine(self.device, given.matrix, given.copy_mb, given.tries)


def _model(spec: MeasureSpec) -> Field:
    """The model of a spec, as a fit would start with it."""
    cell = Cell("represent", spec.cell.place, spec.cell.model, spec.cell.budget, seed=0)
    return build(
        FitSpec(
            cell=cell,
            task=TaskSpec("represent", {}),
            domain=spec.domain,
            model=spec.model,
            training=spec.training,
            device=spec.device,
            sees="represent",
            code=spec.code,
        )
    )


def _noise(spec: MeasureSpec, shape: tuple[int, ...]) -> Observation:
    """A target of noise in [0, 1]: no step takes longer or shorter for what is in it."""
    stream = numpy_stream("throughput", spec.cell.place)
    values = stream.random((*shape, spec.domain.channels), dtype=np.float32)
    lattice = Lattice(shape)
    return Observation(values, lattice, lattice)


def _too_large(spec: MeasureSpec) -> UserError:
    name = f"{spec.cell.model} of {spec.cell.budget} at {spec.cell.place}"
    return UserError(
        f"A step of {name} takes more than {spec.measuring.memory_mb} MB, or than is free.",
        "Raise memory_mb in the throughput file, or free some memory.",
    )


def _checked(spec: MeasureSpec, textbook: First, ours: First) -> float:
    """How far the two gradients are apart, relative to the textbook's; too far raises."""
    apart = difference(*(torch.from_numpy(first.gradient) for first in (textbook, ours)))
    if not apart <= spec.measuring.tolerance:
        raise AssertionError(
            f"the two ways of {spec.cell.model} do not agree: their gradients differ by "
            f"{apart:.3g} of their length, where {spec.measuring.tolerance} is allowed"
        )
    return apart


def _pairs(
    ways: dict[str, Way], machine: Machine, limits: MeasuringSpec
) -> tuple[dict[str, Clock], list[tuple[float, float]]]:
    """Time pairs of steps, at least some and then as many as there is time for."""
    clocks = {name: Clock(machine.device) for name in ways}
    rates = [machine.measure()]
    spent, pairs = 0.0, 0
    for share in (0.5, 1.0):
        while pairs < share * limits.least_pairs or (
            spent < share * limits.seconds and pairs < limits.most_pairs
        ):
            for name in reversed(ways) if pairs % 2 else ways:
                clocks[name].time(ways[name].step)
                spent += clocks[name].seconds[-1]
            pairs += 1
        rates.append(machine.measure())
    return clocks, rates


def _facts(spec: MeasureSpec, device: torch.device) -> dict[str, Any]:
    told = {key: value for key, value in plain(spec).items() if key != "domain"}
    return told | {
        "device": str(device),
        "shape": list(spec.domain.shape),
        "channels": spec.domain.channels,
        "points": spec.domain.points,
        "parameters": spec.model.parameters,
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }
