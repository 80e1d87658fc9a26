"""Steady waves: closed form, differences and automatic differentiation agree; fits come near."""

import numpy as np
import pytest
import torch
from helpers import trial
from scipy.special import hankel2

from fieldbench.lattice import Lattice
from fieldbench.numerics.helmholtz import Layer, Solver, radiated
from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.cells.planner import plan_cells
from fieldbench.plan.config.presets import read_preset
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError
from fieldbench.tasks._helmholtz import gaussian, medium_at, operated
from fieldbench.training.fit import fit

MODEL = "mlp-identity-sine"
PRESET = """
signals: {photo: {length: 32}, radiated: {length: 32}}
studies:
  one:
    question: "?"
    tasks: [helmholtz, poisson-gradient]
    signals: [photo, radiated]
    models: [mlp-identity-relu, mlp-identity-sine]
    budgets: [1000]
    metrics: [relative-l2]
"""


def error(truth, found):
    return np.linalg.norm(truth - found) / np.linalg.norm(truth)


def bump(distance, deviation):
    return np.exp(-(distance**2) / (2 * deviation**2)) / (2 * np.pi * deviation**2)


def test_the_closed_form_solves_the_equation():
    wavenumber, deviation, left = 20.0, 0.05, []
    for step in (1.6e-2, 8e-3):
        x = np.arange(-0.2, 0.2, step)
        distance = np.hypot(x[:, None], x[None, :])
        field = radiated(distance, wavenumber, deviation)
        inner = field[1:-1, 1:-1]
        around = field[2:, 1:-1] + field[:-2, 1:-1] + field[1:-1, 2:] + field[1:-1, :-2]
        source = bump(distance[1:-1, 1:-1], deviation)
        residual = (around - 4 * inner) / step**2 + wavenumber**2 * inner - source
        left.append(np.abs(residual).max() / source.max())
    assert left[1] < 0.01
    assert left[1] == pytest.approx(left[0] / 4, rel=0.2), "what is left is the differences' own"


def test_far_from_the_source_its_size_only_dims_the_point_source():
    distance, wavenumber, deviation = np.linspace(0.2, 0.7, 20), 20.0, 0.02
    point = 0.25j * hankel2(0, wavenumber * distance)
    dimmed = point * np.exp(-((wavenumber * deviation) ** 2) / 2)
    np.testing.assert_allclose(radiated(distance, wavenumber, deviation), dimmed, rtol=1e-5)


def test_the_layer_absorbs_what_leaves():
    wavenumber, deviation, errors = 10.0, 0.1, {}
    for cells, absorption in ((64, 5.0), (128, 5.0), (128, 0.1)):
        solver = Solver(cells, wavenumber, Layer(absorption=absorption))
        x, y = solver.points()
        distance = np.hypot(x, y)
        source = bump(distance, deviation)[None]
        found = solver.fields(np.ones_like(distance), source)[0]
        seen = (np.abs(x) <= 0.5) & (np.abs(y) <= 0.5)
        truth = radiated(distance, wavenumber, deviation)
        errors[cells, absorption] = error(truth[seen], found[seen])
    assert errors[128, 5.0] < 0.005
    assert errors[128, 5.0] < errors[64, 5.0] / 3.5, "only the differences' own error is left"
    assert errors[128, 0.1] > 0.5, "and without the layer waves come back"


def test_what_an_inclusion_scatters_is_what_the_whole_equation_says():
    settings = {"length": 16, "wavenumber": 10.0, "deviation": 0.1, "contrast": 1.0, "nodes": 192}
    made = registry.load("signals", "radiated")(**settings)
    values = made.generate()
    solver = Solver(256, 10.0, Layer())
    x, y = solver.points()
    source = (1 + 1j) * bump(np.hypot(x, y), 0.1)
    medium = 1 + np.exp(-((x - 0.25) ** 2 + (y - 0.25) ** 2) / (2 * 0.06**2))
    whole = solver.fields(medium, source[None])[0][63:191:8, 63:191:8]
    found = values[..., 0] + 1j * values[..., 1]
    plain = registry.load("signals", "radiated")(**settings | {"contrast": 0.0}).generate()
    assert error(found, whole) < 0.01
    assert error(found, plain[..., 0] + 1j * plain[..., 1]) > 0.1, "the inclusion is felt"
    read = torch.as_tensor(made.beside()["medium"])[None, None]
    points = Lattice((16, 16), extent=0.5).points().double()
    torch.testing.assert_close(medium_at(points, read, 0.5).reshape(16, 16), read[0, 0])


def test_a_wave_that_leaves_solves_the_stretched_equation():
    """exp(-i k.x) of the stretched coordinates, within the layer and outside."""
    layer, along = Layer(), (8.0, -6.0)

    def wave(points):
        depth = (points.abs() - layer.extent).clamp(min=0)
        lost = layer.absorption * depth**3 / (3 * (1 - layer.extent) ** 2) * points.sign()
        phase = -(points * torch.tensor(along)).sum(1)
        size = torch.exp(-(lost * torch.tensor(along)).sum(1))
        return torch.stack([size * torch.cos(phase), size * torch.sin(phase)], 1)

    points = Lattice((40, 40), centred=True).points().double()
    values, waves, laplacian, stretch = operated(wave, points, layer, 1)
    assert stretch.imag.abs().max() > 5
    torch.testing.assert_close(values[:, 0], waves[:, 0].real)
    torch.testing.assert_close(laplacian, -(10.0**2) * stretch * waves)


def test_the_residual_is_the_source_where_there_is_no_field():
    task = registry.load("tasks", "helmholtz")()
    truth, _ = trial.specimen("helmholtz")
    given = task.prepare(trial.observed(truth, "helmholtz"), torch.device("cpu"))
    nothing = task.error(lambda p: 0 * p**3, given, 500)
    assert nothing == pytest.approx(1)
    points = Lattice((400, 400), centred=True).points().double()
    assert gaussian(points, 0.1).mean() * 4 == pytest.approx(1)


def test_a_fit_comes_near_a_field_that_it_was_never_shown():
    truth, _ = trial.specimen("helmholtz")
    where = trial.Domain(2, 2, truth.shape[:-1])
    more = {"steps": 200, "batch": 200, "schedule": "cosine", "keep": "last"}
    # The published emphasis needs thousands of steps.
    more |= {"own": {"hidden_layers": 2}, "task_settings": {"emphasis": 1e-2}, "rate": 2e-3}
    plan = trial.plan_of(MODEL, where, task="helmholtz", **more)
    seen = trial.observed(truth, "helmholtz")
    result = fit(seen, FitSpec.of(plan), "no-checkpoint")
    found = result.arrays["reconstruction"]
    score = registry.load("metrics", "relative-l2")().score
    assert score(truth, np.zeros_like(truth)) == 1
    assert score(truth, found) < 0.5


def test_only_fields_and_only_models_with_second_derivatives_are_asked(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(PRESET)
    cells = plan_cells(read_preset(file))
    fitted = {(c.signal, c.model) for c in cells.fits if c.task == "helmholtz"}
    assert fitted == {("radiated", m) for m in ("mlp-identity-sine", "constant", "oracle")}
    reasons = {
        (cell.signal, cell.model): reason
        for _, cell, reason in cells.dropped
        if cell.task == "helmholtz"
    }
    assert "holds intensities" in reasons["photo", "mlp-identity-sine"]
    assert "second derivatives" in reasons["radiated", "mlp-identity-relu"]


@pytest.mark.parametrize("settings", [{"near": 0}, {"emphasis": 0.0}, {"absorption": -1.0}])
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(UserError):
        registry.load("tasks", "helmholtz")(**settings)
