"""Signed distances: what signals hold, what is shown of them, what a fit makes of it, scores."""

from math import sqrt

import numpy as np
import pytest
import torch
import trimesh
from helpers import published, trial
from scipy.spatial import cKDTree

from fieldbench.lattice import Lattice
from fieldbench.numerics import winding
from fieldbench.plan.cells.cell import FitSpec, TaskSpec
from fieldbench.plan.cells.planner import plan_cells
from fieldbench.plan.cells.resolve import Resolver
from fieldbench.plan.config.presets import read_preset
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError
from fieldbench.scoring import Scorer
from fieldbench.signals.ring_distance import PLATE, RING, TURN, WIRE
from fieldbench.tasks._task import Draw
from fieldbench.tasks.signed_distance import uneven
from fieldbench.training.fit import fit

CPU = torch.device("cpu")
PRESET = """
signals: {ring-distance: {dims: 2, length: 24}, photo: {length: 24}}
models: {gsplat: {}}
studies:
  one:
    question: "?"
    tasks: [signed-distance, represent]
    signals: [ring-distance, photo]
    models: [siren, grid, gsplat-2d]
    budgets: [1000]
    metrics: [chamfer, iou, psnr]
"""


def ring(dims, length):
    return registry.load("signals", "ring-distance")(dims=dims, length=length).generate()


def body(dims):
    """Places on the surfaces of ring and plate, drawn without their formula of the distance."""
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], -1)
    if dims == 2:
        found = [circle * (RING + WIRE), circle * (RING - WIRE)]
    else:
        about, up = WIRE * np.cos(angle), WIRE * np.sin(angle)
        wire = circle[:, None] * (RING + about[::4])[None, :, None]
        height = np.broadcast_to(up[::4, None], (*wire.shape[:2], 1))
        found = [np.concatenate([wire, height], -1).reshape(-1, 3)]
    steps = [np.linspace(-half, half, 61) for half in PLATE[:dims]]
    for k in range(dims):
        for end in (-PLATE[k], PLATE[k]):
            axes = [np.array([end]) if j == k else s for j, s in enumerate(steps)]
            found.append(np.stack(np.meshgrid(*axes), -1).reshape(-1, dims))
    turn = np.eye(dims)
    turn[:2, :2] = [[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]]
    return np.concatenate([*found[: -2 * dims], *(f @ turn.T for f in found[-2 * dims :])])


@pytest.mark.parametrize(("dims", "apart"), [(2, 0.02), (3, 0.04)])
def test_the_closed_form_is_the_distance_to_the_surface(dims, apart):
    values = ring(dims, 16)[..., 0]
    points = Lattice(values.shape).points().numpy().astype(float)
    nearest, _ = cKDTree(body(dims)).query(points)
    away = nearest - np.abs(values).reshape(-1)
    assert away.min() > -1e-6
    assert away.max() < apart


def test_inside_is_where_the_body_is():
    values = ring(3, 40)[..., 0]
    x, y, z = np.meshgrid(*[Lattice((40,)).axis(0)] * 3, indexing="ij")
    torus = (np.hypot(x, y) - RING) ** 2 + z**2 < WIRE**2
    across = np.abs(np.cos(TURN) * x + np.sin(TURN) * y)
    along = np.abs(np.cos(TURN) * y - np.sin(TURN) * x)
    plate = (across < PLATE[0]) & (along < PLATE[1]) & (np.abs(z) < PLATE[2])
    np.testing.assert_array_equal(values < 0, torus | plate)


