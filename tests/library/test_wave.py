"""Waves in time: the signal solves the equation that the task asks, from the beginning it shows."""

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError


def test_the_pulse_solves_the_equation_from_rest():
    settings = {"speed": 1.5, "duration": 0.3, "deviation": 0.1, "peak": 1.0}
    made = registry.load("signals", "pulse")(**settings)
    step = 2e-3
    times, radii = np.arange(0, 0.3, step), np.arange(0, 0.8, step)
    u = made.profile(times, radii)
    np.testing.assert_allclose(u[0], np.exp(-(radii**2) / 0.02), atol=1e-9)
    assert np.abs(u[1] - u[0]).max() < 0.001, "it begins at rest"
    inner, r = u[1:-1, 1:-1], radii[1:-1]
    twice = (u[1:-1, 2:] - 2 * inner + u[1:-1, :-2]) / step**2
    once = (u[1:-1, 2:] - u[1:-1, :-2]) / (2 * step)
    laplacian = 1.5**2 * (twice + once / r)
    acceleration = (u[2:, 1:-1] - 2 * inner + u[:-2, 1:-1]) / step**2
    left = np.abs(acceleration - laplacian)[:, 5:].max()
    assert left < 2e-3 * np.abs(laplacian).max()


def test_the_signal_is_its_profile_and_begins_with_the_bump():
    values = registry.load("signals", "pulse")(frames=4, length=20, deviation=0.2).generate()
    x = np.arange(20) / 10 - 1
    bump = 0.02 * np.exp(-(x[:, None] ** 2 + x[None, :] ** 2) / (2 * 0.2**2))
    np.testing.assert_allclose(values[0, ..., 0], bump, atol=1e-7)
    np.testing.assert_allclose(values, values.transpose(0, 2, 1, 3), atol=1e-12)


def test_a_standing_wave_has_no_residual_and_its_own_beginning():
    """cos(w t) sin(p x) sin(q y) with w = c sqrt(p^2 + q^2), shown as the signal would be."""
    truth, _ = trial.specimen("wave")
    task, seen = registry.load("tasks", "wave")(), trial.observed(truth, "wave")
    given = task.prepare(seen, torch.device("cpu"))
    turns = given.speed * np.hypot(3.0, 4.0)

    def wave(points):
        t, x, y = points.unbind(1)
        moment = torch.cos(turns * given.pace * (1 + t))
        return (moment * torch.sin(3 * x) * torch.sin(4 * y))[:, None]

    residual = task._residual(wave, given.points.double(), given)
    assert residual.abs().max() < 1e-9
    values = wave(given.places)
    misfit, velocity = task._beginning(wave, given.places, values, given)
    assert misfit.abs().max() == velocity.abs().max() == 0
    assert task.error(lambda p: 0 * p[:, :1] ** 3, given, 500) == pytest.approx(1)


@pytest.mark.parametrize("settings", [{"initial": 0}, {"value_weight": 0.0}])
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(UserError):
        registry.load("tasks", "wave")(**settings)
