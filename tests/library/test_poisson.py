"""Poisson images: what is shown of a known function, and what a fit makes of it."""

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.lattice import Lattice
from fieldbench.plan.cells.cell import FitSpec, TaskSpec
from fieldbench.plan.cells.planner import plan_cells
from fieldbench.plan.cells.resolve import Resolver
from fieldbench.plan.config.presets import read_preset
from fieldbench.plan.entries import registry
from fieldbench.scoring import Scorer
from fieldbench.tasks._derivatives import gradient, laplacian
from fieldbench.training.fit import fit

TASKS = ("poisson-gradient", "poisson-laplacian")
PRESET = """
signals: {photo: {length: 32}}
studies:
  one:
    question: "?"
    tasks: [poisson-gradient, poisson-laplacian]
    signals: [photo]
    models: [mlp-identity-relu]
    budgets: [1000]
    metrics: [psnr-aligned]
"""


def function(points):
    """sin(2 x) cos(3 y), and x^2 y."""
    x, y = points.unbind(-1)
    return torch.stack([torch.sin(2 * x) * torch.cos(3 * y), x**2 * y], dim=-1)


def test_derivatives_are_those_of_the_function():
    points = Lattice((5, 7)).points().double()
    x, y = points.unbind(-1)
    _, slopes = gradient(function, points)
    torch.testing.assert_close(slopes[:, 0, 0], 2 * torch.cos(2 * x) * torch.cos(3 * y))
    torch.testing.assert_close(slopes[:, 1, 1], x**2)
    waves = torch.sin(2 * x) * torch.cos(3 * y)
    torch.testing.assert_close(laplacian(function, points), torch.stack([-13 * waves, 2 * y], -1))


@pytest.mark.parametrize("name", TASKS)
def test_the_function_behind_a_fine_signal_has_nearly_no_loss(name):
    errors = []
    for side in (50, 100):
        values = function(Lattice((side, side)).points().double()).reshape(side, side, 2).numpy()
        task, seen = registry.load("tasks", name)(), trial.observed(values, name)
        given = task.prepare(seen, torch.device("cpu"))
        errors.append(task.error(function, given, 1000))
    assert errors[1] < 0.01
    assert errors[1] < errors[0] / 2, "differences come closer on a finer lattice"


@pytest.mark.parametrize("name", TASKS)
def test_a_fit_meets_what_it_is_shown(name):
    truth = trial.smooth((24, 24))
    where = trial.Domain(2, 1, (24, 24))
    plan = trial.plan_of("siren", where, task=name, rate=1e-3, steps=150, keep="last")
    result = fit(trial.observed(truth, name), FitSpec.of(plan), "no-checkpoint")
    assert result.facts["status"] == "ok"
    misfit = result.arrays["history/psnr"]
    assert misfit[-1] > misfit[0] + 15
    if name == "poisson-gradient":  # a Laplacian leaves more than a level open
        values = result.arrays["reconstruction"]
        scorer = Scorer(truth, {"psnr-aligned": ()})
        found = scorer.score(values, ["psnr-aligned"])["psnr-aligned"]["value"]
        assert found > -10 * np.log10(np.var(truth)) + 6


def test_a_model_without_the_derivatives_is_dropped_with_its_reason(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(PRESET)
    preset = read_preset(file)
    cells = plan_cells(preset)
    assert {c.task for c in cells.fits if c.model == "mlp-identity-relu"} == {"poisson-gradient"}
    [(_, cell, reason)] = cells.dropped
    assert cell.task == "poisson-laplacian"
    assert "second derivatives" in reason
    oracle = registry.declare("models", "oracle")
    resolver = Resolver(preset, "cpu")
    assert resolver.trained_for("poisson-laplacian", oracle) == TaskSpec("represent", {})


def test_aligned_psnr_forgives_brightness_and_contrast_alone():
    metric = registry.load("metrics", "psnr-aligned")()
    truth = trial.smooth((20, 30), 3)
    noise = np.random.default_rng(0).normal(0, 0.1, truth.shape)
    assert metric.score(truth, 3 * truth - 7) > 200
    assert metric.score(truth, truth + noise) == pytest.approx(20, abs=1)
    assert metric.score(truth, 5 * (truth + noise) + 2) == metric.score(truth, truth + noise)
    slope, level = np.polyfit((truth + noise).ravel(), truth.ravel(), 1)
    left = np.mean((slope * (truth + noise) + level - truth) ** 2)
    assert metric.score(truth, truth + noise) == pytest.approx(-10 * np.log10(left), abs=1e-9)
    constant = metric.score(truth, np.ones_like(truth))
    assert constant == pytest.approx(-10 * np.log10(np.var(truth)))