def test_a_mesh_gives_the_distances_of_its_ellipsoid(tmp_path):
    path = published.stand_in("dragon-126k", tmp_path)
    values = registry.load("signals", "dragon-distance")(length=20, files=(path,)).generate()
    mesh = trimesh.load_mesh(path)
    half = np.ptp(mesh.bounds, axis=0)
    half = 0.9 * half / half.max()
    points = Lattice((20, 20, 20)).points().numpy().astype(float)
    level = np.linalg.norm(points / half, axis=1)
    found = values.reshape(-1)
    clear = np.abs(level - 1) > 0.03  # the mesh is an ellipsoid's to two hundredths
    np.testing.assert_array_equal(found[clear] < 0, level[clear] < 1)
    along = np.abs(points[:, 1:]).max(1) == 0  # on the longest axis, beyond its end
    outside = along & (points[:, 0] > 0.9)
    np.testing.assert_allclose(found[outside], points[outside, 0] - 0.9, atol=1e-6)
    for axis in range(3):  # no distance changes faster than the place, through zero neither
        assert np.abs(np.diff(values, axis=axis)).max() <= 0.1 + 1e-6


def test_rays_tell_a_cavity_and_a_mesh_turned_inside_out():
    outer, inner = (trimesh.creation.box((s, s, s)).triangles for s in (1.1, 0.5))
    axis = Lattice((20,)).axis(0)
    away = np.abs(np.stack(np.meshgrid(axis, axis, axis), -1)).max(-1)
    hollow = np.concatenate([outer, inner[:, ::-1]])
    for triangles in (hollow, hollow[:, ::-1]):
        enclosed = winding.inside(triangles, axis)
        np.testing.assert_array_equal(enclosed, (away < 0.55) & (away > 0.25))


def test_an_open_mesh_is_refused(tmp_path):
    path = tmp_path / "open.ply"
    ball = trimesh.creation.icosphere(subdivisions=2)
    trimesh.Trimesh(ball.vertices, ball.faces[:-9]).export(path)
    with pytest.raises(UserError, match="not closed"):
        registry.load("signals", "dragon-distance")(length=8, files=(path,)).generate()


@pytest.mark.parametrize("dims", [2, 3])
def test_points_lie_on_the_surface_with_their_normals(dims):
    """Of a ball, about which everything is known."""
    lattice = Lattice((32,) * dims)
    points = lattice.points().numpy().astype(float)
    ball = (np.linalg.norm(points, axis=1) - 0.6).reshape(*lattice.shape, 1)
    seen = trial.observed(ball, "signed-distance", oriented=3000)
    places, normals = np.split(seen.values, 2, axis=1)
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 0.6, atol=3e-3)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(normals, places / 0.6, atol=0.03)
    even = (places[:, 0] > 0).mean(), (places[:, 0] > 0.3).mean()
    assert even == pytest.approx((1 / 2, 1 / 3 if dims == 2 else 1 / 4), abs=0.03)


def test_distances_have_no_eikonal_loss_and_twice_as_large_ones_have():
    def ball(scale):
        return lambda points: scale * (points.norm(dim=1, keepdim=True) - 0.6)

    seen = trial.observed(ring(2, 32), "signed-distance")
    task = registry.load("tasks", "signed-distance")(surface=0, normals=0, apart=0)
    given = task.prepare(seen, CPU)

    def loss(function):
        parts = task.losses(function, given, Draw(None, 500, torch.Generator().manual_seed(0)))
        return sum(part.item() for part in parts)

    assert loss(ball(1.0)) < 1e-4
    assert loss(ball(2.0)) == pytest.approx(50, rel=1e-4)
    assert uneven(torch.tensor([[3.0, 4.0]])).item() == 4


@pytest.mark.parametrize(("model", "rate"), [("siren", 1e-3), ("mlp-identity-sine", 1e-3)])
def test_a_fit_comes_closer_than_the_constant(model, rate):
    truth = ring(2, 32)
    where = trial.Domain(2, 1, truth.shape[:-1])
    plan = trial.plan_of(model, where, task="signed-distance", rate=rate, steps=150, keep="last")
    plan["task"]["settings"] = {"oriented": 1000, "on_surface": 250, "off_surface": 250}
    seen = trial.observed(truth, "signed-distance", **plan["task"]["settings"])
    result = fit(seen, FitSpec.of(plan), "no-checkpoint")
    assert result.facts["status"] == "ok"
    first, *_, last = result.arrays["history/loss"]
    assert last < first / 3
    metrics = ["chamfer", "iou-inside", "distance-error"]
    scorer = Scorer(truth, dict.fromkeys(metrics, ()), None)
    constant = scorer.score(np.full_like(truth, truth.mean()), metrics)
    for name, one in scorer.score(result.arrays["reconstruction"], metrics).items():
        better = 1 if one["better"] == "higher" else -1
        assert better * one["value"] > better * constant[name]["value"], name


