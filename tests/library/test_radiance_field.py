"""The task on the small scene: its true field is right, a fit comes near it, others are refused."""

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.plan.cells.cell import FitSpec, TaskSpec
from fieldbench.plan.cells.resolve import Resolver
from fieldbench.plan.entries import registry
from fieldbench.signals import scene
from fieldbench.tasks._task import Draw
from fieldbench.training.fit import fit

SETTINGS = {"length": 16, "views": 8, "held": 3}
WHERE = trial.Domain(3, 4, (32, 32, 32))
CPU = torch.device("cpu")
PRESET = """
training: {by_task: {radiance-field: {batch: 64}}}
signals:
  scene: {length: 12, views: 4, held: 2}
  photo: {length: 32}
tasks:
  views: {kind: radiance-field, samples: 16, resolution: 24}
studies:
  one:
    question: "?"
    tasks: [views, represent]
    signals: [scene, photo]
    models: [grid]
    budgets: [1000]
"""


@pytest.fixture(scope="module")
def given():
    """Views through the middles of pixels: those that are held out, and what the task shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene, "INNER", 1)
        made = scene.Signal(**SETTINGS)
        truth, beside = made.generate(), made.beside()
    task = registry.load("tasks", "radiance-field")(samples=48)
    return truth, task.observe(truth, np.random.default_rng(0), **beside)


def psnr(values, truth):
    return -10 * np.log10(np.mean((np.clip(values, 0, 1) - truth) ** 2))


def field(points):
    """What a model would say that had learnt the scene."""
    density, colour = scene.matter(*points.double().numpy().T)
    before = torch.as_tensor(np.log(np.expm1(density.clip(1e-9))) + 1)
    colour = torch.logit(torch.as_tensor(colour), 1e-6)
    return torch.cat([colour, before[:, None]], -1).float()


def test_the_scene_itself_is_seen_as_its_views_are(given):
    """Two renderers meet, and the closer, the finer a ray is cut."""
    truth, seen = given
    found = {}
    for samples in (32, 128, 384):
        task = registry.load("tasks", "radiance-field")(samples=samples)
        found[samples] = psnr(task.reconstruct(field, seen, 2**14), truth)
    assert found[32] < found[128] < found[384]
    assert found[128] > 35 and found[384] > 60
    assert task.error(field, task.prepare(seen, CPU), 2**14) < 1e-6


def test_a_fit_sees_views_that_it_was_not_shown(given):
    truth, seen = given
    plan = trial.plan_of(
        "grid", WHERE, task="radiance-field", task_settings={"samples": 24}, rate=0.1,
        steps=30, batch=128,
    )  # fmt: skip
    one, other = (fit(seen, FitSpec.of(plan), "no-checkpoint") for _ in range(2))
    found = one.arrays["reconstruction"]
    np.testing.assert_array_equal(found, other.arrays["reconstruction"])
    assert (found.shape, found.dtype) == (truth.shape, np.float32)
    assert psnr(found, truth) > psnr(truth.mean((0, 1, 2)), truth) + 3
    shown = one.arrays["history/psnr"]
    assert shown[-1] > shown[0] + 3


def test_a_step_looks_at_its_batch_and_few_points_at_once(given):
    _, seen = given
    task = registry.load("tasks", "radiance-field")(samples=32)
    asked = []

    def watched(points):
        asked.append(len(points))
        return torch.zeros(len(points), 4, requires_grad=True)

    rays = task.prepare(seen, CPU)
    list(task.losses(watched, rays, Draw(100, 256, torch.Generator().manual_seed(0))))
    assert sum(asked) == 100 * 32
    assert max(asked) <= 256
    asked.clear()
    list(task.losses(watched, rays, Draw(None, 2**20, torch.Generator().manual_seed(0))))
    assert sum(asked) == 8 * 16 * 16 * 32


def test_only_views_are_for_it_and_a_cube_is_mapped(plan):
    run = plan(PRESET)
    [(_, dropped, reason)] = {(s, c.signal, r) for s, c, r in run.cells.dropped}
    assert dropped == "photo"
    assert reason == "radiance-field is a task of views, and photo holds intensities"
    (cell,) = (c for c in run.cells.fits if (c.task, c.model) == ("views", "grid"))
    assert run.cells.fits[cell].domain.shape == (24, 24, 24)
    assert run.cells.fits[cell].domain.channels == 4
    assert run.resources.evaluations(cell) == 64 * 16
    oracle = registry.declare("models", "oracle")
    resolver = Resolver(run.preset, "cpu")
    assert resolver.trained_for("views", oracle) == TaskSpec("represent", {})


@pytest.mark.parametrize(
    ("channels", "resolution", "words"), [(1, 32, "1 channels"), (3, 1, "cube of 1")]
)
def test_views_that_cannot_be_told_from_a_field_have_a_reason(channels, resolution, words):
    impossible = registry.declare("tasks", "radiance-field").functions["impossible"]
    assert words in impossible((2, 8, 8), channels, samples=8, resolution=resolution)
    assert impossible((2, 8, 8), 3, samples=8, resolution=8) is None
