"""The one training loop."""

import copy
import math
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch

from fieldbench.models._field import Field
from fieldbench.plan.cells.cell import TrainingSpec
from fieldbench.training.checkpoint import Checkpoint
from fieldbench.training.device import synchronise


class Minimised(Protocol):
    """An objective: the loss that training minimises."""

    peak: float  # the largest value that an error is held against, in the history's PSNR

    def backward(self) -> float:
        """Add one step's gradient to the parameters; the loss, without the penalty."""

    def error(self) -> float:
        """The mean square error over all that was shown."""

    def state(self) -> dict[str, torch.Tensor]:
        """What a checkpoint must keep beside the model and the optimiser."""

    def restore(self, state: dict[str, torch.Tensor]) -> None: ...


@dataclass
class Progress:
    """The progress of a fit: its history, its best state, the seconds its steps took."""

    step: int = 0
    history: list[tuple[int, float, float]] = field(default_factory=list)  # step, loss, PSNR
    best_psnr: float = -math.inf
    best_step: int = 0
    best_state: dict[str, torch.Tensor] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    diverged: str = ""  # why training stopped before its time


def train(
    model: Field,
    objective: Minimised,
    training: TrainingSpec,
    learning_rate: float,
    checkpoint: Checkpoint | None = None,
) -> Progress:
    """Train a model in place, until the end or until it diverges."""
    steps = training.steps
    optimiser = make_optimiser(model, training, learning_rate)
    progress = Progress()
    saved = checkpoint.load() if checkpoint else None
    if saved:
        progress = _restore(saved, model, objective, optimiser)
        print(f"going on from step {progress.step} of {steps}", flush=True)
    evaluations = evaluation_steps(steps, training.evaluations)
    device = next(model.parameters()).device
    while progress.step < steps and not progress.diverged:
        began = time.perf_counter()
        for group in optimiser.param_groups:
            group["lr"] = learning_rate * rate_share(progress.step / steps, training)
        optimiser.zero_grad(set_to_none=True)
        loss = objective.backward()
        optimiser.step()
        synchronise(device)
        progress.seconds.append(time.perf_counter() - began)
        progress.step += 1
        if not math.isfinite(loss):
            progress.diverged = f"the loss became {loss} at step {progress.step}"
        elif progress.step in evaluations:
            _evaluate(model, objective, progress, loss)
        if checkpoint and checkpoint.due():
            checkpoint.save(_state(model, objective, optimiser, progress))
    return progress


def make_optimiser(
    model: Field, training: TrainingSpec, learning_rate: float
) -> torch.optim.Optimizer:
    """Adam as a preset's training settings ask for it."""
    return torch.optim.Adam(
        model.parameters(),
        lr=learning_rate,
        betas=training.betas,
        eps=training.epsilon,
        fused=True,
    )


def evaluation_steps(steps: int, evaluations: int) -> set[int]:
    """Step 1, and as many more at even distances, the last step among them."""
    return {1, *(max(1, round(steps * (k + 1) / evaluations)) for k in range(evaluations))}


def rate_share(done: float, training: TrainingSpec) -> float:
    """The share of the first learning rate that is left after a share of the steps."""
    if training.schedule == "constant":
        return 1.0
    floor = training.floor
    return floor + (1 - floor) * (1 + math.cos(math.pi * done)) / 2


def _evaluate(model: Field, objective: Minimised, progress: Progress, loss: float) -> None:
    error = objective.error()
    if not math.isfinite(error):
        progress.diverged = f"the model's values are no numbers at step {progress.step}"
        return
    psnr = math.inf if error == 0 else -10 * math.log10(error / objective.peak**2)
    progress.history.append((progress.step, loss, psnr))
    print(f"step {progress.step}  loss {loss:.6g}  psnr {psnr:.2f} dB", flush=True)
    if psnr > progress.best_psnr or not progress.best_state:
        progress.best_psnr, progress.best_step = psnr, progress.step
        progress.best_state = copy.deepcopy(model.state_dict())


def _state(
    model: Field, objective: Minimised, optimiser: torch.optim.Optimizer, progress: Progress
) -> dict[str, Any]:
    return {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "objective": objective.state(),
        "progress": vars(progress),
    }


def _restore(
    saved: dict[str, Any], model: Field, objective: Minimised, optimiser: torch.optim.Optimizer
) -> Progress:
    model.load_state_dict(saved["model"])
    optimiser.load_state_dict(saved["optimiser"])
    objective.restore(saved["objective"])
    return Progress(**saved["progress"])
