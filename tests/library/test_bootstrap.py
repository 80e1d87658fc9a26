"""Bootstrap intervals and orders of models, by hand and against exact enumeration."""

import itertools

import numpy as np
import pytest

from fieldbench.analysis import agreement
from fieldbench.numerics import bootstrap


def exact(values):
    """The interval from every one of the n to the n resamples, each as likely."""
    means = [np.mean(drawn) for drawn in itertools.product(values, repeat=len(values))]
    return np.quantile(means, [0.025, 0.975], method="inverted_cdf")


@pytest.mark.parametrize("values", [[1, 2], [3, 1, 2], [20, 22, 21, 27], [5, 1, 4, 1, 9]])
def test_as_the_enumeration_of_all_resamples(values):
    """Means of few values lie on a lattice: a tail of 2.5 % may end one point of it apart."""
    low, high = bootstrap.interval(values, ["a"] * len(values), range(len(values)))
    apart = np.ptp(values) / len(values) / 4
    assert (low, high) == pytest.approx(tuple(exact(values)), abs=apart)
    assert min(values) <= low < np.mean(values) < high <= max(values)


def test_two_repeats_give_their_range():
    assert bootstrap.interval([1.0, 4.0], ["a", "a"], [1, 2]) == (1.0, 4.0)


def test_many_repeats_give_the_normal_interval():
    values = np.random.default_rng(1).normal(20, 2, 400)
    low, high = bootstrap.interval(values, ["a"] * 400, range(400))
    reach = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.02)


def test_signals_are_resampled_whole_with_their_seeds():
    """Seeds that agree add no certainty about images that differ."""
    values, signals = [10, 10, 10, 20, 20, 20], ["a"] * 3 + ["b"] * 3
    assert bootstrap.interval(values, signals, [1, 2, 3] * 2) == (10, 20)
    # One signal has lost a fit: means are over fits, so (10 + 20 + 20) / 3 when both are drawn.
    times, found = [], bootstrap._draws(2)
    for a, b in found:
        times.append((10 * a + 40 * b) / (a + 2 * b))
    expected = np.quantile(times, [0.025, 0.975])
    assert bootstrap.interval([10, 20, 20], ["a", "b", "b"], [1, 1, 2]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "signals", "seeds"),
    [([], [], []), ([7.0], ["a"], [1]), ([7.0, 8.0], ["a", "a"], [1, 1]),
     ([7.0, np.inf], ["a", "a"], [1, 2])],
)  # fmt: skip
def test_nothing_is_said_of_fewer_than_two_or_of_exact_ones(values, signals, seeds):
    assert np.isnan(bootstrap.interval(values, signals, seeds)).all()


def test_order_of_rows_does_not_matter():
    values, signals = np.array([3.0, 1.0, 2.5, 9.0]), np.array(["d", "b", "a", "c"])
    first = bootstrap.interval(values, signals, [1] * 4)
    for order in itertools.permutations(range(4)):
        assert bootstrap.interval(values[list(order)], signals[list(order)], [1] * 4) == first


def test_draws_are_resamples_and_stay_the_same():
    draws = bootstrap._draws(5)
    assert draws.shape == (10_000, 5) and (draws.sum(1) == 5).all()
    # One unit is absent from a resample of five with probability (4/5)^5 = 0.328.
    assert (draws == 0).mean() == pytest.approx(0.8**5, abs=0.005)
    bootstrap._draws.cache_clear()
    np.testing.assert_array_equal(bootstrap._draws(5), draws)


def test_orders_by_hand():
    assert agreement.ranks([1, 2, 3], [10, 20, 30]) == pytest.approx((1, 1))
    assert agreement.ranks([1, 2, 3], [3, 2, 1]) == pytest.approx((-1, -1))
    # Of six pairs five agree and one does not; the squared rank differences add up to 2.
    assert agreement.ranks([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx((4 / 6, 1 - 12 / 60))
    # A tie in one list: two pairs agree, one is tied, tau-b = 2 / sqrt(3 * 2).
    assert agreement.ranks([1, 2, 3], [1, 2, 2])[0] == pytest.approx(2 / np.sqrt(6))


@pytest.mark.parametrize("there", [[1.0], [2.0, 2.0]])
def test_no_order_no_agreement(there):
    assert np.isnan(agreement.ranks(there, there)).all()
