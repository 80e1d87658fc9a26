"""One training step, written two ways: as a textbook does, and as a fit here does it.

Both start from the same weights and stay there: their learning rate is zero, so the optimiser does
all its arithmetic and moves nothing. Every step is then the same work, however many are timed, and
none diverges.
"""

from typing import Protocol

import torch

from fieldbench.models._field import Field, predictor
from fieldbench.plan.cells.cell import TrainingSpec
from fieldbench.plan.entries.registry import load
from fieldbench.results.observation import Observation
from fieldbench.seeds import torch_stream
from fieldbench.training.loop import make_optimiser
from fieldbench.training.objective import Objective

STANDING = 0.0  # the learning rate of both ways


class Way(Protocol):
    """Something whose steps can be timed; `model` holds the last step's gradient."""

    model: Field

    def step(self) -> None: ...


class Textbook:
    """The model's values at all points at once, plain autograd, and Adam.

    Of a model whose textbook takes too long, only one point in `every` is taken. With `fast` these
    points go the way of a fit instead, to compare.
    """

    def __init__(
        self,
        model: Field,
        observation: Observation,
        device: torch.device,
        at_once: int,
        every: int = 1,
        fast: bool = False,
    ):
        self.model = model.to(device)
        self.predict = predictor(model) if fast else model.predictions
        self.points = observation.seen.points(device)[::every]
        values = torch.as_tensor(observation.values, device=device)
        self.target = values.reshape(-1, values.shape[-1])[::every]
        self.at_once = at_once  # all, or as many as memory holds
        self.optimiser = torch.optim.Adam(model.parameters(), lr=STANDING, foreach=True)

    def step(self) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        for first in range(0, len(self.points), self.at_once):
            rows = slice(first, first + self.at_once)
            predictions = self.predict(self.points[rows])
            losses = [(p - self.target[rows]).square().sum() for p in predictions]
            (torch.stack(losses).mean() / self.target.numel()).backward()
        penalty = self.model.penalty()
        if penalty is not None:
            penalty.backward()
        self.optimiser.step()


class Ours:
    """The objective and the optimiser of a fit, with the settings of a fit."""

    def __init__(
        self,
        model: Field,
        observation: Observation,
        device: torch.device,
        training: TrainingSpec,
    ):
        self.model = model.to(device)
        self.objective = Objective(
            self.model,
            load("tasks", "represent")(),
            observation,
            batch="all",  # as the textbook
            points_at_once=training.points_at_once,
            whole=model.structured,
            device=device,
            stream=torch_stream("batch"),
        )
        self.optimiser = make_optimiser(self.model, training, STANDING)

    def step(self) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        self.objective.backward()
        self.optimiser.step()


@torch.no_grad()
def gradient(model: Field) -> torch.Tensor:
    """All gradients of a model in one row, float64 on the CPU; complex ones as two numbers."""
    parts = []
    for parameter in model.parameters():
        found = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        found = torch.view_as_real(found) if found.is_complex() else found
        parts.append(found.detach().reshape(-1).double().cpu())
    return torch.cat(parts)


def difference(one: torch.Tensor, other: torch.Tensor) -> float:
    """The length of the difference of two gradients over the length of the first."""
    return float((one - other).norm() / one.norm().clamp(min=torch.finfo(one.dtype).tiny))
