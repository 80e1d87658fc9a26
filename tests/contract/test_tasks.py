"""What every task owes: an observation that hides what it says, and shows the rest in its place."""

import json

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.lattice import Lattice
from fieldbench.plan.entries import registry
from fieldbench.results.observation import Observation
from fieldbench.seeds import numpy_stream
from fieldbench.tasks._task import FieldTask, FunctionTask, PointTask

NAMES = registry.names("tasks")
# What asks something else of another task's fits makes no observation of its own.
OBSERVING = [n for n in NAMES if not registry.declare("tasks", n).facts.of]
ALL = [(n, d, c) for n, d, c in trial.entries("tasks") if n in OBSERVING]
WHOLE = [n for n in NAMES if registry.declare("tasks", n).facts.whole_field]
FUNCTION = [n for n in NAMES if registry.declare("tasks", n).facts.function]
POINTWISE = [entry for entry in ALL if entry[0] not in [*WHOLE, *FUNCTION]]
MASKED = [e for e in POINTWISE if trial.observed(trial.truth(*e), e[0]).mask is not None]
CHOOSY = [n for n in NAMES if "impossible" in registry.declare("tasks", n).functions]
# Tasks of any sort of signal: of the others the plan refuses what is of another sort.
ANY_SORT = [n for n in OBSERVING if not registry.declare("tasks", n).facts.holds]
IMPOSSIBLE = {
    "super-resolve": ((16, 10), "16 x 10"),
    "tomography": ((4, 16, 8), "3D"),
    "poisson-gradient": ((4, 16, 8), "3D"),
    "poisson-laplacian": ((4, 16, 8), "3D"),
}
DECLARED_ONLY = """
import json, sys
from fieldbench.plan.entries import registry
for name in registry.names("tasks"):
    declared = registry.declare("tasks", name)
    if "impossible" in declared.functions:
        declared.functions["impossible"]((6, 8), 3, **declared.settings)
print(json.dumps([m for m in ("numpy", "torch", "h5py") if m in sys.modules]))
"""


def test_tasks_are_planned_without_numpy_or_torch():
    assert json.loads(trial.python(DECLARED_ONLY).stdout) == []


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_observation_has_its_shapes_and_types(name, dims, channels):
    truth = trial.truth(name, dims, channels)
    shape = truth.shape[:-1]
    seen = trial.observed(truth, name)
    assert seen.values.dtype == np.float32
    assert np.isfinite(seen.values).all()
    assert name in [*WHOLE, *FUNCTION] or seen.values.shape == (*seen.seen.shape, channels)
    assert seen.target.shape == shape
    assert seen.channels == trial.mapped(name, shape, channels)[1]
    assert seen.seen.centred == seen.target.centred
    assert seen.seen.extent == seen.target.extent
    if seen.mask is not None:
        assert seen.mask.dtype == bool
        assert seen.mask.shape == seen.values.shape[:-1]
        assert 0 < seen.mask.sum() < seen.mask.size
    if seen.seen.shape == seen.target.shape:
        assert seen.seen == seen.target


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_one_stream_makes_one_observation_and_the_signal_is_left_alone(name, dims, channels):
    truth = trial.truth(name, dims, channels)
    kept, before = truth.copy(), np.random.get_state()[1].copy()
    one, other = trial.observed(truth, name), trial.observed(truth, name)
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.mask, other.mask)
    np.testing.assert_array_equal(truth, kept)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    assert one.seen == other.seen


@pytest.mark.parametrize("name", ["denoise", "inpaint"])
def test_another_stream_makes_another_observation(name):
    task = registry.load("tasks", name)()
    one, other = (
        task.observe(trial.truth("represent", 2, 1), numpy_stream("noise", name, seed=s)).values
        for s in (1, 2)
    )
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(("name", "dims", "channels"), MASKED)
def test_hidden_values_do_not_leak(name, dims, channels):
    """Where a mask hides a sample, changing the truth there changes nothing."""
    truth = trial.truth(name, dims, channels)
    seen = trial.observed(truth, name)
    assert (seen.values[~seen.mask] == 0).all()
    np.testing.assert_array_equal(seen.values[seen.mask], truth[seen.mask].astype(np.float32))
    changed = np.where(seen.mask[..., None], truth, 7.0)
    again = trial.observed(changed, name)
    np.testing.assert_array_equal(again.values, seen.values)
    np.testing.assert_array_equal(again.mask, seen.mask)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_saved_and_opened_observation_is_the_same(name, dims, channels, tmp_path):
    seen = trial.observed(trial.truth(name, dims, channels), name)
    seen.save(tmp_path / "seen.h5")
    back = Observation.open(tmp_path / "seen.h5")
    np.testing.assert_array_equal(back.values, seen.values)
    assert back.beside.keys() == seen.beside.keys()
    for key, array in seen.beside.items():
        np.testing.assert_array_equal(back.beside[key], array)
    assert back.values.dtype == np.float32
    assert (back.seen, back.target) == (seen.seen, seen.target)
    assert (back.mask is None) == (seen.mask is None)
    if seen.mask is not None:
        np.testing.assert_array_equal(back.mask, seen.mask)
        assert back.mask.dtype == bool
    assert seen.facts.items() <= back.facts.items()


