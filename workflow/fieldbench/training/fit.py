"""Fit one cell: an observation in; a reconstruction, its history and its facts out."""

import hashlib
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from fieldbench.models._field import Field
from fieldbench.plan.cells.cell import FitSpec, TrainingSpec
from fieldbench.plan.cells.plain import plain
from fieldbench.plan.entries.registry import load
from fieldbench.results.observation import Observation
from fieldbench.seeds import torch_stream
from fieldbench.tasks._task import FieldTask, FunctionTask, PointTask, Task
from fieldbench.training.attempts import (
    OWN_DEVICE,
    Slot,
    alone_if_need_be,
    must_be_ours,
    unless_out_of_memory,
)
from fieldbench.training.checkpoint import Checkpoint
from fieldbench.training.device import describe, peak_bytes, prepare
from fieldbench.training.field_objective import FieldObjective
from fieldbench.training.function_objective import FunctionObjective, ModelFunction
from fieldbench.training.loop import Minimised, Progress, train
from fieldbench.training.objective import Objective
from fieldbench.training.reconstruction import kept_state, reconstruct

_SMALLER = 8  # after running out of memory, parts of a fit are this many times smaller
_SMALLEST_PART = 256


@dataclass
class Result:
    """The arrays and facts of a finished fit, ready for `store.write`."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    timing: dict[str, Any] = field(default_factory=dict)


def fit(
    observation: Observation,
    spec: FitSpec,
    checkpoint: str | Path,
    slot: Slot = OWN_DEVICE,
) -> Result:
    """Train one model. Divergence and exhausted memory become a status; all else raises.

    `slot` is the place on a device that is shared; see `attempts.alone_if_need_be`.
    """
    began = time.perf_counter()
    device = prepare(spec.device, spec.training.threads)
    at_once = spec.training.points_at_once
    smaller = max(_SMALLEST_PART, at_once // _SMALLER)
    attempt = partial(_attempt, observation, spec, device, checkpoint)
    result = alone_if_need_be(partial(attempt, at_once, True), device, slot)
    if result is None:
        print("Out of memory: once more, in smaller parts.", file=sys.stderr, flush=True)
        result = unless_out_of_memory(partial(attempt, smaller, False), device)
    if result is None:
        must_be_ours(device)
        result = _failure("out-of-memory", f"memory ran out, also in parts of {smaller} points")
    result.facts |= _facts(spec, device)
    result.timing |= {
        "seconds": time.perf_counter() - began,
        "peak_bytes": peak_bytes(device),
        "processor": describe(device),
    }
    return result


def identity(observation: Observation, spec: FitSpec) -> str:
    """The digest of all that decides a fit: two fits of one identity are the same."""
    told = f"{spec} {_digest(observation)}"
    return hashlib.sha256(told.encode()).hexdigest()


def build(spec: FitSpec) -> Field:
    """The model of a fit, freshly initialised on the CPU."""
    planned, domain = spec.model, spec.domain
    model = load("models", planned.kind)(
        dims=domain.dims,
        channels=domain.channels,
        shape=domain.shape,
        size=planned.size,
        generator=torch_stream("init", spec.cell.model, seed=spec.cell.seed),
        **planned.settings,
    )
    model.backend = planned.backend
    counted = sum(p.numel() * (2 if p.is_complex() else 1) for p in model.parameters())
    if counted != planned.parameters:
        raise AssertionError(
            f"{planned.kind} has {counted} parameters where its planning function "
            f"`parameters` says {planned.parameters}"
        )
    return model


def _attempt(
    observation: Observation,
    spec: FitSpec,
    device: torch.device,
    checkpoint: str | Path,
    at_once: int,
    whole: bool,
) -> Result:
    model = build(spec).to(device)
    # A package may know no other way than whole lattices.
    whole = (whole or model.backend != "torch") and model.structured
    saver = Checkpoint(
        checkpoint,
        f"{at_once} {whole} {spec} {_digest(observation)}",
        spec.training.checkpoint_seconds,
    )
    task = load("tasks", spec.task.kind)(**spec.task.settings)
    progress = _train(model, task, observation, spec, device, saver, at_once, whole)
    result = _record(progress, spec.training)
    result.facts |= {"points_at_once": at_once, "whole_lattice": whole}
    if progress.diverged:
        return _diverged(result, progress.diverged)
    if progress.best_state and spec.training.keep == "best":
        model.load_state_dict(progress.best_state)
    if isinstance(task, FunctionTask):
        values = task.reconstruct(ModelFunction(model, task.derivatives), observation, at_once)
    else:
        values = reconstruct(model, observation.target, at_once, whole)
    if not np.isfinite(values).all():
        return _diverged(result, "the reconstruction holds values that are no numbers")
    result.arrays["reconstruction"] = values
    result.arrays |= kept_state(model)
    result.facts |= {
        "status": "ok",
        "reason": "",
        "bytes": sum(t.numel() * t.element_size() for t in model.state_dict().values()),
    }
    return result


def _diverged(result: Result, reason: str) -> Result:
    """The result of a fit that diverged: its history and the reason."""
    result.facts |= {"status": "diverged", "reason": reason}
    return result


def _digest(observation: Observation) -> str:
    """The digest of an observation, for the checkpoint."""
    sha = hashlib.sha256(f"{observation.seen} {observation.target}".encode())
    for array in (observation.values, observation.mask, *observation.beside.values()):
        sha.update(b"" if array is None else np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()


def _train(
    model: Field,
    task: Task,
    observation: Observation,
    spec: FitSpec,
    device: torch.device,
    saver: Checkpoint,
    at_once: int,
    whole: bool,
) -> Progress:
    if model.solve:
        values = torch.as_tensor(observation.values, device=device)
        mask = observation.mask
        shown = None if mask is None else torch.as_tensor(mask, device=device)
        linear = cast(PointTask | FieldTask, task)  # the plan gives such models no other
        model.solve(observation.seen, values, shown, linear.predict)
        return Progress()
    objective = objective_of(model, task, observation, spec, device, at_once, whole)
    return train(model, objective, spec.training, spec.model.learning_rate, saver)


def objective_of(
    model: Field,
    task: Task,
    observation: Observation,
    spec: FitSpec,
    device: torch.device,
    at_once: int,
    whole: bool,
) -> Minimised:
    """The objective of a fit: point by point, over the whole field, or as the task defines it."""
    given: dict[str, Any] = {"points_at_once": at_once, "device": device}
    if isinstance(task, FieldTask):
        return FieldObjective(model, task, observation, **given, whole=whole)
    cell = spec.cell
    stream = torch_stream("batch", cell.task, cell.signal, seed=cell.seed)
    given |= {"batch": spec.training.batch, "stream": stream}
    if isinstance(task, FunctionTask):
        return FunctionObjective(model, task, observation, **given)
    return Objective(model, cast(PointTask, task), observation, **given, whole=whole)


def _record(progress: Progress, training: TrainingSpec) -> Result:
    steps, losses, psnrs = zip(*progress.history, strict=True) if progress.history else ((),) * 3
    best = progress.best_psnr if progress.best_psnr > -inf else 0.0
    facts = {
        "steps": progress.step,
        "kept": training.keep,
        "best_step": progress.best_step,
        "best_psnr_shown": best,
    }
    arrays = {
        "history/step": np.array(steps, dtype=np.int64),
        "history/loss": np.array(losses, dtype=np.float64),
        "history/psnr": np.array(psnrs, dtype=np.float64),
    }
    seconds = progress.seconds
    timing = {"step_seconds": float(np.median(seconds))} if seconds else {}
    return Result(arrays, facts, timing | {"training_seconds": float(sum(seconds))})


def _failure(status: str, reason: str) -> Result:
    return Result(facts={"status": status, "reason": reason})


def _facts(spec: FitSpec, device: torch.device) -> dict[str, Any]:
    return {
        "cell": plain(spec.cell),
        "task": plain(spec.task),
        "model": plain(spec.model),
        "training": plain(spec.training),
        "parameters": spec.model.parameters,
        "backend": spec.model.backend,
        "device": str(device),
        "code": spec.code,
    }
