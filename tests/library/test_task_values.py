"""Tasks whose observations are known beforehand."""

import numpy as np
import pytest
from helpers import trial

from fieldbench.plan.entries import registry


def test_denoise_adds_the_noise_that_it_names_and_does_not_clip_it():
    truth = np.ones((100, 100, 1))
    noise = trial.observed(truth, "denoise", sigma=0.1).values - truth
    assert noise.std() == pytest.approx(0.1, rel=0.05)
    assert abs(noise.mean()) < 0.005
    assert noise.max() > 0.2


def test_inpaint_shows_the_share_that_it_names():
    truth = trial.smooth((20, 30))
    assert trial.observed(truth, "inpaint", shown=0.4).mask.mean() == pytest.approx(0.4)
    assert trial.observed(truth, "inpaint", shown=1e-9).mask.sum() == 1
    alternate = trial.observed(truth, "inpaint", mask="alternate").mask
    assert alternate[::2, ::2].all()
    assert alternate.sum() == 10 * 15


def test_tomography_counts_photons_and_misreads_them():
    """Each view's value v becomes (Poisson(30 v) + 2 N(0, 1)) / 30."""
    truth = np.full((60, 60, 1), 0.5)
    clean, noisy = (
        trial.observed(truth, "tomography", angles=2000, noise=noise).values[:, 25:35]
        for noise in ("none", "counts")
    )
    noise = noisy - clean
    assert abs(noise.mean()) < 0.05
    assert noise.var() == pytest.approx(clean.mean() / 30 + 4 / 900, rel=0.05)
    below = trial.observed(truth - 1, "tomography", angles=20, noise="counts").values
    assert below.std() == pytest.approx(2 / 30, rel=0.1), "nothing to count, only misread"


def test_tomography_shows_as_many_views_as_it_is_asked_for():
    truth = trial.smooth((12, 20))
    shapes = {
        (5, 20): {"angles": 5},
        (5, 26): {"angles": 5, "detectors": "full"},
        (100, 20): {"last": "exclusive"},
    }
    for shape, settings in shapes.items():
        assert trial.observed(truth, "tomography", **settings).values.shape == (*shape, 1)


def test_super_resolve_by_an_impossible_factor_is_a_reason_not_a_crash():
    impossible = registry.declare("tasks", "super-resolve").functions["impossible"]
    for factor in (0, -2, 1, 2.5):
        assert "factor" in impossible((16, 10), 1, factor=factor)
