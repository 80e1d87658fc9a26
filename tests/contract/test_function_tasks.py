"""What tasks owe that know a model as a function: a loss of parts, and how often they ask it."""

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.plan.entries import registry
from fieldbench.tasks._task import Draw

FUNCTION = [n for n in registry.names("tasks") if registry.declare("tasks", n).facts.function]
ENTRIES = [entry for entry in trial.entries("tasks") if entry[0] in FUNCTION]


class Wave(torch.nn.Module):
    """A function with one number to learn, whose derivatives all differ."""

    def __init__(self, dims, channels):
        super().__init__()
        self.turns = torch.nn.Parameter(torch.ones(1))
        self.phases = torch.arange(float(channels))
        self.across = torch.linspace(1.0, 0.5, dims)

    def forward(self, points):
        return torch.sin(self.turns * (points @ self.across)[:, None] + self.phases)


@pytest.mark.parametrize(("name", "dims", "channels"), ENTRIES)
def test_a_loss_of_functions_adds_up_from_its_parts(name, dims, channels):
    truth = trial.truth(name, dims, channels)
    task, seen = registry.load("tasks", name)(), trial.observed(truth, name)
    given = task.prepare(seen, torch.device("cpu"))
    found = []
    for at_once in (10**6, 7):
        model = Wave(len(trial.mapped(name, truth.shape[:-1], channels)[0]), seen.channels)
        draw = Draw(None, at_once, torch.Generator().manual_seed(0))
        total = 0.0
        for loss in task.losses(model, given, draw):
            loss.backward()
            total += loss.item()
        found.append((total, model.turns.grad.item(), task.error(model, given, at_once)))
    assert all(np.isfinite(found[0])) and found[0][1] != 0
    np.testing.assert_allclose(found[1], found[0], rtol=1e-4)
    drawn = [
        [x.item() for x in task.losses(model, given, Draw(9, 4, torch.Generator().manual_seed(s)))]
        for s in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    values = task.reconstruct(model, seen, 50)
    assert values.shape == truth.shape
    assert values.dtype == np.float32


@pytest.mark.parametrize("name", FUNCTION)
def test_a_task_tells_how_often_a_step_evaluates_its_model(name):
    declared = registry.declare("tasks", name)
    shape = trial.truth(name, declared.facts.dims[0], 1).shape[:-1]
    told = [declared.functions["evaluations"](n, shape=shape, **declared.settings) for n in (9, 90)]
    assert 9 <= told[0] <= told[1] and all(isinstance(n, int) for n in told)


@pytest.mark.parametrize("name", FUNCTION)
def test_a_task_differentiates_as_often_as_it_says(name):
    task = registry.load("tasks", name)
    assert task.derivatives == registry.declare("tasks", name).facts.derivatives
    truth = trial.truth(name, task.dims[0], 1)
    dims = len(trial.mapped(name, truth.shape[:-1], truth.shape[-1])[0])
    seen = trial.observed(truth, name)
    given = task().prepare(seen, torch.device("cpu"))
    orders = []

    class Sine(torch.autograd.Function):
        """A sine, whose every derivative is such a function too and tells that it was taken."""

        @staticmethod
        def forward(ctx, values, order):
            ctx.save_for_backward(values)
            ctx.order = order
            return torch.sin(values + order * np.pi / 2)

        @staticmethod
        def backward(ctx, upward):
            orders.append(ctx.order + 1)
            (values,) = ctx.saved_tensors
            return upward * Sine.apply(values, ctx.order + 1), None

    across = torch.linspace(1.0, 0.5, dims)
    spread = torch.ones(1, seen.channels)
    task().error(lambda p: Sine.apply((p @ across)[:, None] * spread, 0), given, 1000)
    assert max(orders, default=0) == task.derivatives