def test_a_signal_without_a_surface_is_told():
    with pytest.raises(UserError, match="crosses zero nowhere"):
        trial.observed(np.ones((8, 8, 1)), "signed-distance")


def test_what_cannot_be_asked_is_dropped_with_its_reason(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(PRESET)
    preset = read_preset(file)
    cells = plan_cells(preset)
    asked = {(c.task, c.signal, c.model) for c in cells.fits if c.budget}
    assert asked == {
        *(("signed-distance", "ring-distance", model) for model in ("siren", "grid")),
        *(
            ("represent", signal, model)
            for signal in ("ring-distance", "photo")
            for model in ("siren", "grid", "gsplat-2d")
        ),
    }
    reasons = {(cell.signal, cell.model): reason for _, cell, reason in cells.dropped}
    assert "holds intensities" in reasons["photo", "siren"]
    assert "first derivatives" in reasons["ring-distance", "gsplat-2d"]
    oracle = registry.declare("models", "oracle")
    resolver = Resolver(preset, "cpu")
    assert resolver.trained_for("signed-distance", oracle) == TaskSpec("represent", {})


@pytest.mark.parametrize(("shape", "word"), [((8, 9), "8 x 9"), ((8,), "not 8"), ((4, 4), "five")])
def test_lattices_without_one_length_are_told(shape, word):
    impossible = registry.declare("tasks", "signed-distance").functions["impossible"]
    assert word in impossible(shape, 1)
    assert "3" in impossible((8, 8), 3)
    assert impossible((8, 8, 8), 1) is None


@pytest.mark.parametrize("dims", [2, 3])
def test_chamfer_is_the_mean_of_both_ways(dims):
    """Concentric balls are apart by the difference of their radii, wherever one looks."""
    lattice = Lattice((40,) * dims)
    away = np.linalg.norm(lattice.points().numpy().astype(float), axis=1)
    one, other = (away.reshape(*lattice.shape, 1) - radius for radius in (0.5, 0.62))
    metric = registry.load("metrics", "chamfer")()
    assert metric.score(one, other) == pytest.approx(0.12, abs=2e-3)
    assert metric.score(one, other) == pytest.approx(metric.score(other, one), rel=1e-12)
    assert metric.score(one, one + 9) == 2 * sqrt(dims)
    assert metric.score(one + 9, one + 9) == 0


def test_chamfer_is_that_of_a_count_over_many_places():
    truth, found = ring(2, 32), np.roll(ring(2, 32), 2, axis=0)
    metric = registry.load("metrics", "chamfer")()
    places = [
        trial.observed(v, "signed-distance", oriented=4000).values[:, :2] for v in (truth, found)
    ]
    both = [cKDTree(one).query(other)[0].mean() for one, other in (places, places[::-1])]
    counted = sum(both) / 2
    assert metric.score(truth, found) == pytest.approx(counted, rel=0.05)


def test_inside_and_error_near_the_surface_are_counted():
    truth = ring(2, 32)
    inside, near = (registry.load("metrics", name)() for name in ("iou-inside", "distance-error"))
    larger = truth - 0.05
    assert inside.score(truth, larger) == (truth < 0).sum() / (truth < 0.05).sum()
    assert near.score(truth, larger) == pytest.approx(0.05)
    far = np.where(np.abs(truth) > 0.1, 7, truth)
    assert near.score(truth, far) == 0
