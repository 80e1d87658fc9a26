"""Fits that are no better than a constant: told by their error, and named `collapsed`."""

import numpy as np
import pytest

from fieldbench.numerics.constant import Constant
from fieldbench.scoring import Scorer

TRUTH = np.random.default_rng(3).random((12, 15, 3))
MEAN = TRUTH.mean((0, 1))
FACTS = {"reason": "", "parameters": 9, "backend": "torch", "device": "cpu", "status": "ok"}


def test_the_constants_psnr_is_that_of_the_mean_of_each_channel():
    error = np.square(TRUTH - MEAN).mean()
    assert Constant(TRUTH).psnr == pytest.approx(-10 * np.log10(error))


@pytest.mark.parametrize(("share", "learnt"), [(0, False), (0.02, False), (0.03, True), (1, True)])
def test_two_tenths_of_a_decibel_are_needed(share, learnt):
    """A share s of the way from the mean to the truth leaves (1 - s)^2 of the error."""
    gained = -20 * np.log10(1 - share) if share < 1 else np.inf
    assert learnt == (gained >= 0.2)
    assert bool(Constant(TRUTH).fault(MEAN + share * (TRUTH - MEAN))) != learnt


def test_values_that_are_worse_than_a_constant_are_told_with_both_numbers():
    assert Constant(TRUTH).fault(1 - TRUTH).endswith("dB")


def test_a_flat_signal_is_never_failed_by_its_constant():
    assert Constant(np.full((4, 4, 1), 0.3)).fault(np.zeros((4, 4, 1))) == ""


def test_where_brightness_and_contrast_are_free_they_are_not_missed():
    found = 5 - 0.1 * TRUTH
    assert Constant(TRUTH).fault(found)
    assert Constant(TRUTH, aligned=True).fault(found) == ""
    assert Constant(TRUTH, aligned=True).fault(np.zeros_like(TRUTH))


@pytest.mark.parametrize(("budget", "status"), [(100, "collapsed"), (0, "ok")])
def test_a_fit_that_learnt_nothing_keeps_its_scores_and_is_named(budget, status):
    cell = {"budget": budget, "seed": 1, "metrics": ["psnr"]}
    arrays = {"reconstruction": np.broadcast_to(MEAN, TRUTH.shape)}
    facts = Scorer(TRUTH, {"psnr": ()}).record(cell, arrays, FACTS).facts
    assert facts["status"] == status and bool(facts["reason"]) == (status == "collapsed")
    assert facts["scores"]["psnr"]["value"] == pytest.approx(facts["constant_psnr"])


def test_where_brightness_is_free_values_beyond_the_limits_are_no_failure():
    cell = {"budget": 100, "seed": 1, "metrics": ["psnr"]}
    arrays = {"reconstruction": 5 - 0.1 * TRUTH}
    for aligned, status in ((True, "ok"), (False, "collapsed")):
        scorer = Scorer(TRUTH, {"psnr": ()}, aligned=aligned)
        assert scorer.record(cell, arrays, FACTS).facts["status"] == status


def test_a_fit_that_diverged_stays_what_it_is():
    cell = {"budget": 100, "seed": 1, "metrics": ["psnr"]}
    facts = Scorer(TRUTH, {"psnr": ()}).record(cell, {}, FACTS | {"status": "diverged"}).facts
    assert facts["status"] == "diverged" and facts["scores"] == {}
