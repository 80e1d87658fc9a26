"""Metrics against other implementations, and by hand."""

import math

import numpy as np
import pytest
from scipy.ndimage import uniform_filter
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from fieldbench.plan.entries.registry import load
from fieldbench.scoring import Scorer


def score(truth, found, *metrics):
    """The scores of one reconstruction by metrics that need no files."""
    return Scorer(truth, dict.fromkeys(metrics, ())).score(found, metrics)


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


def test_iou_at_half():
    iou = load("metrics", "iou-50")()
    truth, found = pair((40, 3))
    assert iou.score(truth, found) == load("metrics", "iou")(threshold=0.5).score(truth, found)
    column = np.array([[1.0], [1], [0], [0]])
    assert iou.score(column, np.array([[0.5], [0.6], [0.4], [0.9]])) == pytest.approx(1 / 3)


# The paper's star target of 1000 x 1000, outermost ring first.
PIXELS = (151_804, 134_100, 116_188, 98_212, 80_460, 62_604, 44_636, 26_788, 8_945)


def test_rings_have_the_papers_pixels():
    rings = load("metrics", "psnr-rings").rings(1000)
    assert tuple(np.bincount(rings.ravel())[1:]) == PIXELS
    assert rings[500, 500] == 9 and rings[500, 20] == 0 and rings[500, 21] == 1
    assert rings[0, 0] == 0


@pytest.mark.parametrize("side", [14, 31, 64, 300])
def test_rings_scale_with_the_side(side):
    """By the definition: a ring's inner radius is reached and its outer one is not."""
    rings = load("metrics", "psnr-rings").rings(side)
    width = 0.48 * side / 9
    for row in range(side):
        for column in range(0, side, 3):
            distance = math.hypot(row - side / 2, column - side / 2)
            ring = rings[row, column]
            if ring == 0:
                assert distance >= 9 * width - 1e-9
            else:
                inner = (9 - ring) * width
                assert inner - 1e-9 <= distance < inner + width + 1e-9


def test_psnr_by_ring_is_that_of_each_rings_samples():
    metric = load("metrics", "psnr-rings")()
    truth, found = pair((64, 64, 1))
    rings = metric.rings(64)
    scores = metric.score(truth, found)
    assert list(scores) == list("123456789")
    for part, value in scores.items():
        own = rings == int(part)
        expected = peak_signal_noise_ratio(truth[own], found[own], data_range=1.0)
        assert value == pytest.approx(expected, rel=1e-12)


def test_a_fault_in_one_ring_shows_in_that_one():
    metric = load("metrics", "psnr-rings")()
    truth = load("signals", "star")(length=200).generate()
    found = truth.copy()
    found[metric.rings(200) == 4] += 0.1
    scores = metric.score(truth, found)
    assert scores.pop("4") == pytest.approx(20.0)
    assert set(scores.values()) == {math.inf}
    with pytest.raises(ValueError, match="square"):
        metric.score(truth[:, :100], found[:, :100])


def test_parts_become_columns():
    truth = load("signals", "star")(length=40).generate()
    found = np.abs(truth - 0.1)
    scored = score(truth, found, "psnr", "psnr-rings")
    assert list(scored) == ["psnr", *(f"psnr-rings-{n}" for n in range(1, 10))]
    assert scored["psnr-rings-1"]["unit"] == "dB" and scored["psnr-rings-9"]["better"] == "higher"
    assert all(one["value"] == pytest.approx(20.0) for one in scored.values())


def test_one_channel_of_ssim_is_a_plain_picture():
    """Not the mean over columns that a channel axis set on a picture of two axes would give."""
    truth, found = pair((30, 23, 1))
    expected = structural_similarity(truth[..., 0], found[..., 0], data_range=np.ptp(truth))
    assert load("metrics", "ssim")().score(truth, found) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("scale", [1.0, 0.002])
def test_ssim_window_by_window(scale):
    """By the formula, every 7 x 7 window by itself; an error of float32 would show below 0.01."""
    truth, found = (0.5 + scale * (a - 0.5) for a in pair((12, 15, 1)))
    span, values = truth.max() - truth.min(), []
    for row, column in np.ndindex(6, 9):
        x, y = (a[row : row + 7, column : column + 7, 0].ravel() for a in (truth, found))
        (vx, vxy), (_, vy) = np.cov(x, y)
        c1, c2 = (0.01 * span) ** 2, (0.03 * span) ** 2
        top = (2 * x.mean() * y.mean() + c1) * (2 * vxy + c2)
        values.append(top / ((x.mean() ** 2 + y.mean() ** 2 + c1) * (vx + vy + c2)))
    assert load("metrics", "ssim")().score(truth, found) == pytest.approx(np.mean(values), rel=1e-9)


def test_reconstruction_is_clamped_and_truth_is_not():
    truth = np.array([[0.0], [1.0], [1.5]])
    found = np.array([[-3.0], [9.0], [1.5]], np.float32)
    scored = score(truth, found, "psnr")["psnr"]
    assert scored == {
        "value": pytest.approx(-10 * math.log10(0.5**2 / 3)), "unit": "dB", "better": "higher",
    }  # fmt: skip


def test_scores_are_taken_in_float64():
    truth = np.full((10, 1), 1 / 3)
    error = float(np.float32(1 / 3)) - 1 / 3
    found = score(truth, truth.astype(np.float32), "psnr")["psnr"]["value"]
    assert found == pytest.approx(-20 * math.log10(abs(error)), rel=1e-9)


def test_scores_keep_the_order_asked_for_and_refuse_other_shapes():
    truth = np.random.default_rng(0).random((8, 8, 1))
    assert list(score(truth, truth, "ssim", "iou", "psnr")) == ["ssim", "iou", "psnr"]
    with pytest.raises(ValueError, match="truth is"):
        score(truth, truth[..., 0], "psnr")


def test_what_a_score_file_holds_of_a_fit():
    """Each has the metrics of its own studies; one that failed has none, and tells why."""
    truth = np.random.default_rng(0).random((8, 8, 1))
    scorer = Scorer(truth, {"iou": (), "psnr": ()})
    fit = {"status": "ok", "reason": "", "parameters": 9, "backend": "torch", "device": "cpu",
           "bytes": 36, "best_step": 5, "steps": 6, "code": "0"}  # fmt: skip
    arrays = {"reconstruction": truth + 0.1, "history/step": np.ones(2), "state/w": np.ones(9)}
    found = scorer.record({"budget": 10, "seed": 3, "metrics": ["psnr"]}, arrays, fit)
    assert list(found.arrays) == ["history/step"] and list(found.facts["scores"]) == ["psnr"]
    told = {k: v for k, v in found.facts.items() if k != "scores"}
    assert told.pop("constant_psnr") == scorer.constant.psnr
    assert told == {"budget": 10, "seed": 3} | {k: fit[k] for k in fit if k != "code"}

    fit = {k: fit[k] for k in ("parameters", "backend", "device")}
    fit |= {"status": "diverged", "reason": "the loss is nan"}
    found = scorer.record({"budget": 10, "seed": 4, "metrics": ["iou", "psnr"]}, {}, fit)
    assert found.facts["scores"] == {} and found.arrays == {}
    assert (found.facts["status"], found.facts["reason"]) == ("diverged", "the loss is nan")
    assert found.facts["bytes"] == found.facts["best_step"] == found.facts["steps"] == 0
