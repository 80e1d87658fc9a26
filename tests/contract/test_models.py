"""What every model owes: a declaration that tells the truth, and the same values every time."""

import ast
import copy
import inspect
import io

import numpy as np
import pytest
import torch
from helpers import trial
from helpers.small_models import made, stirred

from fieldbench.lattice import Lattice
from fieldbench.models._field import slabs
from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.sizing import count
from fieldbench.seeds import torch_stream
from fieldbench.training.fit import fit
from fieldbench.training.reconstruction import reconstruct

NAMES = registry.names("models")
CONTROLS = [n for n in NAMES if registry.declare("models", n).facts.control]
TRAINED = [n for n in NAMES if n not in CONTROLS]
ALL = trial.entries("models")
LEARNING = [entry for entry in ALL if entry[0] not in CONTROLS]
# What a model may not do, and why.
EXCEPTIONS = {
    ("grid", "seeds differ"): "every value starts at 0.1",
    ("grid-tv", "seeds differ"): "every value starts at 0.1",
    ("constant", "seeds differ"): "starts at zero",
    ("oracle", "seeds differ"): "starts at zero",
}


def weights(model):
    return {k: v.clone() for k, v in model.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def sizes(name):
    """A few sizes that the model allows."""
    facts = registry.declare("models", name).facts
    least = facts.smallest
    return [0] if not facts.sized else [least, least + 1, least + 4]


@pytest.mark.parametrize("name", NAMES)
def test_declaration_is_complete(name):
    declared = registry.declare("models", name)
    assert declared.facts.dims
    assert set(declared.facts.dims) <= {1, 2, 3}
    assert "parameters" in declared.functions
    assert registry.required(declared) == ()
    if name in TRAINED:
        assert declared.facts.learning_rate > 0
    model = registry.load("models", name)
    assert model.dims == declared.facts.dims
    assert inspect.getmodule(model).__doc__


@pytest.mark.parametrize("name", NAMES)
def test_constructor_takes_what_it_is_given_and_its_own_settings_by_name(name):
    declared = registry.declare("models", name)
    taken = dict(inspect.signature(registry.load("models", name)).parameters)
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in taken.values())
    assert all(taken[g].default is inspect.Parameter.empty for g in registry.GIVEN["models"])
    own = {k: p.default for k, p in taken.items() if k not in registry.GIVEN["models"]}
    assert own == declared.settings


@pytest.mark.parametrize("name", NAMES)
def test_source_has_no_print_device_or_seed(name):
    tree = ast.parse(registry.file_of("models", name).read_text(encoding="utf-8"))
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not called & {"print", "open", "torch.manual_seed", "torch.device"}
    assert not any(isinstance(n, ast.Global) for n in ast.walk(tree))


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_parameters_are_the_counted_trainable_numbers(name, dims, channels):
    where, declared = trial.place(dims, channels), registry.declare("models", name)
    counts = []
    for size in sizes(name):
        model = made(name, dims, channels, size=size)
        real = sum(p.numel() * (2 if p.is_complex() else 1) for p in model.parameters())
        assert all(p.requires_grad for p in model.parameters())
        counts.append(count(declared, size, where, trial.SETTINGS.get(name, {})))
        assert counts[-1] == real
    assert counts == sorted(set(counts)), "a larger size must have more parameters"


