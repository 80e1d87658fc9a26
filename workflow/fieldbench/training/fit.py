"""Fit one cell: an observation in; a reconstruction, its history and its facts out."""

import hashlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fieldbench.models._field import Field
from fieldbench.plan.entries.registry import load
from fieldbench.results import provenance
from fieldbench.results.observation import Observation
from fieldbench.seeds import torch_stream
from fieldbench.tasks._task import FieldTask, FunctionTask, Task
from fieldbench.training.attempts import alone_if_need_be, must_be_ours, unless_out_of_memory
from fieldbench.training.checkpoint import Checkpoint
from fieldbench.training.device import describe, peak_bytes, prepare
from fieldbench.training.field_objective import FieldObjective
from fieldbench.training.function_objective import FunctionObjective, ModelFunction
from fieldbench.training.loop import Minimised, Progress, train
from fieldbench.training.objective import Objective
from fieldbench.training.reconstruction import kept_state, reconstruct

_SMALLER = 8  # after running out of memory, parts of a fit are this many times smaller
_SMALLEST_PART = 256


@dataclass(frozen=True)
class FitPlan:
    """Everything a fit needs besides its observation; plain values, as planned."""

    cell: dict[str, Any]  # task, signal, model, budget, seed
    task: dict[str, Any]  # kind, settings
    model: dict[str, Any]  # kind, settings, size, parameters, learning_rate, backend
    training: dict[str, Any]  # the preset's training settings
    device: str
    code: str  # the digest of the sources


@dataclass
class Result:
    """What a fit leaves; `store.write` takes it as it is."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    timing: dict[str, Any] = field(default_factory=dict)


def fit(
    observation: Observation,
    shape: tuple[int, ...],
    plan: FitPlan,
    checkpoint: str | Path,
    alone: Callable[[], bool] = lambda: False,
) -> Result:
    """Train one model. Divergence and exhausted memory become a status; all else raises.

    `alone` is for a device that is shared; see `attempts.alone_if_need_be`.
    """
    began = time.perf_counter()
    device = prepare(plan.device, plan.training["threads"])
    at_once = plan.training["points_at_once"]
    smaller = max(_SMALLEST_PART, at_once // _SMALLER)
    attempt = partial(_attempt, observation, shape, plan, device, checkpoint)
    result = alone_if_need_be(partial(attempt, at_once, True), device, alone)
    if result is None:
        print("Out of memory: once more, in smaller parts.", file=sys.stderr, flush=True)
        result = unless_out_of_memory(partial(attempt, smaller, False), device)
    if result is None:
        must_be_ours(device)
        result = _failure("out-of-memory", f"memory ran out, also in parts of {smaller} points")
    result.facts |= _facts(plan, device)
    result.timing |= {
        "seconds": time.perf_counter() - began,
        "peak_bytes": peak_bytes(device),
        "processor": describe(device),
    }
    return result


def identity(observation: Observation, shape: tuple[int, ...], plan: FitPlan) -> str:
    """What decides a fit: two of the same identity are the same."""
    told = f"{shape} {plan} {_digest(observation)} {provenance.versions('fit')}"
    return hashlib.sha256(told.encode()).hexdigest()


def build(plan: FitPlan, channels: int, shape: tuple[int, ...]) -> Field:
    """The model of a plan, freshly initialised on the CPU."""
    model = load("models", plan.model["kind"])(
        dims=len(shape),
        channels=channels,
        shape=tuple(shape),
        size=plan.model["size"],
        generator=torch_stream("init", plan.cell["model"], seed=plan.cell["seed"]),
        **plan.model["settings"],
    )
    model.backend = plan.model["backend"]
    counted = sum(p.numel() * (2 if p.is_complex() else 1) for p in model.parameters())
    if counted != plan.model["parameters"]:
        raise AssertionError(
            f"{plan.model['kind']} has {counted} parameters where its planning function "
            f"`parameters` says {plan.model['parameters']}"
        )
    return model


def _attempt(
    observation: Observation,
    shape: tuple[int, ...],
    plan: FitPlan,
    device: torch.device,
    checkpoint: str | Path,
    at_once: int,
    whole: bool,
) -> Result:
    model = build(plan, observation.channels, shape).to(device)
    settings = plan.training
    # A package may know no other way than whole lattices.
    whole = (whole or model.backend != "torch") and model.structured
    saver = Checkpoint(
        checkpoint,
        f"{at_once} {whole} {plan} {_digest(observation)}",
        settings["checkpoint_seconds"],
    )
    task = load("tasks", plan.task["kind"])(**plan.task["settings"])
    progress = _train(model, task, observation, plan, device, saver, at_once, whole)
    result = _record(progress, settings)
    result.facts |= {"points_at_once": at_once, "whole_lattice": whole}
    if progress.diverged:
        return _diverged(result, progress.diverged)
    if progress.best_state and settings["keep"] == "best":
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
    """What is left of a fit that diverged: its history and the reason."""
    result.facts |= {"status": "diverged", "reason": reason}
    return result


def _digest(observation: Observation) -> str:
    """What tells two observations apart, for the checkpoint."""
    sha = hashlib.sha256(f"{observation.seen} {observation.target}".encode())
    for array in (observation.values, observation.mask, *observation.beside.values()):
        sha.update(b"" if array is None else np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()


def _train(
    model: Field,
    task: Task,
    observation: Observation,
    plan: FitPlan,
    device: torch.device,
    saver: Checkpoint,
    at_once: int,
    whole: bool,
) -> Progress:
    if model.solve:
        values = torch.as_tensor(observation.values, device=device)
        mask = observation.mask
        shown = None if mask is None else torch.as_tensor(mask, device=device)
        model.solve(observation.seen, values, shown, task.predict)
        return Progress()
    objective = objective_of(model, task, observation, plan, device, at_once, whole)
    return train(model, objective, plan.training, plan.model["learning_rate"], saver)


def objective_of(
    model: Field,
    task: Task,
    observation: Observation,
    plan: FitPlan,
    device: torch.device,
    at_once: int,
    whole: bool,
) -> Minimised:
    """What a step minimises: point by point, over the whole field, or as the task alone knows."""
    given = {"points_at_once": at_once, "device": device}
    if isinstance(task, FieldTask):
        return FieldObjective(model, task, observation, **given, whole=whole)
    cell = plan.cell
    stream = torch_stream("batch", cell["task"], cell["signal"], seed=cell["seed"])
    given |= {"batch": plan.training["batch"], "stream": stream}
    if isinstance(task, FunctionTask):
        return FunctionObjective(model, task, observation, **given)
    return Objective(model, task, observation, **given, whole=whole)


def _record(progress: Progress, settings: dict[str, Any]) -> Result:
    steps, losses, psnrs = zip(*progress.history, strict=True) if progress.history else ((),) * 3
    best = progress.best_psnr if progress.best_psnr > -inf else 0.0
    facts = {
        "steps": progress.step,
        "kept": settings["keep"],
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


def _facts(plan: FitPlan, device: torch.device) -> dict[str, Any]:
    return {
        "cell": plan.cell,
        "task": plan.task,
        "model": plan.model,
        "training": plan.training,
        "parameters": plan.model["parameters"],
        "backend": plan.model["backend"],
        "device": str(device),
        "code": plan.code,
    }
