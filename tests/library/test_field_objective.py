"""Training on a loss that needs the whole field: the gradient of the definition, part by part."""

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.entries import registry
from fieldbench.tasks._task import FieldTask, whole
from fieldbench.training.field_objective import FieldObjective
from fieldbench.training.fit import build, fit

WHERE = trial.place(2)
TRUTH = trial.smooth(WHERE.shape)
MODELS = ["bacon", "grid-tv", "grid", "ffn", "siren", "ga-planes", "gsplat-2d", "instant-ngp"]


class Curved(FieldTask):
    """Stands for an equation: a loss of differences between neighbours, no mean over points."""

    def observe(self, values, generator):
        return whole(values)

    def predict(self, field):
        return field

    def loss(self, field, values):
        bend = field[2:] + field[:-2] - 2 * field[1:-1]
        return bend.square().sum() + (field - values).exp().mean() ** 2


TASKS = {"tomography": registry.load("tasks", "tomography")(angles=20), "curved": Curved()}


def objective_of(name, task, at_once, structured=False):
    """A freshly built model off its start, and what its steps minimise."""
    seen = task.observe(TRUTH, np.random.default_rng(0))
    model = build(FitSpec.of(trial.plan_of(name, WHERE)))
    noise = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for values in model.parameters():
            values += 0.02 * torch.randn(values.shape, generator=noise)
    return model, FieldObjective(
        model, task, seen, points_at_once=at_once, whole=structured, device=torch.device("cpu")
    )


def defined(model, task, seen):
    """The loss as one graph over all points, and the gradient of it and the penalty."""
    outputs = model.predictions(seen.seen.points())
    values = torch.as_tensor(seen.values)
    losses = [task.loss(o.reshape(*WHERE.shape, -1), values) for o in outputs]
    loss = torch.stack(losses).mean()
    penalty = model.penalty()
    (loss if penalty is None else loss + penalty).backward()
    return loss.item(), gradient(model)


def gradient(model):
    parts = [torch.view_as_real(p.grad) if p.is_complex() else p.grad for p in model.parameters()]
    return torch.cat([part.reshape(-1) for part in parts])


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("name", MODELS)
def test_loss_and_gradient_are_those_of_the_definition(name, kind):
    task = TASKS[kind]
    model, _ = objective_of(name, task, 1)
    loss, wanted = defined(model, task, task.observe(TRUTH, np.random.default_rng(0)))
    ways = [(50, False), (10_000, False), *([(60, True)] if model.structured else [])]
    for at_once, structured in ways:
        model, objective = objective_of(name, task, at_once, structured)
        assert objective.backward() == pytest.approx(loss, rel=1e-4)
        largest = wanted.abs().max().item()
        torch.testing.assert_close(gradient(model), wanted, rtol=2e-3, atol=1e-4 * largest)


@pytest.mark.parametrize("name", ["siren", "bacon", "ga-planes"])
def test_a_part_is_no_larger_than_the_plan_says(name):
    _, objective = objective_of(name, TASKS["tomography"], 50)
    sizes = [len(part()[-1]) for part in objective.parts]
    assert max(sizes) == 50 and sum(sizes) == WHERE.points
    _, objective = objective_of(name, TASKS["tomography"], 50, structured=True)
    sizes = [len(part()[-1]) for part in objective.parts]
    assert sum(sizes) == WHERE.points


def test_between_the_passes_nothing_is_kept_of_a_part():
    """What autograd holds at once, in numbers, with all points at once and in parts of fifty."""
    held = []
    for at_once in (10_000, 50):
        alive, most = 0, 0

        class Kept:
            """Counts a tensor that autograd saved for as long as autograd keeps it."""

            def __init__(self, tensor):
                nonlocal alive, most
                self.tensor = tensor
                alive += tensor.numel()
                most = max(most, alive)

            def __del__(self):
                nonlocal alive
                alive -= self.tensor.numel()

        model, objective = objective_of("ffn", TASKS["tomography"], at_once)
        with torch.autograd.graph.saved_tensors_hooks(Kept, lambda kept: kept.tensor):
            objective.backward()
        weights = sum(p.numel() for p in model.parameters())
        held.append(most - weights)
    assert held[1] < held[0] / 3


def test_history_is_in_the_observed_domain_of_the_clamped_field():
    task = TASKS["tomography"]
    model, objective = objective_of("grid", task, 10_000, structured=True)
    seen = task.observe(TRUTH, np.random.default_rng(0))
    model.nodes.data = 3 * torch.rand(model.nodes.shape, generator=torch.Generator().manual_seed(1))
    field = model.on_lattice(seen.seen).detach()
    error = (task.predict(field.clamp(0, 1)) - torch.as_tensor(seen.values)).square().mean()
    assert objective.error() == pytest.approx(error.item(), rel=1e-5)
    assert objective.peak == seen.values.max() > 5


def fitted(name, seen, **changes):
    settings = {"task": "tomography", "task_settings": {"angles": 20}, **changes}
    return fit(seen, FitSpec.of(trial.plan_of(name, WHERE, **settings)), "none")


def test_psnr_of_the_history_has_the_largest_view_as_its_peak():
    seen = TASKS["tomography"].observe(TRUTH, np.random.default_rng(0))
    result = fitted("grid", seen, keep="last", steps=30, evaluations=3)
    found = np.clip(result.arrays["reconstruction"], 0, 1)
    views = TASKS["tomography"].predict(torch.as_tensor(found)).numpy()
    expected = 10 * np.log10(seen.values.max() ** 2 / np.square(views - seen.values).mean())
    assert result.arrays["history/psnr"][-1] == pytest.approx(expected, abs=1e-3)
    assert np.square(found - TRUTH).mean() < 0.2 * TRUTH.var()


@pytest.mark.parametrize("channels", [1, 3])
def test_constant_is_the_level_whose_views_come_closest(channels):
    truth = trial.smooth(WHERE.shape, channels)
    task = TASKS["tomography"]
    seen = task.observe(truth, np.random.default_rng(0))
    where = trial.place(2, channels)
    plan = trial.plan_of("constant", where, task="tomography", task_settings={"angles": 20})
    level = fit(seen, FitSpec.of(plan), "none").arrays["reconstruction"]
    assert np.ptp(level, axis=(0, 1)).max() == 0

    def error(values):
        field = torch.as_tensor(np.broadcast_to(values, truth.shape).astype(np.float32).copy())
        return task.loss(field, torch.as_tensor(seen.values)).item()

    best = level[0, 0]
    for other in (best + 0.003, best - 0.003):
        assert error(best) < error(other)
    np.testing.assert_allclose(best, truth.mean((0, 1)), atol=0.05)


def test_a_fit_in_smaller_parts_is_the_same_to_rounding():
    seen = TASKS["tomography"].observe(TRUTH, np.random.default_rng(0))
    one, other = (fitted("siren", seen, points_at_once=n, rate=1e-3) for n in (40, 10_000))
    for key in ("history/loss", "reconstruction"):
        np.testing.assert_allclose(one.arrays[key], other.arrays[key], rtol=5e-3, atol=2e-3)
