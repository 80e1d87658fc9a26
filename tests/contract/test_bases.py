"""What every basis owes: its count, its formula, its smoothness, and values that stay numbers."""

import inspect
import math
import re

import numpy as np
import pytest
import scipy.special
import torch
from helpers import trial

from fieldbench.lattice import Lattice
from fieldbench.models._products import mapped
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count
from fieldbench.plan.errors import UserError
from fieldbench.seeds import torch_stream

NAMES = registry.names("bases")
FROM_AN_INTERVAL = torch.linspace(-1, 1, 101, dtype=torch.float64)[:, None]


def layer(name, fan_in=3, fan_out=4, first=True, **settings):
    return registry.load("bases", name)(
        fan_in=fan_in, fan_out=fan_out, first=first, generator=torch_stream("init"), **settings
    )


def counted(name, fan_in, fan_out, function="parameters", **settings):
    declared = registry.declare("bases", name)
    known = declared.settings | settings
    return declared.functions[function](fan_in=fan_in, fan_out=fan_out, **known)


@pytest.mark.parametrize("name", NAMES)
def test_documentation_says_what_a_table_of_bases_asks(name):
    text = inspect.getmodule(registry.load("bases", name)).__doc__
    assert re.match(r"[A-Z][\w -]*: ", text)
    for field in ("Weights", "Smoothness", "Source", "Grade"):
        assert re.search(rf"^{field}: \S", text, re.MULTILINE), field


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_counted(name):
    for fan_in, fan_out in ((1, 1), (2, 7), (5, 3)):
        real = sum(p.numel() for p in layer(name, fan_in, fan_out).parameters())
        assert counted(name, fan_in, fan_out) == real
    assert counted(name, 4, 4, "flops") > 0


