"""Probe: a few real steps of a planned fit on a few rows of its lattice."""

import resource
import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np

from fieldbench.plan.entries.registry import load
from fieldbench.seeds import numpy_stream
from fieldbench.training.device import prepare, synchronise
from fieldbench.training.fit import FitPlan, build, objective_of
from fieldbench.training.loop import make_optimiser

REPEATS = 3
LONG = 1.0  # seconds of a step after which one more is not worth its time
LEAST = 1e-9  # seconds: what is too fast to be told from nothing


def measure(plan: FitPlan, shape: tuple[int, ...], channels: int, points: int) -> dict[str, float]:
    """Seconds of a step besides its points, and a point, from about `points` and another number.

    That is four times as many, or a quarter where a step takes long. Where the lattice has no
    other, all of a step's time counts as the points'.
    """
    rows = min(max(1, points * shape[0] // int(np.prod(shape))), shape[0])
    first = _step(plan, shape, (rows, *shape[1:]), channels)
    other = max(1, rows // 4) if first > LONG else min(4 * rows, shape[0])
    each = int(np.prod(shape[1:]))
    if other == rows:
        return {"step": LEAST, "point": first / (rows * each)}
    second = _step(plan, shape, (other, *shape[1:]), channels)
    point = max((second - first) / ((other - rows) * each), LEAST)
    return {"step": max(first - point * rows * each, LEAST), "point": point}


def _step(plan: FitPlan, shape: tuple[int, ...], cut: tuple[int, ...], channels: int) -> float:
    """The median seconds of a step on a lattice of shape `cut`, after one to warm up."""
    device = prepare(plan.device, plan.training["threads"])
    values = numpy_stream("probe", seed=0).random((*cut, channels))
    task = load("tasks", plan.task["kind"])(**plan.task["settings"])
    observation = task.observe(values, numpy_stream("probe noise", seed=0))
    model = build(plan, channels, shape).to(device)
    at_once = plan.training["points_at_once"]
    objective = objective_of(model, task, observation, plan, device, at_once, model.structured)
    optimiser = make_optimiser(model, plan.training, 0.0)
    # One thread's own time leaves out what neighbours take of the machine just now.
    alone = device.type == "cpu" and plan.training["threads"] == 1
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


def measure_all(plans: list[dict[str, Any]], points: int) -> dict[str, Any]:
    """Measure planned fits one after the other, each as `Run.fit_params` gives it."""
    found = []
    for planned in plans:
        plan = dict(planned["fit"])
        shape = tuple(plan.pop("shape"))
        cost = measure(FitPlan(**plan), shape, planned["channels"], points)
        found.append({"kind": planned["kind"], "parameters": plan["model"]["parameters"]} | cost)
        print(f"{planned['kind']}: {cost}", flush=True)
    return {"start": start_up(), "steps": found}
