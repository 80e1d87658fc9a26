"""Metrics of sounds and videos against other implementations, and by hand; and who has them."""

import math

import numpy as np
import pytest
import torch
from helpers import backbones
from skimage.metrics import structural_similarity

from fieldbench.plan.cells.planner import metric_applies, plan_cells
from fieldbench.plan.config.models import Preset
from fieldbench.plan.entries.registry import load
from fieldbench.plan.errors import UserError


def sounds(length, seed=0):
    rng = np.random.default_rng(seed)
    truth = np.sin(np.arange(length) / 5)[:, None] * np.linspace(1, 0, length)[:, None]
    return truth, truth + 0.1 * rng.standard_normal(truth.shape)


def lsd_by_torch(truth, found, frame):
    """NeAF's spectra, as its code has them; the root mean square over frequencies (axis 0)."""
    spectra = (
        torch.stft(torch.as_tensor(a[:, 0]), frame, window=torch.ones(frame), return_complex=True)
        for a in (truth, found)
    )
    one, other = (torch.log10(spectrum.abs() ** 2 + 1e-8) for spectrum in spectra)
    return min(10.0, float(((one - other) ** 2).mean(0).sqrt().mean()))


@pytest.mark.parametrize(("length", "frame"), [(5000, 2048), (2048, 2048), (2047, 1024), (9, 8)])
def test_lsd_is_that_of_torch(length, frame):
    truth, found = sounds(length)
    expected = lsd_by_torch(truth, found, frame)
    assert load("metrics", "lsd")().score(truth, found) == pytest.approx(expected, rel=1e-9)


def test_lsd_is_capped_and_is_of_all_channels():
    lsd = load("metrics", "lsd")()
    truth, found = sounds(4000)
    assert lsd.score(1e12 * truth, 0 * truth) == 10.0
    both = lsd.score(np.hstack([truth, truth]), np.hstack([found, truth]))
    assert both == pytest.approx(lsd.score(truth, found) / 2)


def test_snr_by_hand():
    snr = load("metrics", "snr")()
    truth = np.array([[3.0], [-4.0]])
    assert snr.score(truth, truth + np.array([[0.3], [0.4]])) == pytest.approx(20.0)
    assert snr.score(truth, 0 * truth) == pytest.approx(0.0)
    rms = [np.sqrt(np.mean(a**2)) for a in (truth, truth - 1)]
    assert snr.score(truth, np.ones((2, 1))) == pytest.approx(20 * math.log10(rms[0] / rms[1]))
    assert snr.score(0 * truth, 0 * truth) == math.inf
    assert snr.score(0 * truth, truth) == -math.inf


@pytest.mark.parametrize("channels", [1, 3])
def test_ssim_of_frames_is_the_mean_of_each_channel_of_each(channels):
    rng = np.random.default_rng(0)
    truth = rng.random((4, 12, 9, channels))
    found = np.clip(truth + 0.2 * rng.standard_normal(truth.shape), 0, 1)
    span = truth.max() - truth.min()
    each = [
        structural_similarity(truth[k, ..., c], found[k, ..., c], data_range=span)
        for k in range(4)
        for c in range(channels)
    ]
    views = load("metrics", "ssim-views")()
    ssim = load("metrics", "ssim-frames")()
    assert views.score(truth, found) == ssim.score(truth, found)
    assert ssim.score(truth, found) == pytest.approx(np.mean(each), rel=1e-12)
    swapped = found[::-1]
    assert ssim.score(truth, swapped) < 0.5 * ssim.score(truth, found)


def test_lpips_of_views_is_the_mean_of_theirs(tmp_path):
    file = backbones.file("vgg", tmp_path)
    truth, found = np.random.default_rng(0).random((2, 3, 18, 17, 3))
    one, all_views = (load("metrics", n)(files=(file,)) for n in ("lpips-vgg", "lpips-vgg-views"))
    each = [one.score(a, b) for a, b in zip(truth, found, strict=True)]
    assert len({round(value, 9) for value in each}) == 3
    assert all_views.score(truth, found) == pytest.approx(np.mean(each), rel=1e-12)


def planned(signals, metrics):
    study = {"question": "?", "signals": [*signals], "models": ["grid"], "budgets": [300]}
    return plan_cells(Preset(signals=signals, studies={"main": study | {"metrics": metrics}}))


def test_who_has_which_metric():
    signals = {
        "tones": {"length": 500},
        "clip": {"frames": 3, "length": 12},
        "solid": {"length": 12},
        "line": {"kind": "bandlimited", "dims": 1, "length": 300},
        "scene": {"length": 12},
    }
    asked = ("snr", "lsd", "ssim-frames", "ssim-views", "lpips-vgg-views")
    cells = planned(signals, ["psnr", "snr", "lsd", "ssim-frames", "ssim-views", "iou"])
    found = {
        signal.family: {m for m in asked if metric_applies(m, signal)}
        for signal in cells.signals.values()
    }
    assert found == {
        "tones": {"snr", "lsd"},
        "clip": {"snr", "ssim-frames"},  # three frames will do
        "solid": {"snr"},
        "line": {"snr"},
        "scene": {"snr", "ssim-views"},  # too small for LPIPS
    }


def test_a_metric_of_another_sort_is_refused():
    with pytest.raises(UserError, match="lsd is not defined for any"):
        planned({"clip": {"frames": 8, "length": 12}}, ["psnr", "lsd"])
    with pytest.raises(UserError, match="ssim-frames is not defined for any"):
        planned({"clip": {"frames": 8, "length": 6}}, ["psnr", "ssim-frames"])
