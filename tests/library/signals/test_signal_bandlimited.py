"""Bandlimited noise against the published tables, and against its definition."""

import numpy as np
import pytest

from fieldbench.plan.errors import UserError
from fieldbench.signals.bandlimited import Signal, bandwidth, shape

SEEDS = (1234, 2024, 5678, 7890, 7618)
# label: kept bins, five-seed mean of the std, min and max at seed 1234, five-seed mean of the
# PSNR of the best constant
PAPER_2D = {
    1: (5, 0.00051, 0.4993, 0.5005, 66.30),
    2: (21, 0.00117, 0.4966, 0.5022, 58.79),
    3: (121, 0.00302, 0.4881, 0.5095, 50.40),
    4: (569, 0.00674, 0.4773, 0.5229, 43.42),
    5: (2469, 0.01429, 0.4483, 0.5497, 36.90),
    6: (10501, 0.02958, 0.3816, 0.6238, 30.58),
    7: (44213, 0.06044, 0.2484, 0.7988, 24.37),
    8: (184869, 0.12378, -0.0404, 1.0795, 18.15),
    9: (771229, 0.25312, -0.3311, 1.3768, 11.93),
}
PAPER_3D = {
    4: (7, 0.00064, 0.4980, 0.5017, 64.21),
    5: (93, 0.00267, 0.4907, 0.5111, 51.50),
    6: (847, 0.00815, 0.4696, 0.5319, 41.78),
    7: (7123, 0.02389, 0.3926, 0.6105, 32.44),
    8: (61445, 0.07036, 0.1642, 0.8475, 23.05),
    9: (523155, 0.20563, -0.3592, 1.3325, 13.74),
}
BANDWIDTHS = {
    1: 0.0015, 2: 0.0039296748, 3: 0.0088863255, 4: 0.0189981255, 5: 0.0396266719,
    6: 0.0817098745, 7: 0.1675615826, 8: 0.3427030954, 9: 0.7,
}  # fmt: skip
CASES = [(2, 1000, k, row) for k, row in PAPER_2D.items()]
CASES += [(3, 100, k, row) for k, row in PAPER_3D.items()]


@pytest.mark.parametrize(("label", "expected"), BANDWIDTHS.items())
def test_bandwidth_of_every_label(label, expected):
    assert bandwidth(label) == pytest.approx(expected, abs=6e-11)


@pytest.mark.parametrize(("dims", "length", "label", "row"), CASES)
def test_full_size_agrees_with_the_published_table(dims, length, label, row):
    kept, std, low, high, psnr = row
    runs = [
        Signal(dims=dims, length=length, label=label, seed=seed).generate()[..., 0]
        for seed in SEEDS
    ]
    first = runs[0]
    assert first.shape == (length + 1,) * dims
    assert np.count_nonzero(np.abs(np.fft.fftn(first)) > 1e-6) == kept
    assert np.mean([r.std() for r in runs]) == pytest.approx(std, abs=6e-6)
    assert np.mean([-10 * np.log10(r.var()) for r in runs]) == pytest.approx(psnr, abs=0.006)
    assert (first.min(), first.max()) == pytest.approx((low, high), abs=6e-5)
    assert all(0.4990 < r.mean() < 0.5010 for r in runs)


@pytest.mark.parametrize(
    ("dims", "length", "label", "share", "cap"),
    [(2, 1000, 9, 0.029, 38.13), (3, 100, 9, 0.010, 43.35), (2, 1000, 8, 0.00002, 78.10)],
)
def test_samples_out_of_reach_of_a_clamped_model(dims, length, label, share, cap):
    runs = [Signal(dims=dims, length=length, label=label, seed=s).generate() for s in SEEDS]
    lost = [r - r.clip(0, 1) for r in runs]
    assert np.mean([np.mean(e != 0) for e in lost]) == pytest.approx(share, rel=0.1)
    assert np.mean([-10 * np.log10(np.mean(e**2)) for e in lost]) == pytest.approx(cap, abs=0.006)


def test_three_lowest_labels_are_one_constant_in_the_papers_3d():
    runs = [Signal(dims=3, length=100, label=k).generate() for k in (1, 2, 3)]
    assert runs[0].std() < 1e-12
    assert runs[0].mean() == pytest.approx(0.499838, abs=6e-7)
    assert all(np.array_equal(runs[0], r) for r in runs[1:])


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("label", [1, 5, 7, 9])
def test_equals_the_definition_by_full_transform_and_global_stream(dims, label):
    n, seed = 21, 7
    saved = np.random.get_state()
    np.random.seed(seed)
    noise = np.random.rand(*[n] * dims)
    np.random.set_state(saved)
    spectrum = np.fft.fftn(noise)
    for k in np.ndindex(spectrum.shape):
        waves = [min(i, n - i) / n for i in k]
        if sum(w * w for w in waves) ** 0.5 > bandwidth(label) / 2**0.5:
            spectrum[k] = 0
    expected = np.fft.ifftn(spectrum).real
    found = Signal(dims=dims, length=n, label=label, seed=seed).generate()[..., 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def test_labels_of_one_seed_are_nested():
    low, high = (np.fft.fft2(Signal(length=99, label=k).generate()[..., 0]) for k in (5, 7))
    kept = np.abs(low) > 1e-9
    assert 1 < kept.sum() < kept.size / 2
    np.testing.assert_allclose(low[kept], high[kept])


def test_even_side_grows_by_one_and_odd_side_stays():
    assert shape(dims=2, length=1000) == (1001, 1001)
    assert shape(dims=3, length=101) == (101, 101, 101)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("dims", 4), ("dims", True), ("length", 1), ("length", 10.5), ("label", 0), ("label", 10),
     ("seed", -1), ("seed", 2**32)],
)  # fmt: skip
def test_bad_setting_is_named(setting, value):
    with pytest.raises(UserError, match=f"`{setting}`"):
        Signal(**{setting: value})
