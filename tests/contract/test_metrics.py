"""What every metric owes: a declaration that tells the truth, and a sensible order."""

import atexit
import itertools
import json
import math
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from helpers import backbones, trial

from fieldbench.plan.entries import registry
from fieldbench.plan.metric_columns import columns
from fieldbench.scoring import Scorer

NAMES = registry.names("metrics")
SHAPES = {1: (300,), 2: (36, 36), 3: (10, 17, 16)}
ALL = [
    (name, dims, channels)
    for name, dims, channels in trial.entries("metrics")
    if channels in (registry.declare("metrics", name).facts.channels or (channels,))
]
DECLARED_ONLY = """
import json, sys
from fieldbench.plan.entries import registry
for name in registry.names("metrics"):
    registry.declare("metrics", name)
print(json.dumps([m for m in ("numpy", "torch", "skimage") if m in sys.modules]))
"""


@cache
def files(name):
    """What a metric needs, made up: random weights for a network."""
    needs = registry.declare("metrics", name).facts.needs
    folder = Path(tempfile.mkdtemp(prefix="metrics-")) if needs else None
    if folder:
        atexit.register(shutil.rmtree, folder)
    return tuple(backbones.file(key.removeprefix("lpips-"), folder) for key in needs)


@cache
def metric(name):
    given = {"files": files(name)} if files(name) else {}
    return registry.load("metrics", name)(**given)


def values_of(name, truth, found):
    """{part: value}, with one part of no name where the metric has none."""
    value = metric(name).score(truth, found)
    return value if isinstance(value, dict) else {"": value}


def level(name):
    """What is taken off values in [0, 1] to make them what a metric is for."""
    holds = registry.declare("metrics", name).facts.holds
    return 0.3 if holds == "distances" else 0.0  # of either sign, and not about zero


def better(name, one, other):
    """Whether a value is better than another, as the metric declares."""
    higher = registry.declare("metrics", name).facts.better == "higher"
    return one > other if higher else one < other


def test_metrics_are_declared_without_numpy_or_torch():
    assert json.loads(trial.python(DECLARED_ONLY).stdout) == []


@pytest.mark.parametrize("name", NAMES)
def test_declaration_is_complete(name):
    facts = registry.declare("metrics", name).facts
    assert facts.label
    assert isinstance(facts.unit, str)
    assert facts.better in ("higher", "lower")
    low, high = facts.limits
    assert low < high
    assert set(facts.dims) <= {1, 2, 3}
    assert facts.dims
    assert registry.required(registry.declare("metrics", name)) == ()
    assert all(
        getattr(metric(name), k) == getattr(facts, k) for k in ("label", "unit", "better", "dims")
    )


def test_a_metric_for_some_kinds_names_kinds_that_exist():
    for name in NAMES:
        facts = registry.declare("metrics", name).facts
        assert set(facts.kinds) <= set(registry.names("signals"))
        assert set(facts.channels) <= {1, 3}


def test_parts_are_numbers_and_take_the_place_of_labels_where_there_are_none():
    every = [registry.declare("metrics", name).facts for name in NAMES]
    for facts in (facts for facts in every if facts.parts):
        assert list(facts.parts) == [str(n + 1) for n in range(len(facts.parts))]
        for kind in facts.kinds:
            assert "label" not in registry.declare("signals", kind).settings


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_perfect_beats_noisy_beats_constant(name, dims, channels):
    truth = trial.smooth(SHAPES[dims], channels)
    draw = np.random.default_rng(0).standard_normal(truth.shape)
    little, much = (np.clip(truth + s * draw, 0, 1) for s in (0.02, 0.08))
    flat = np.full_like(truth, truth.mean())
    given = [array - level(name) for array in (truth, little, much, flat)]
    values = [values_of(name, given[0], found) for found in given]
    for one, other in itertools.pairwise(values):
        assert better(name, sum(one.values()), sum(other.values())), values
    for one, other in itertools.pairwise(values[:3]):  # a part may be flat itself
        assert all(better(name, one[part], other[part]) for part in one), values


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_no_limit_is_better_than_what_identical_arrays_have(name, dims, channels):
    waves = trial.smooth(SHAPES[dims], channels) - level(name)
    for truth in (waves, np.zeros((*SHAPES[dims], channels))):
        limits = registry.declare("metrics", name).facts.limits
        for best in values_of(name, truth, truth.copy()).values():
            assert not math.isnan(best)
            assert not any(better(name, limit, best) for limit in limits)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_values_are_plain_floats_and_inputs_are_left_alone(name, dims, channels):
    truth = trial.smooth(SHAPES[dims], channels)
    truth, found = truth - level(name), np.clip(truth + 0.1, 0, 1) - level(name)
    kept = truth.copy(), found.copy()
    values = values_of(name, truth, found)
    assert all(type(value) is float for value in values.values())
    assert values == values_of(name, truth, found)
    np.testing.assert_array_equal((truth, found), kept)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_scores_carry_what_the_metric_declares(name, dims, channels):
    truth = trial.smooth(SHAPES[dims], channels)
    scored = Scorer(truth, {name: files(name)}).score(truth.astype(np.float32), [name])
    facts = registry.declare("metrics", name).facts
    assert list(scored) == columns(name, facts.parts)
    for one in scored.values():
        assert one["unit"] == facts.unit
        assert one["better"] == facts.better


@pytest.mark.parametrize("name", NAMES)
def test_smallest_side_is_the_smallest_that_works(name):
    facts = registry.declare("metrics", name).facts
    side, dims = facts.smallest_side, facts.dims[-1]
    truth = np.random.default_rng(0).random((*(side,) * dims, 1))
    assert all(math.isfinite(v) for v in values_of(name, truth, truth**2).values())
    if side > 1:
        small = truth[tuple(slice(side - 1) for _ in range(dims))]
        with pytest.raises(ValueError):
            values_of(name, small, small**2)