@pytest.mark.parametrize(("name", "dims", "channels"), [e for e in ALL if e[0] not in FUNCTION])
def test_model_values_meet_the_observed_shape(name, dims, channels):
    seen = trial.observed(trial.truth(name, dims, channels), name)
    field = torch.zeros(*seen.seen.shape, channels)
    assert registry.load("tasks", name)().predict(field).shape == seen.values.shape


@pytest.mark.parametrize("name", OBSERVING)
def test_the_plan_knows_which_tasks_need_the_whole_field(name):
    task = registry.load("tasks", name)
    known = {**dict.fromkeys(WHOLE, FieldTask), **dict.fromkeys(FUNCTION, FunctionTask)}
    assert issubclass(task, known.get(name, PointTask))


@pytest.mark.parametrize(("name", "dims", "channels"), [e for e in ALL if e[0] in WHOLE])
def test_the_truth_has_no_loss_and_the_loss_a_gradient_everywhere(name, dims, channels):
    truth = trial.truth(name, dims, channels)
    task, seen = registry.load("tasks", name)(), trial.observed(truth, name)
    values = torch.as_tensor(seen.values)
    assert task.loss(torch.as_tensor(truth, dtype=torch.float32), values) == 0
    field = torch.zeros(truth.shape, requires_grad=True)
    task.loss(field, values).backward()
    assert field.grad.shape == truth.shape
    assert (field.grad != 0).all()


@pytest.mark.parametrize(("name", "dims", "channels"), [e for e in ALL if e[0] in WHOLE])
def test_what_is_predicted_of_the_whole_field_is_linear(name, dims, channels):
    """By this the control `constant` finds its level."""
    task, noise = registry.load("tasks", name)(), torch.Generator().manual_seed(0)
    one, other = torch.rand(2, *trial.SHAPES[dims], channels, generator=noise)
    both = task.predict(2 * one - 3 * other)
    expected = 2 * task.predict(one) - 3 * task.predict(other)
    torch.testing.assert_close(both, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("name", "dims", "channels"), POINTWISE)
def test_a_ramp_is_seen_as_the_ramp_at_the_seen_places(name, dims, channels):
    """A linear function survives any honest observation: block means lie at block middles."""
    target = trial.observed(trial.truth(name, dims, channels), name).target
    truth = ramp(target, channels)
    seen = trial.observed(truth, name)
    expected = ramp(seen.seen, channels)
    shown = np.ones(seen.seen.shape, bool) if seen.mask is None else seen.mask
    noise = 0.05 * 5 if name == "denoise" else 1e-6
    np.testing.assert_allclose(seen.values[shown], expected[shown], atol=noise)


def ramp(lattice, channels):
    axes = np.meshgrid(*[lattice.axis(k) for k in range(lattice.dims)], indexing="ij")
    plane = 0.5 + sum((0.1 + 0.05 * k) * axis for k, axis in enumerate(axes))
    return np.stack([plane * (1 - 0.1 * c) for c in range(channels)], -1)


def test_super_resolve_covers_the_same_ground_in_either_convention():
    truth = ramp(Lattice((16, 24)), 1)
    centre = trial.observed(truth, "super-resolve")
    corner = trial.observed(truth, "super-resolve", alignment="corner")
    np.testing.assert_array_equal(centre.values, corner.values)
    assert centre.seen == Lattice((4, 6), centred=True)
    assert centre.target == Lattice((16, 24), centred=True)
    assert corner.seen == Lattice((4, 6))
    assert corner.target == Lattice((16, 24))
    assert centre.values[0, 0, 0] == pytest.approx(truth[:4, :4].mean(), abs=1e-6)


@pytest.mark.parametrize("name", [n for n in ANY_SORT if n not in CHOOSY])
def test_a_task_without_impossible_signals_takes_every_one(name):
    dims = registry.declare("tasks", name).facts.dims
    for shape in [s for s in ((1,), (7, 5), (3, 5, 7)) if len(s) in dims]:
        trial.observed(np.zeros((*shape, 1)), name)


@pytest.mark.parametrize("name", [n for n in ANY_SORT if n in CHOOSY])
def test_an_ordinary_picture_is_possible(name):
    declared = registry.declare("tasks", name)
    assert declared.functions["impossible"]((16, 8), 3, **declared.settings) is None


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_pairs_have_a_reason(name):
    declared, (shape, word) = registry.declare("tasks", name), IMPOSSIBLE[name]
    assert word in declared.functions["impossible"](shape, 3, **declared.settings)
