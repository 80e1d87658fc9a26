"""Probe: a few real steps of a planned fit on a few rows of its lattice."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.entries.registry import load
from fieldbench.seeds import numpy_stream
from fieldbench.training.device import prepare, synchronise
from fieldbench.training.fit import build, objective_of
from fieldbench.training.loop import make_optimiser

REPEATS = 3
LONG = 1.0  # seconds of a step after which one more is not worth its time
LEAST = 1e-9  # seconds: what is too fast to be told from nothing


def measure(spec: FitSpec, points: int) -> dict[str, float]:
    """Seconds of a step besides its points, and a point, from about `points` and another number.

    That is four times as many, or a quarter where a step takes long. Where the lattice has no
    other, all of a step's time counts as the points'.
    """
    shape = spec.domain.shape
    rows = min(max(1, points * shape[0] // int(np.prod(shape))), shape[0])
    first = _step(spec, rows)
    other = max(1, rows // 4) if first > LONG else min(4 * rows, shape[0])
    each = int(np.prod(shape[1:]))
    if other == rows:
        return {"step": LEAST, "point": first / (rows * each)}
    second = _step(spec, other)
    point = max((second - first) / ((other - rows) * each), LEAST)
    return {"step": max(first - point * rows * each, LEAST), "point": point}


def _step(spec: FitSpec, rows: int) -> float:
    """The median seconds of a step on so many rows of the lattice, after one to warm up."""
    training, domain = spec.training, spec.domain
    device = prepare(spec.device, training.threads)
    cut = (rows, *domain.shape[1:], domain.channels)
    values = numpy_stream("probe", seed=0).random(cut)
    task = load("tasks", spec.task.kind)(**spec.task.settings)
    observation = task.observe(values, numpy_stream("probe noise", seed=0))
    model = build(spec).to(device)
    at_once = training.points_at_once
    objective = objective_of(model, task, observation, spec, device, at_once, model.structured)
    optimiser = make_optimiser(model, training, 0.0)
    # One thread's own time leaves out what neighbours take of the machine just now.
    alone = device.type == "cpu" and training.threads == 1
    clock = time.thread_time if alone else time.perf_counter
    taken: list[float] = []
    while len(taken) < 2 or (len(taken) <= REPEATS and taken[-1] < LONG):
        began = clock()
        optimiser.zero_grad(set_to_none=True)
        objective.backward()
        optimiser.step()
        synchronise(device)
        taken.append(clock() - began)
    return statistics.median(taken[1:])


def start_up() -> float:
    """The processor's seconds that a fresh interpreter takes to load what a fit needs."""
    before = _children()
    load = f"import sys; sys.path[:0] = {sys.path!r}; import fieldbench.training.fit"
    subprocess.run([sys.executable, "-c", load], check=True)
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure_all(
    plans: list[dict[str, Any]],
    points: int,
    note: Callable[[str], object] = lambda text: None,
) -> dict[str, Any]:
    """Measure fits of several kinds one after the other, each as `forecast.probe_params` has it.

    `note` is told how far the measurement is.
    """
    found = []
    for number, planned in enumerate(plans):
        note(f"{number} of {len(plans)} measured")
        spec, kind = FitSpec.of(planned["fit"]), planned["kind"]
        cost = measure(spec, points)
        found.append({"kind": kind, "parameters": spec.model.parameters} | cost)
        print(f"{kind}: {cost}", flush=True)
    return {"start": start_up(), "steps": found}
