"""How often a model may be differentiated in its coordinates: what is declared, and no more."""

import pytest
import torch
from helpers import trial

from fieldbench.plan.entries import registry
from fieldbench.seeds import torch_stream
from fieldbench.tasks._derivatives import gradient, second

SAMPLES = 8001
TRUE = 0.004  # the most that a true derivative's sum may be off
# Every part once, beside one that is smooth; every other model.
COMPOSED = {f"mlp-identity-{name}" for name in registry.names("activations")}
COMPOSED |= {f"mlp-{name}-tanh" for name in registry.names("encodings")}
COMPOSED |= {n for n in registry.composed() if len(registry.sources("models", n)) == 2}
# So coarse that a line has many samples in every cell.
COARSE = {"instant-ngp": {"levels": 2, "base": 4}}
BUDGETS = {"ga-planes": 2000}  # it has no smaller one in 3D
# On every edge a kink between slopes of hundreds, which a sum over samples sees from one of them
# on: two layers, few edges, more samples.
KINKED = {"kan-meyer": {"hidden_layers": 0}}
BUDGETS |= dict.fromkeys(KINKED, 300)
CARRYING = [
    f"kan-{name}"
    for name in registry.names("bases")
    if hasattr(registry.load("bases", name), "jets")
]
NAMES = [*registry.names("models"), *sorted(COMPOSED)]


def often(name):
    """How often a model says that it may be differentiated."""
    return registry.declare("models", name).facts.derivatives


def model_of(name, dims):
    """A small model in float64, off its start."""
    where = trial.place(dims)
    # Deep networks wave faster than a line has samples; a kink shows in a shallow one as well.
    shallow = KINKED.get(name, {"hidden_layers": 1}) if name in COMPOSED else {}
    settings = trial.SETTINGS.get(name, {}) | COARSE.get(name, {}) | shallow
    settings, size, _ = trial.sized(name, where, BUDGETS.get(name, 1000), settings)
    model = registry.load("models", name)(
        dims=dims, channels=1, shape=where.shape, size=size,
        generator=torch_stream("init"), **settings,
    )  # fmt: skip
    noise = torch_stream("test", seed=1)
    with torch.no_grad():
        for values in model.parameters():
            values += 0.02 * torch.randn(values.shape, generator=noise)
    return model.double()


def gaps(model, dims, samples=SAMPLES):
    """By how much each derivative along a line differs from what was differentiated.

    A true one adds up to it: the sum of its steps is that of the finite differences. Relative to
    the range of what was differentiated; for the first and the second derivative.
    """
    share = torch.linspace(0, 1, samples, dtype=torch.float64)[:, None].requires_grad_()
    ends = torch.tensor([[-0.61, -0.47, -0.33], [0.52, 0.71, 0.39]], dtype=torch.float64)[:, :dims]
    found, values = [], model(ends[0] + share * (ends[1] - ends[0]))
    for _ in range(2):
        (slope,) = (
            torch.autograd.grad(
                values.sum(), share, create_graph=True, allow_unused=True, materialize_grads=True
            )
            if values.requires_grad
            else (torch.zeros_like(share),)
        )
        sums = torch.cumulative_trapezoid(slope[:, 0].detach(), dx=1 / (samples - 1))
        steps = (values - values[0])[1:, 0].detach()
        spread = (steps.max() - steps.min()).item()
        found.append((sums - steps).abs().max().item() / spread if spread else 0.0)
        values = slope
    return found


@pytest.mark.parametrize(
    ("name", "order"), [(n, k) for n in CARRYING for k in (1, 2) if k <= often(n)]
)
def test_what_a_model_carries_along_is_what_autograd_finds(name, order):
    """Derivatives in points, and those of a loss of them in the parameters."""
    model, noise, found = model_of(name, 2), torch_stream("test", seed=2), []
    assert model.jets, "carried along by no other way"
    points = torch.rand(9, 2, dtype=torch.float64, generator=noise) - 0.5
    for function in (model, model.forward):
        values, *slopes = (gradient, second)[order - 1](function, points)
        loss = (slopes[-1].sum(-1) ** 2 + values * slopes[0].prod(-1)).sum()
        found.append([values, *slopes, *torch.autograd.grad(loss, list(model.parameters()))])
    for carried, derived in zip(*found, strict=True):
        torch.testing.assert_close(carried, derived, rtol=1e-6, atol=1e-8)


def test_nothing_is_carried_through_norms():
    settings, size, _ = trial.sized("kan-dog", trial.place(2), 300, {"norm": "layer"})
    model = registry.load("models", "kan-dog")(
        dims=2, channels=1, shape=trial.place(2).shape, size=size,
        generator=torch_stream("init"), **settings,
    )  # fmt: skip
    assert model.jets is None
    points = torch.rand(9, 2, generator=torch_stream("test"))
    torch.testing.assert_close(gradient(model, points)[0], model(points))


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_true_as_often_as_declared_and_not_more_often(name):
    """In every dimension so often; one more is untrue in some of them, where two are too many."""
    declared = registry.declare("models", name).facts
    dims = [2] if name in COMPOSED else declared.dims
    samples = 10 * SAMPLES if name in KINKED else SAMPLES
    found = {d: gaps(model_of(name, d), d, samples) for d in dims}
    assert declared.derivatives in (0, 1, 2)
    for times in range(1, declared.derivatives + 1):
        assert all(gap[times - 1] < TRUE for gap in found.values()), (times, found)
    if declared.derivatives < 2:
        assert any(gap[declared.derivatives] > TRUE for gap in found.values()), found
