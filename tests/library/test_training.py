"""The training loop: the same numbers every time, by whichever way they are computed."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.models._variation import total_variation
from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.entries import registry
from fieldbench.results import store
from fieldbench.training.fit import build, fit
from fieldbench.training.loop import evaluation_steps, train
from fieldbench.training.objective import Objective

WHERE = trial.place(2)
TRUTH = trial.smooth(WHERE.shape)
FIT_ANEW = """
import sys
from helpers import trial
from fieldbench.results import store
from fieldbench.plan.cells.cell import FitSpec
from fieldbench.training.fit import fit
where = trial.place(2)
seen = trial.observed(trial.smooth(where.shape), "inpaint")
for name in sys.argv[2:]:
    result = fit(seen, FitSpec.of(trial.plan_of(name, where, batch=50)), "none")
    store.write(f"{sys.argv[1]}/{name}.h5", "fit", result.arrays, result.facts, result.timing)
"""


def fitted(name, seen=None, **changes):
    """The result of a real fit of the trial picture."""
    seen = seen or trial.observed(TRUTH)
    return fit(seen, FitSpec.of(trial.plan_of(name, WHERE, **changes)), "none")


def objective_of(name, seen, *, batch="all", at_once=64, whole=True):
    """A freshly built model and what its steps minimise."""
    model = build(FitSpec.of(trial.plan_of(name, WHERE)))
    return model, Objective(
        model, registry.load("tasks", "represent")(), seen, batch=batch, points_at_once=at_once,
        whole=whole, device=torch.device("cpu"), stream=torch.Generator().manual_seed(0),
    )  # fmt: skip


def gradient(model):
    return torch.cat([p.grad.reshape(-1) for p in model.parameters()])


def test_a_fit_is_the_same_bits_twice_and_in_another_process(tmp_path):
    names = registry.names("models")
    trial.python(FIT_ANEW, tmp_path, *names)
    for name in names:
        for file in ("one.h5", "two.h5"):
            result = fitted(name, trial.observed(TRUTH, "inpaint"), batch=50)
            store.write(tmp_path / file, "fit", result.arrays, result.facts, result.timing)
        files = ("one.h5", "two.h5", f"{name}.h5")
        assert len({store.digest(tmp_path / file) for file in files}) == 1, name


def test_another_seed_makes_another_fit():
    one, other = (fitted("siren", seed=s).arrays["reconstruction"] for s in (1, 2))
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("name", ["grid", "siren", "ffn"])
@pytest.mark.parametrize("batch", ["all", 100])
def test_points_at_once_change_nothing_beyond_rounding(name, batch):
    results = [fitted(name, batch=batch, points_at_once=n) for n in (7, 100, 10_000)]
    for other in results[1:]:
        for key in ("history/loss", "history/psnr", "reconstruction"):
            np.testing.assert_allclose(other.arrays[key], results[0].arrays[key], rtol=2e-3,
                                       atol=2e-4)  # fmt: skip


@pytest.mark.parametrize("task", ["represent", "inpaint"])
@pytest.mark.parametrize("name", ["grid", "siren"])
def test_loss_and_gradient_are_those_of_the_definition(name, task):
    seen = trial.observed(TRUTH, task)
    model, _ = objective_of(name, seen)
    shown = np.ones(WHERE.shape, bool) if seen.mask is None else seen.mask
    points = seen.seen.points()[shown.reshape(-1)]
    expected = (model(points) - torch.as_tensor(seen.values[shown])).square().mean()
    expected.backward()
    wanted = gradient(model)
    ways = [(False, 13), (False, 10_000), *([(True, 1)] if model.structured else [])]
    for whole, at_once in ways:
        model, objective = objective_of(name, seen, at_once=at_once, whole=whole)
        assert objective.backward() == pytest.approx(expected.item(), rel=1e-5)
        largest = wanted.abs().max().item()
        torch.testing.assert_close(gradient(model), wanted, rtol=1e-4, atol=1e-5 * largest)
        clamped = (model(points).clamp(0, 1) - torch.as_tensor(seen.values[shown])).square().mean()
        assert objective.error() == pytest.approx(clamped.item(), rel=1e-5)


def test_mini_batches_visit_every_point_once_a_pass():
    seen = trial.observed(TRUTH, "inpaint", shown=0.5)
    count = int(seen.mask.sum())
    _, objective = objective_of("siren", seen, batch=50, whole=False)
    passes = []
    for _ in range(3):
        chosen = [objective._choose() for _ in range(math.ceil(count / 50))]
        assert [len(c) for c in chosen[:-1]] == [50] * (len(chosen) - 1)
        passes.append(torch.cat(chosen).tolist())
    assert all(sorted(p) == list(range(count)) for p in passes)
    assert passes[0] != passes[1] != passes[2]


def test_a_batch_larger_than_the_signal_is_all_of_it():
    all_points, many = (fitted("siren", batch=b).arrays for b in ("all", 10_000))
    np.testing.assert_array_equal(all_points["reconstruction"], many["reconstruction"])


@pytest.mark.parametrize(
    ("steps", "evaluations", "expected"),
    [(1000, 10, {1, *range(100, 1001, 100)}), (10, 2, {1, 5, 10}), (1, 1, {1}), (1, 10, {1}),
     (3, 10, {1, 2, 3}), (7, 1, {1, 7})],
)  # fmt: skip
def test_evaluation_steps(steps, evaluations, expected):
    assert evaluation_steps(steps, evaluations) == expected


def test_history_is_of_the_evaluated_steps():
    arrays = fitted("grid", steps=20, evaluations=4).arrays
    assert arrays["history/step"].tolist() == [1, 5, 10, 15, 20]
    assert arrays["history/loss"].shape == arrays["history/psnr"].shape == (5,)
    assert fitted("constant").arrays["history/step"].shape == (0,)


def test_best_keeps_the_best_evaluation_and_last_the_last():
    common = {"steps": 9, "evaluations": 9, "rate": 0.45}  # so large that it swings
    best, last = (fitted("grid", keep=k, **common) for k in ("best", "last"))
    psnr = best.arrays["history/psnr"]
    np.testing.assert_array_equal(psnr, last.arrays["history/psnr"])
    at = int(np.argmax(psnr))
    assert at < len(psnr) - 1, "the trial must swing for this test to tell the two apart"
    assert best.facts["best_step"] == best.arrays["history/step"][at]

    def found(result):
        values = np.clip(result.arrays["reconstruction"], 0, 1)
        return -10 * math.log10(((values - trial.observed(TRUTH).values) ** 2).mean())

    assert found(best) == pytest.approx(psnr[at], abs=1e-3)
    assert found(last) == pytest.approx(psnr[-1], abs=1e-3)
    assert (best.facts["kept"], last.facts["kept"]) == ("best", "last")


@pytest.mark.parametrize(
    ("schedule", "floor"), [("constant", 0.0), ("cosine", 0.0), ("cosine", 0.25)]
)
def test_schedules_against_adam_by_hand(schedule, floor):
    seen = trial.observed(TRUTH)
    settings = trial.training(steps=6, schedule=schedule, floor=floor, betas=(0.8, 0.9))
    model, objective = objective_of("siren", seen)
    objective_by_hand = objective_of("siren", seen)
    train(model, objective, settings, 1e-2)
    other, by_hand = objective_by_hand
    adam = torch.optim.Adam(other.parameters(), lr=1e-2, betas=(0.8, 0.9), eps=1e-8)
    for step in range(6):
        if schedule == "cosine":
            wave = (1 + math.cos(math.pi * step / 6)) / 2
            adam.param_groups[0]["lr"] = 1e-2 * floor + (1e-2 - 1e-2 * floor) * wave
        adam.zero_grad()
        by_hand.backward()
        adam.step()
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 5, 7), (3, 4, 6), (1, 3, 4, 5)])
def test_total_variation_is_the_brute_force_one(shape):
    nodes = torch.rand(shape, generator=torch.Generator().manual_seed(0)) * 0.01
    lengths = []
    for channel in nodes.double():
        inner = itertools.product(*(range(n - 1) for n in channel.shape))
        for index in inner:
            squares = 0.0
            for axis in range(channel.dim()):
                ahead = tuple(i + (k == axis) for k, i in enumerate(index))
                squares += float(channel[ahead] - channel[index]) ** 2
            lengths.append(math.sqrt(max(squares, 1e-6)))
    assert min(lengths) == pytest.approx(1e-3, rel=3), "the floor must matter here"
    assert total_variation(nodes).item() == pytest.approx(np.mean(lengths), rel=1e-5)


@pytest.mark.parametrize("whole", [True, False])
def test_total_variation_is_added_to_the_gradient(whole):
    seen = trial.observed(np.random.default_rng(0).random((*WHERE.shape, 1)))
    gradients = []
    for tv in (0.0, 0.7):
        model, objective = objective_of("grid-tv", seen, whole=whole)
        model.nodes.data = torch.rand(model.nodes.shape, generator=torch.Generator().manual_seed(1))
        model.tv = tv
        loss = objective.backward()
        gradients.append(gradient(model))
    model.nodes.grad = None
    (0.7 * total_variation(model.nodes)).backward()
    torch.testing.assert_close(gradients[1] - gradients[0], gradient(model), rtol=1e-3, atol=1e-7)
    assert loss == pytest.approx(objective.error(), rel=0.5), "the loss is told without it"


@pytest.mark.parametrize(("name", "batch"), [("grid", "all"), ("siren", "all"), ("ffn", 30)])
def test_hidden_values_do_not_influence_a_fit(name, batch):
    seen = trial.observed(TRUTH, "inpaint")
    rubbish = np.where(seen.mask[..., None], seen.values, np.float32(1e6))
    one = fitted(name, seen, batch=batch)
    other = fitted(name, replace(seen, values=rubbish), batch=batch)
    for key in one.arrays:
        np.testing.assert_array_equal(one.arrays[key], other.arrays[key])
    assert fitted("constant", seen).arrays["reconstruction"].max() < 1


def test_facts_say_what_was_fitted():
    result = fitted("grid")
    plan = trial.plan_of("grid", WHERE)
    for key in ("cell", "task", "model", "training"):
        assert result.facts[key] == plan[key]
    assert result.facts["parameters"] == result.facts["bytes"] // 4
    assert result.facts["steps"] == 10
    assert set(result.timing) >= {"seconds", "training_seconds", "step_seconds", "peak_bytes"}