# Layers of X-KANeRF's field, the colour head twice as in its table.
FIELD = [(32, 8), (8, 8), *[(31, 8), (8, 3)] * 2]
INPUTS, OUTPUTS = (sum(ends) for ends in zip(*FIELD, strict=True))
EDGES = sum(a * b for a, b in FIELD)
POLYNOMIALS = {
    "chebyshev-1": 4, "chebyshev-2": 4, "fibonacci": 4, "gegenbauer": 4, "hermite": 4,
    "legendre": 4, "jacobi": 3, "bessel": 3, "lucas": 3, "laguerre": 3,
}  # fmt: skip
WAVELETS = ("mexican-hat", "morlet", "dog", "meyer", "shannon", "bump")
# Their count, its settings, and what it has besides: normalisations, knots, an unused weight.
PUBLISHED = {
    "b-spline": (8092, {"grid": 3}, 10 * INPUTS),
    "gaussian-rbf": (3748, {"grid": 3}, 2 * INPUTS + 3 * len(FIELD)),
    "rbf": (3512, {"grid": 3}, 3 * len(FIELD)),
    "fourier": (5222, {"grid": 3}, 0),
    "fcn": (5184, {}, 0),
    "fcn-interpolation": (6912, {}, 0),
    **{n: ({4: 4396, 3: 3532}[d], {"degree": d}, 2 * OUTPUTS) for n, d in POLYNOMIALS.items()},
    **dict.fromkeys(WAVELETS, (3614, {}, EDGES + 4 * OUTPUTS + len(FIELD))),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_counts(name):
    printed, settings, besides = PUBLISHED[name]
    assert sum(counted(name, a, b, **settings) for a, b in FIELD) + besides == printed


def test_published_counts_of_the_benchmark():
    declared = registry.declare("models", "kan-fourier")
    assert count(declared, 64, Domain(3, 1, (9, 9, 9)), {}) == 266_561
    assert count(declared, 64, Domain(2, 3, (9, 9)), {}) == 267_587


def features(name, t, **settings):
    """The features of t, which a squashing is undone for; (N, K)."""
    return layer(name, 1, **settings).features(torch.atanh(t))[..., 0].numpy()


def bessel(n, t):
    terms = [
        math.comb(n, k) * math.factorial(n + k) / math.factorial(n) / 2**k for k in range(n + 1)
    ]
    return sum(term * t**k for k, term in enumerate(terms)) / sum(terms)


def fibonacci(n, t):
    root = np.sqrt(t * t + 4)
    return (((t + root) / 2) ** n - ((t - root) / 2) ** n) / root


def lucas(n, t):
    root = np.sqrt(t * t + 4)
    return ((t + root) / 2) ** n + ((t - root) / 2) ** n


def hermite(n, t):
    return scipy.special.eval_hermite(n, t) / math.sqrt(2.0**n * math.factorial(n))


FORMULAS = {
    "chebyshev-1": scipy.special.eval_chebyt,
    "chebyshev-2": scipy.special.eval_chebyu,
    "legendre": scipy.special.eval_legendre,
    "gegenbauer": lambda n, t: scipy.special.eval_gegenbauer(n, 3, t),
    "jacobi": lambda n, t: scipy.special.eval_jacobi(n, 1, 1, t),
    "laguerre": lambda n, t: scipy.special.eval_genlaguerre(n, -0.5, t),
    "hermite": hermite, "bessel": bessel, "fibonacci": fibonacci, "lucas": lucas,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_recurrences_give_the_polynomials(name):
    t = FROM_AN_INTERVAL[1:-1]
    found = features(name, t, degree=16)
    for n in range(17):
        truth = FORMULAS[name](n, t[:, 0].numpy())
        np.testing.assert_allclose(found[:, n], truth, rtol=1e-9, atol=1e-12 * abs(truth).max())


def test_splines_and_hats_are_partitions_of_unity():
    inside = FROM_AN_INTERVAL[:-1]
    np.testing.assert_allclose(layer("b-spline", 1).bumps(inside).sum(1), 1, rtol=1e-6)
    np.testing.assert_allclose(
        layer("fcn-interpolation", 1).features(2 * inside).sum(1), 1, rtol=1e-6
    )


def test_splines_begin_through_small_noise():
    spline = layer("b-spline", 1, 50)
    points = torch.linspace(-1, 1, 9)[:, None]
    found = torch.einsum("nki,oki->no", spline.bumps(points), spline.coefficients)
    assert found.abs().max() <= 0.05 / 8 + 1e-6
    assert found.std() > 0.05 / 8 / 3


def test_relu_bumps_are_one_high():
    basis = layer("relu-bumps", 1)
    middles = (basis.starts + basis.ends).detach() - 1  # as coordinates
    found = basis.features(middles) * basis.gain
    torch.testing.assert_close(found[..., 0].diagonal(), torch.ones(11), rtol=1e-5, atol=0)
    assert found.max() < 1 + 1e-5


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_large_inputs_give_numbers(name, first):
    basis = layer(name, first=first)
    x = torch.cat([torch.logspace(-6, 3, 40), torch.tensor([0.0, 1.0, 2.0])])
    x = torch.cat([x, -x])[:, None].repeat(1, 3)
    for way in (basis, lambda x: basis.fused(x, mapped)):
        at = x.clone().requires_grad_()
        found = way(at)
        gradients = torch.autograd.grad(found.square().sum(), [at, *basis.parameters()])
        assert all(values.isfinite().all() for values in (found, *gradients))


@pytest.mark.parametrize(("first", "fan_in", "fan_out"), [(True, 2, 1), (False, 17, 33)])
@pytest.mark.parametrize("name", NAMES)
def test_a_layer_is_the_same_both_ways(name, first, fan_in, fan_out):
    basis, noise = layer(name, fan_in, fan_out, first), torch_stream("test")
    x = torch.randn(150, fan_in, generator=noise, requires_grad=True)
    weight, found = torch.randn(150, fan_out, generator=noise), []
    for values in (basis(x), basis.fused(x, mapped)):
        given = [x, *basis.parameters()]
        found.append((values, *torch.autograd.grad((weight * values).sum(), given)))
    for textbook, fast in zip(*found, strict=True):
        scale = textbook.abs().max().item()
        torch.testing.assert_close(fast, textbook, rtol=1e-4, atol=1e-5 * max(1.0, scale))


def slopes(basis, x, times):
    """The derivative of a layer of one input and one output, by autograd."""
    x = x.clone().requires_grad_()
    found = basis(x)
    for _ in range(times):
        if not found.requires_grad:
            return torch.zeros_like(x)
        found = torch.autograd.grad(found.sum(), x, create_graph=True)[0]
    return found.detach()


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_true_as_often_as_declared(name):
    """What a derivative adds up to over an interval is the difference of what it derives from."""
    basis = layer(name, 1, 1, first=False).double()
    with torch.no_grad():
        for values in basis.parameters():
            values += 0.1 * torch.randn(values.shape, generator=torch_stream("test"))
    x = torch.linspace(-1.3, 1.4, 200_001, dtype=torch.float64)[:, None]
    declared, true = registry.declare("bases", name).facts.derivatives, []
    for times in (1, 2):
        lower, upper = (slopes(basis, x, t)[:, 0] for t in (times - 1, times))
        grown = torch.cumulative_trapezoid(upper, x[:, 0])
        apart = (lower[1:] - lower[0] - grown).abs().max()
        true.append(apart < 1e-3 * max(1e-3, float(lower.abs().max())))
    assert true == [declared >= 1, declared >= 2]


def test_a_norm_between_layers_leaves_one_output_free():
    """Normalised itself, one output would be one number, whatever the point."""
    for dims in (1, 2, 3):
        given = {"shape": trial.SHAPES[dims], "size": 6, "generator": torch_stream("init")}
        model = registry.load("models", "kan-chebyshev-1")(
            dims=dims, channels=1, hidden_layers=1, norm="layer", **given
        )
        points = Lattice(trial.SHAPES[dims]).points()
        assert model(points).std() > 0.01
        torch.testing.assert_close(model.fused(points)[0], model(points), rtol=1e-4, atol=1e-5)
        declared = registry.declare("models", "kan-chebyshev-1")
        real = sum(p.numel() for p in model.parameters())
        assert count(declared, 6, trial.place(dims), {"norm": "layer", "hidden_layers": 1}) == real
    with pytest.raises(UserError, match="'batch'"):
        registry.load("models", "kan-chebyshev-1")(dims=1, channels=1, norm="batch", **given)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_steps_stay_numbers(name):
    """At the published depth and rate, on a small image."""
    points = Lattice((32, 32)).points()
    target = torch.as_tensor(trial.smooth((32, 32), 3).reshape(-1, 3), dtype=torch.float32)
    model = registry.load("models", f"kan-{name}")(
        dims=2, channels=3, shape=(32, 32), size=16, generator=torch_stream("init")
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=model.learning_rate)
    for _ in range(1000):
        optimiser.zero_grad()
        loss = (model.fused(points)[0] - target).square().mean()
        loss.backward()
        optimiser.step()
    assert all(p.isfinite().all() for p in model.parameters())
    assert loss < target.var(0).mean()