@pytest.mark.parametrize("budget", [300, 5000, 77777])
@pytest.mark.parametrize(("name", "dims", "channels"), LEARNING)
def test_exact_sizing_is_the_largest_within_the_budget(name, dims, channels, budget):
    declared, where = registry.declare("models", name), trial.place(dims, channels)
    try:
        settings, size, parameters = trial.sized(name, where, budget)
    except ValueError as reason:
        least = count(declared, declared.facts.smallest, where, trial.SETTINGS.get(name, {}))
        assert least > budget, reason
        return
    assert parameters <= budget
    if size < declared.facts.largest:
        assert count(declared, size + 1, where, settings) > budget


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_forward_gives_finite_float32_values(name, dims, channels):
    points = Lattice(trial.SHAPES[dims]).points()
    values = made(name, dims, channels)(points)
    assert values.shape == (len(points), channels)
    assert values.dtype == torch.float32
    assert values.isfinite().all()
    assert made(name, dims, channels)(points[:1]).shape == (1, channels)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_gradient_reaches_every_parameter(name, dims, channels):
    model = stirred(name, dims, channels)
    predictions = model.predictions(Lattice(trial.SHAPES[dims]).points())
    weight = torch.randn(predictions[-1].shape, generator=torch_stream("test"))
    sum((weight * values).sum() for values in predictions).backward()
    for key, parameter in model.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.isfinite().all(), key
        assert parameter.grad.abs().max() > 0, key


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_one_seed_makes_one_model_and_leaves_global_streams_alone(name, dims, channels):
    before, before_numpy = torch.get_rng_state(), np.random.get_state()[1].copy()
    model = weights(made(name, dims, channels, seed=3))
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(np.random.get_state()[1], before_numpy)
    assert same(model, weights(made(name, dims, channels, seed=3)))
    differs = not same(model, weights(made(name, dims, channels, seed=4)))
    assert differs == ((name, "seeds differ") not in EXCEPTIONS)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_saved_and_loaded_weights_give_the_same_values(name, dims, channels):
    points = Lattice(trial.SHAPES[dims]).points()
    model, other = stirred(name, dims, channels), made(name, dims, channels, seed=9)
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(model(points), other(points))
    copied = copy.deepcopy(model)
    assert torch.equal(model(points), copied(points))


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_values_in_parts_are_the_values_at_once(name, dims, channels):
    model, lattice = stirred(name, dims, channels), Lattice(trial.SHAPES[dims], centred=True)
    at_once = reconstruct(model, lattice, lattice.size, whole=False)
    assert at_once.shape == (*lattice.shape, channels)

    def textbook(model):
        values = model(lattice.points().to(next(model.parameters())))
        return [values.detach().reshape(at_once.shape)]

    for part in (1, 37, lattice.size - 1):
        parts = torch.as_tensor(reconstruct(model, lattice, part, whole=False))
        trial.assert_as_exact([parts], [torch.as_tensor(at_once)], model, textbook, rtol=1e-5)


def gradients(values, weight, model):
    """Values, and what a weighted sum of them sends to the parameters, in float32 or float64.

    Of several outputs only the last is a model's value; the others get no gradient.
    """
    found = torch.autograd.grad(
        (weight * values).sum(), list(model.parameters()), materialize_grads=True
    )
    return [values.detach(), *found]


@pytest.mark.parametrize("place", ["corner", "centred", "moved"])
@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_lattice_path_equals_points_path(name, dims, channels, place):
    for shape in (trial.SHAPES[dims], {1: (13,), 2: (7, 31), 3: (3, 11, 6)}[dims]):
        # The first two samples along every axis of a moved lattice are held at the border.
        lattice = Lattice(shape, place == "centred", shift=(-1.5,) * dims * (place == "moved"))
        model = stirred(name, dims, channels)
        weight = torch.randn((*shape, channels), generator=torch_stream("test"))

        def textbook(model, lattice=lattice, weight=weight):
            values = model(lattice.points().to(next(model.parameters())))
            return gradients(values.reshape(weight.shape), weight, model)

        values = model.on_lattice(lattice)
        assert values.shape == weight.shape
        fast = gradients(values, weight, model)
        trial.assert_as_exact(fast, textbook(model), model, textbook)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_fused_way_equals_textbook_way(name, dims, channels):
    model, points = stirred(name, dims, channels), Lattice(trial.SHAPES[dims]).points()

    def sent(predictions, model):
        noise = torch_stream("test")
        loss = sum((torch.randn(p.shape, generator=noise) * p).sum() for p in predictions)
        gradient = torch.autograd.grad(loss, list(model.parameters()), materialize_grads=True)
        return [*(p.detach() for p in predictions), *gradient]

    def textbook(model):
        return sent(model.predictions(points.to(next(model.parameters()))), model)

    trial.assert_as_exact(sent(model.fused(points), model), textbook(model), model, textbook)


@pytest.mark.parametrize(("name", "dims", "channels"), ALL)
def test_slabs_make_up_the_lattice(name, dims, channels):
    lattice = Lattice(trial.SHAPES[dims])
    model = stirred(name, dims, channels)

    def textbook(model):
        with torch.no_grad():
            values = model(lattice.points().to(next(model.parameters())))
        return [values.reshape(*lattice.shape, channels)]

    with torch.no_grad():
        parts = [model.on_lattice(lattice, rows) for rows in slabs(model, lattice, 40)]
        whole = model.on_lattice(lattice)
    trial.assert_as_exact([torch.cat(parts)], [whole], model, textbook, rtol=1e-5)


@pytest.mark.parametrize(("name", "dims", "channels"), LEARNING)
def test_a_short_fit_lessens_the_loss(name, dims, channels):
    where = trial.place(dims, channels)
    seen = trial.observed(trial.smooth(where.shape, channels))
    result = fit(seen, FitSpec.of(trial.plan_of(name, where)), "no-checkpoint")
    assert result.facts["status"] == "ok", result.facts["reason"]
    losses = result.arrays["history/loss"]
    assert np.isfinite(losses).all()
    assert losses.min() < losses[0]
