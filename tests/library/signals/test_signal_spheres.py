"""Sparse spheres against the published tables, and against their definition."""

import math
import time

import numpy as np
import pytest

from fieldbench.plan.errors import UserError
from fieldbench.signals.spheres import Signal, count, radius

SEEDS = (1234, 2024, 5678, 7890, 7618)
# label: radius, count, five-seed mean of the occupancy
PAPER_2D = {
    1: (100, 3, 0.0865), 2: (50, 12, 0.0882), 3: (33.333, 28, 0.0901), 4: (25, 50, 0.0912),
    5: (20, 79, 0.0932), 6: (16.667, 114, 0.0931), 7: (14.286, 155, 0.0936),
    8: (12.5, 203, 0.0935), 9: (11.111, 257, 0.0939),
}  # fmt: skip
PAPER_3D = {
    1: (10, 23, 0.0847), 2: (5, 190, 0.0897), 3: (3.3333, 644, 0.0918), 4: (2.5, 1527, 0.0925),
    5: (2, 2984, 0.0931), 6: (1.6667, 5156, 0.0933), 7: (1.4286, 8188, 0.0935),
    8: (1.25, 12223, 0.0936), 9: (1.1111, 17403, 0.0939),
}  # fmt: skip
CASES = [(2, 1000, k, row) for k, row in PAPER_2D.items()]
CASES += [(3, 100, k, row) for k, row in PAPER_3D.items()]


def by_definition(dims, length, label, seed):
    """Compare every sample with every centre, one centre at a time."""
    reach = length / (10 * label)
    volume = {2: math.pi * reach**2, 3: 4 / 3 * math.pi * reach**3}[dims]
    saved = np.random.get_state()
    np.random.seed(seed)
    centres = np.random.uniform(0, length, (int(0.1 * length**dims / volume), dims))
    np.random.set_state(saved)
    samples = np.stack(np.meshgrid(*[np.arange(length)] * dims, indexing="ij"), axis=-1)
    filled = np.zeros((length,) * dims, dtype=bool)
    for centre in centres:
        filled |= np.linalg.norm(samples - centre, axis=-1) <= reach
    return filled


@pytest.mark.parametrize(("dims", "length", "label", "row"), CASES)
def test_full_size_agrees_with_the_published_table(dims, length, label, row):
    expected_radius, expected_count, occupancy = row
    assert radius(length, label) == pytest.approx(expected_radius, abs=6e-4)
    assert count(dims, length, label) == expected_count
    runs = [
        Signal(dims=dims, length=length, label=label, seed=seed).generate().mean() for seed in SEEDS
    ]
    assert np.mean(runs) == pytest.approx(occupancy, abs=6e-5)


def test_spread_over_seeds_of_the_largest_discs():
    runs = [Signal(label=1, seed=seed).generate().mean() for seed in SEEDS]
    assert (min(runs), max(runs)) == pytest.approx((0.068, 0.094), abs=6e-4)


@pytest.mark.parametrize(("dims", "length"), [(2, 37), (2, 80), (3, 10), (3, 15)])
@pytest.mark.parametrize("label", range(1, 10))
def test_equals_the_definition(dims, length, label):
    expected = by_definition(dims, length, label, seed=label)
    found = Signal(dims=dims, length=length, label=label, seed=label).generate()
    np.testing.assert_array_equal(found[..., 0], expected)


def test_axes_are_told_apart():
    picture = Signal(length=64).generate()[..., 0]
    assert not np.array_equal(picture, picture.T)


@pytest.mark.parametrize(("dims", "length"), [(2, 1000), (3, 100)])
def test_full_size_is_fast(dims, length):
    began = time.process_time()
    for label in range(1, 10):
        Signal(dims=dims, length=length, label=label).generate()
    assert time.process_time() - began < 9 * 1.0


@pytest.mark.parametrize(
    ("setting", "value"),
    [("dims", 1), ("length", 1), ("length", "big"), ("label", 0), ("label", 5.0), ("seed", -1)],
)
def test_bad_setting_is_named(setting, value):
    with pytest.raises(UserError, match=f"`{setting}`"):
        Signal(**{setting: value})
