"""What every metric owes: a declaration that tells the truth, and a sensible order."""

import itertools
import json
import math

import numpy as np
import pytest
import trial

from fieldbench.plan import registry
from fieldbench.scoring import score

NAMES = registry.names("metrics")
SHAPES = {1: (60,), 2: (24, 20), 3: (10, 12, 9)}
ALL = trial.entries("metrics")
BEST = {"psnr": math.inf, "ssim": 1.0, "iou": 1.0}
DECLARED_ONLY = """
import json, sys
from fieldbench.plan import registry
for name in registry.names("metrics"):
    registry.declare("metrics", name)
print(json.dumps([m for m in ("numpy", "torch", "skimage") if m in sys.modules]))
"""


def value(name, truth, found):
    return registry.load("metrics", name)().score(truth, found)


def better(name, one, other):
    """Whether a value is better than another, as the metric declares."""
    higher = registry.declare("metrics", name).facts["better"] == "higher"
    return one > other if higher else one < other


def test_metrics_are_declared_without_numpy_or_torch():
    assert json.loads(trial.python(DECLARED_ONLY).stdout) == []


@pytest.mark.parametrize("name", NAMES)
def test_declaration_is_complete(name):
    facts = registry.declare("metrics", name).facts
    assert facts["label"]
    assert isinstance(facts["unit"], str)
    assert facts["better"] in ("higher", "lower")
    low, high = facts["limits"]
    assert low < high
    assert set(facts["dims"]) <= {1, 2, 3}
    assert facts["dims"]
    assert registry.required(registry.declare("metrics", name)) == ()
    metric = registry.load("metrics", name)()
    assert all(getattr(metric, k) == facts[k] for k in ("label", "unit", "better", "dims"))


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_perfect_beats_noisy_beats_constant(name, dims, channels):
    truth = trial.smooth(SHAPES[dims], channels)
    draw = np.random.default_rng(0).standard_normal(truth.shape)
    little, much = (np.clip(truth + s * draw, 0, 1) for s in (0.02, 0.08))
    flat = np.full_like(truth, truth.mean())
    values = [value(name, truth, found) for found in (truth, little, much, flat)]
    for one, other in itertools.pairwise(values):
        assert better(name, one, other), values


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_identical_arrays_have_the_best_value(name, dims, channels):
    for truth in (trial.smooth(SHAPES[dims], channels), np.zeros((*SHAPES[dims], channels))):
        best = value(name, truth, truth.copy())
        assert best == BEST[name]
        assert not better(name, registry.declare("metrics", name).facts["limits"][0], best)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_values_are_plain_floats_and_inputs_are_left_alone(name, dims, channels):
    truth = trial.smooth(SHAPES[dims], channels)
    found = np.clip(truth + 0.1, 0, 1)
    kept = truth.copy(), found.copy()
    assert type(value(name, truth, found)) is float
    assert value(name, truth, found) == value(name, truth, found)
    np.testing.assert_array_equal((truth, found), kept)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_scores_carry_what_the_metric_declares(name, dims, channels):
    truth = trial.smooth(SHAPES[dims], channels)
    scored = score(truth, truth.astype(np.float32), [name])
    facts = registry.declare("metrics", name).facts
    assert scored.keys() == {name}
    assert scored[name]["unit"] == facts["unit"]
    assert scored[name]["better"] == facts["better"]


@pytest.mark.parametrize("name", NAMES)
def test_smallest_side_is_the_smallest_that_works(name):
    facts = registry.declare("metrics", name).facts
    side, dims = facts.get("smallest_side", 1), facts["dims"][-1]
    truth = np.random.default_rng(0).random((*(side,) * dims, 1))
    assert math.isfinite(value(name, truth, truth * 0.5))
    if side > 1:
        small = truth[tuple(slice(side - 1) for _ in range(dims))]
        with pytest.raises(ValueError):
            value(name, small, small * 0.5)
