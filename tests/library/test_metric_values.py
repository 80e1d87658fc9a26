"""Metrics against other implementations, and by hand."""

import math

import numpy as np
import pytest
from scipy.ndimage import uniform_filter
from skimage.metrics import peak_signal_noise_ratio

from fieldbench.plan.registry import load
from fieldbench.scoring import score


def pair(shape, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.random(shape)
    return truth, np.clip(truth + 0.2 * rng.standard_normal(shape), 0, 1)


@pytest.mark.parametrize("shape", [(50, 1), (20, 30, 1), (20, 30, 3), (8, 9, 10, 1)])
def test_psnr_is_that_of_scikit_image(shape):
    truth, found = pair(shape)
    expected = peak_signal_noise_ratio(truth, found, data_range=1.0)
    assert load("metrics", "psnr")().score(truth, found) == pytest.approx(expected, rel=1e-12)


def test_psnr_by_hand():
    psnr = load("metrics", "psnr")()
    assert psnr.score(np.zeros((4, 1)), np.full((4, 1), 0.1)) == pytest.approx(20.0)
    one_of_four = np.array([[1.0], [0], [0], [0]])
    assert psnr.score(np.zeros((4, 1)), one_of_four) == pytest.approx(10 * math.log10(4))


def mean_ssim(truth, found):
    """Wang et al. 2004 with a uniform 7 x 7 window and sample covariance, borders cut off."""
    span = truth.max() - truth.min()
    c1, c2, samples = (0.01 * span) ** 2, (0.03 * span) ** 2, 49
    values = []
    for channel in range(truth.shape[-1]):
        x, y = truth[..., channel], found[..., channel]
        mx, my, mxx, myy, mxy = (uniform_filter(a, 7) for a in (x, y, x * x, y * y, x * y))
        unbiased = samples / (samples - 1)
        vx, vy, vxy = ((a - b) * unbiased for a, b in
                       ((mxx, mx * mx), (myy, my * my), (mxy, mx * my)))  # fmt: skip
        top = (2 * mx * my + c1) * (2 * vxy + c2)
        bottom = (mx * mx + my * my + c1) * (vx + vy + c2)
        values.append((top / bottom)[3:-3, 3:-3].mean())
    return float(np.mean(values))


@pytest.mark.parametrize("shape", [(20, 31, 1), (20, 31, 3), (7, 7, 1)])
@pytest.mark.parametrize("scale", [1.0, 0.002])
def test_ssim_is_that_of_the_paper(shape, scale):
    truth, found = pair(shape)
    truth, found = 0.5 + scale * (truth - 0.5), 0.5 + scale * (found - 0.5)
    assert load("metrics", "ssim")().score(truth, found) == pytest.approx(
        mean_ssim(truth, found), abs=1e-9
    )


def test_ssim_of_a_flat_truth():
    ssim, flat = load("metrics", "ssim")(), np.full((9, 9, 1), 0.5)
    assert ssim.score(flat, flat) == 1.0
    assert ssim.score(flat, flat + 0.1) == 0.0


@pytest.mark.parametrize("shape", [(40, 1), (9, 8, 3), (6, 5, 4, 1)])
def test_iou_counts_sets(shape):
    truth, found = pair(shape)
    occupied = [set(map(tuple, np.argwhere(a > 0.2))) for a in (truth, found)]
    expected = len(occupied[0] & occupied[1]) / len(occupied[0] | occupied[1])
    assert 0 < expected < 1
    assert load("metrics", "iou")().score(truth, found) == expected


def test_iou_by_hand():
    iou = load("metrics", "iou")()
    column = lambda *values: np.array(values, float)[:, None]  # noqa: E731
    assert iou.score(column(0, 0), column(0.2, 0.1)) == 1.0  # 0.2 itself is empty, as are both
    assert iou.score(column(1, 0), column(0, 1)) == 0.0
    assert iou.score(column(1, 1, 0, 0), column(0.21, 0, 0.3, 0)) == pytest.approx(1 / 3)
    assert load("metrics", "iou")(threshold=0.5).score(column(1, 1), column(0.4, 1)) == 0.5


def test_reconstruction_is_clamped_and_truth_is_not():
    truth = np.array([[0.0], [1.0], [1.5]])
    found = np.array([[-3.0], [9.0], [1.5]], np.float32)
    scored = score(truth, found, ["psnr"])["psnr"]
    assert scored == {
        "value": pytest.approx(-10 * math.log10(0.5**2 / 3)), "unit": "dB", "better": "higher",
    }  # fmt: skip


def test_scores_are_taken_in_float64():
    truth = np.full((10, 1), 1 / 3)
    error = float(np.float32(1 / 3)) - 1 / 3
    found = score(truth, truth.astype(np.float32), ["psnr"])["psnr"]["value"]
    assert found == pytest.approx(-20 * math.log10(abs(error)), rel=1e-9)


def test_scores_keep_the_order_asked_for_and_refuse_other_shapes():
    truth = np.random.default_rng(0).random((8, 8, 1))
    assert list(score(truth, truth, ["ssim", "iou", "psnr"])) == ["ssim", "iou", "psnr"]
    with pytest.raises(ValueError, match="truth is"):
        score(truth, truth[..., 0], ["psnr"])
