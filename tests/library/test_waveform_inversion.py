"""Full-waveform inversion: what is received is a wave's, and nothing of it is missed or made up."""

import numpy as np
import pytest
import torch
from helpers import trial
from scipy.special import hankel2

from fieldbench.plan.cells.planner import plan_cells
from fieldbench.plan.config.presets import read_preset
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError
from fieldbench.tasks._helmholtz import point_source

PRESET = """
signals: {photo: {length: 32}, slowness: {length: 32}}
tasks: {waveform-inversion: {sources: 3}}
studies:
  one:
    question: "?"
    tasks: [waveform-inversion]
    signals: [photo, slowness]
    models: [mlp-identity-sine]
    budgets: [1000]
    metrics: [relative-l2]
"""
TASK = "waveform-inversion"


def disc(**settings):
    return registry.load("signals", "slowness")(length=48, **settings).generate()


def received(values, **settings):
    """What a task shows of a squared slowness, (receivers, sources), complex."""
    seen = trial.observed(values, TASK, nodes=128, wavenumber=10.0, **settings)
    return seen.values[..., 0] + 1j * seen.values[..., 1]


def test_the_object_is_where_and_what_it_says():
    values = disc(contrast=0.5, radius=0.12)[..., 0]
    assert values[0, 0] == pytest.approx(1)
    assert values.max() == pytest.approx(1.5, abs=1e-3)
    area = (values - 1).sum() / 0.5 / 48**2
    assert area == pytest.approx(np.pi * 0.12**2, rel=0.05)


def test_an_empty_plane_scatters_nothing():
    assert np.abs(received(np.ones((20, 20, 1)))).max() == 0
    assert np.abs(received(disc())).max() > 0.01


def test_source_and_receiver_may_change_places():
    at_sources = {"sources": 4, "receivers": 4, "sources_circle": 0.4, "receivers_circle": 0.4}
    found = received(disc(), **at_sources)
    assert np.abs(found - found.T).max() < 0.01 * np.abs(found).max()
    assert np.abs(found - np.roll(found, 1, 0)).max() > 0.3 * np.abs(found).max()


def test_a_weak_object_scatters_what_the_first_order_says():
    """Born: -k^2 times the integral of (m - 1) u0 times the field of a point source."""
    values = disc(contrast=1e-3)
    lattice = (np.arange(48) / 48 - 0.5, np.arange(48) / 48 - 0.5)
    x, y = np.meshgrid(*lattice, indexing="ij")
    seen = trial.observed(values, TASK, nodes=192, wavenumber=10.0)

    def field(place):
        return 0.25j * hankel2(0, 10 * np.hypot(x - place[0], y - place[1]))

    source, receiver = seen.beside["sources"][1], seen.beside["receivers"][4]
    felt = (values[..., 0] - 1) * field(source) * field(receiver)
    born = -100 * felt.sum() / 48**2
    found = complex(*seen.values[4, 1])
    assert abs(found - born) < 0.02 * abs(born)


def test_the_point_source_is_that_of_the_observation():
    distance = np.linspace(0.02, 1, 30)
    found = point_source(torch.as_tensor(distance), 20.0)
    np.testing.assert_allclose(found, 0.25j * hankel2(0, 20 * distance), rtol=1e-6)


def test_no_object_has_no_residual_and_all_of_the_misfit():
    seen, task = trial.observed(disc(), TASK), registry.load("tasks", TASK)()
    given = task.prepare(seen, torch.device("cpu"))

    def nothing(points):
        return 0 * points[:, :1] ** 3 * torch.ones(1, seen.channels)

    assert task.error(nothing, given, 500) == pytest.approx(1, abs=1e-5)

    def object_alone(points):
        rows = nothing(points)
        return torch.cat([rows[:, :-1], rows[:, -1:] + 0.5], 1)

    assert task.error(object_alone, given, 500) > 1.05
    values = task.reconstruct(object_alone, seen, 500)
    np.testing.assert_allclose(values, 1.5)


def test_the_squared_slowness_stays_above_zero_and_is_one_far_out():
    task = registry.load("tasks", TASK)()
    points = torch.tensor([[0.0, 0.0], [0.8, 0.0], [0.0, -0.76]])
    found = task._object(torch.full((3, 11), -7.0), points)
    torch.testing.assert_close(found, torch.tensor([[-0.999], [0.0], [0.0]]))


def test_models_map_a_pair_a_source_and_the_object(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(PRESET)
    preset = read_preset(file)
    cells = plan_cells(preset)
    fitted = {c.model: spec.model for c, spec in cells.fits.items()}
    assert set(fitted) == {"mlp-identity-sine", "constant", "oracle"}
    declared = registry.declare("models", "mlp-identity-sine")
    width, settings = fitted["mlp-identity-sine"].size, fitted["mlp-identity-sine"].settings
    seven = trial.count(declared, width, trial.Domain(2, 7, (32, 32)), settings)
    assert fitted["mlp-identity-sine"].parameters == seven
    [(_, cell, reason)] = [d for d in cells.dropped if d[1].model == "mlp-identity-sine"]
    assert cell.signal == "photo"
    assert "squared slowness" in reason


@pytest.mark.parametrize("settings", [{"sources": 0}, {"weight": -1.0}, {"nodes": 2}])
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(UserError):
        registry.load("tasks", TASK)(**settings)
