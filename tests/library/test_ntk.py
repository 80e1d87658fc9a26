"""The empirical NTK: its ways agree, and with what theory says of wide networks."""

import numpy as np
import pytest
import torch

from fieldbench.analysis import kernels, ntk
from fieldbench.analysis.frequencies import Waves, agreement, learn
from fieldbench.lattice import Lattice
from fieldbench.plan.entries import registry

# One of each kind: linear maps alone, scalars of activations, weights that are made of others,
# a norm, numbers that are complex, several outputs of which one counts, tables that are looked up.
MODELS = {
    "mlp-identity-relu": {"hidden_layers": 1},
    "mlp-rff-prelu": {"features": 4, "hidden_layers": 1},
    "mlp-fkan-sine": {"hidden_layers": 1},
    "siren": {"omega": 10.0, "hidden_layers": 2},
    "kan-chebyshev-1": {"hidden_layers": 1},
    "kan-b-spline": {"hidden_layers": 1},
    "kan-mexican-hat": {"hidden_layers": 1, "norm": "layer"},
    "wire": {"omega": 5.0, "sigma": 2.0, "hidden_layers": 1},
    "bacon": {},
    "grid": {},
}
LATTICE = Lattice((5, 4))
SIZES = {"grid": 3}


def made(name, *, lattice=LATTICE, channels=2, size=None, seed=0, **settings):
    size = size or SIZES.get(name, 4)
    return registry.load("models", name)(
        dims=lattice.dims, channels=channels, shape=lattice.shape, size=size,
        generator=torch.Generator().manual_seed(seed), **settings,
    )  # fmt: skip


def apart(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize("name", MODELS)
def test_every_way_finds_the_same_kernel(name):
    model = made(name, **MODELS[name])
    before = {k: v.clone() for k, v in model.state_dict().items()}
    expected = ntk.reference(model, LATTICE)
    assert np.trace(expected) > 0
    assert apart(ntk.kernel(model, LATTICE), expected) < 1e-10
    assert apart(ntk.kernel(model, LATTICE, at_once=800), expected) < 1e-10  # many blocks
    products = ntk.Products(model, LATTICE)
    vector = np.random.default_rng(0).standard_normal(LATTICE.size)
    assert apart(products.times(vector), expected @ vector) < 1e-10
    for key, value in model.state_dict().items():  # a copy was widened, not the model
        assert value.dtype == before[key].dtype
        assert torch.equal(value, before[key])


def test_the_kernel_is_that_of_central_differences():
    model = made("mlp-identity-sine", channels=1, size=3, omega=3.0, hidden_layers=0)
    model = model.double()
    points = torch.from_numpy(np.stack(np.meshgrid(*map(LATTICE.axis, (0, 1)), indexing="ij"), -1))
    points, columns = points.reshape(-1, 2), []
    with torch.no_grad():
        for parameter in model.parameters():
            for number in parameter.view(-1).split(1):
                number += 1e-5
                above = model(points)
                number -= 2e-5
                columns.append((above - model(points)) / 2e-5)
                number += 1e-5
    jacobian = torch.cat(columns, 1).numpy()
    assert apart(ntk.kernel(model, LATTICE), jacobian @ jacobian.T / 20) < 1e-8


def test_a_weight_that_is_used_twice_is_no_linear_map_of_its_own():
    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = torch.nn.Linear(2, 2)

        def forward(self, points):
            return self.inner(torch.tanh(self.inner(points)))

    torch.manual_seed(0)
    model = Tied()
    expected = ntk.reference(model, LATTICE)
    assert apart(ntk.kernel(model, LATTICE), expected) < 1e-10


def test_lanczos_finds_the_largest_eigenvalues():
    model = made("siren", channels=1, size=8, omega=10.0)
    kernel = ntk.kernel(model, LATTICE)
    expected = np.linalg.eigvalsh(kernel)[::-1]
    values, vectors = ntk.Products(model, LATTICE).top(5)
    np.testing.assert_allclose(values, expected[:5], rtol=1e-8)
    np.testing.assert_allclose(kernel @ vectors, vectors * values, atol=1e-8 * values[0])


def test_response_by_products_is_that_of_the_whole_kernel():
    model = made("kan-chebyshev-1", hidden_layers=1)
    whole = kernels.response(ntk.kernel(model, LATTICE), LATTICE.shape)
    modes = [(0, 0), (1, 0), (2, 3)]
    found = ntk.Products(model, LATTICE).response(LATTICE.shape, modes)
    for k, mode in enumerate(modes):
        assert found.rates[k] == pytest.approx(whole.rates[mode], rel=1e-10)
        assert found.leakage[k] == pytest.approx(whole.leakage[mode], rel=1e-8)


def circulant(n=16):
    row = np.exp(-np.minimum(np.arange(n), n - np.arange(n)) / 3)
    return row, np.array([np.roll(row, k) for k in range(n)])


def test_response_of_a_stationary_kernel_is_the_transform_of_its_row():
    row, kernel = circulant()
    found = kernels.response(kernel, (16,))
    np.testing.assert_allclose(found.rates, np.fft.fft(row).real, rtol=1e-12)
    assert found.leakage.max() < 1e-12
    assert kernels.unevenness(kernel) == pytest.approx(0, abs=1e-12)
    assert kernels.distance_to_circulant(kernel, (16,)) < 1e-12
    plane = np.kron(kernel, circulant(6)[1])
    assert kernels.distance_to_circulant(plane, (16, 6)) < 1e-12
    expected = np.outer(np.fft.fft(row).real, np.fft.fft(circulant(6)[0]).real)
    np.testing.assert_allclose(kernels.response(plane, (16, 6)).rates, expected, rtol=1e-10)


def test_distance_to_a_stationary_kernel_is_that_to_its_mean_over_shifts():
    rough = np.random.default_rng(0).standard_normal((12, 12))
    kernel = rough @ rough.T
    shifted = [np.roll(kernel, (k, k), (0, 1)) for k in range(12)]
    expected = np.linalg.norm(kernel - np.mean(shifted, 0)) / np.linalg.norm(kernel)
    assert kernels.distance_to_circulant(kernel, (12,)) == pytest.approx(expected, rel=1e-12)


def test_spectrum_of_a_power_law():
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((30, 30)))[0]
    values = 7 * np.arange(1.0, 31) ** -2
    values[20:] = 0  # below every floor
    found = kernels.spectrum(basis * values @ basis.T)
    np.testing.assert_allclose(found.values[:20], values[:20] / 7, rtol=1e-10)
    assert found.above == 20
    assert found.decay == pytest.approx(2, rel=1e-6)
    assert found.condition == pytest.approx(400, rel=1e-6)
    assert found.trace == pytest.approx(values.sum())
    assert found.effective_rank == pytest.approx(values.sum() ** 2 / (values**2).sum())


def test_alignment_and_drift():
    vectors = np.linalg.qr(np.random.default_rng(0).standard_normal((9, 9)))[0]
    target = 3 * vectors[:, 1] + 4 * vectors[:, 4]
    shares = kernels.alignment(vectors, target)
    np.testing.assert_allclose(shares, [0, *[0.36] * 3, *[1] * 5], atol=1e-12)
    two = np.stack([target, vectors[:, 0]], 1)  # energies 25 and 1
    np.testing.assert_allclose(kernels.alignment(vectors, two)[[0, 1, 4]], [1 / 26, 10 / 26, 1])
    first, second = np.diag([1.0, 0, 0]), np.diag([0.0, 2, 0])
    assert kernels.drift(first, 5 * first) == pytest.approx(0, abs=1e-12)
    assert kernels.drift(first, second) == pytest.approx(1)


def normal_relu(width, seed):
    """a . relu(W x + b) + c with standard normal a, W and b."""
    model = made("mlp-identity-relu", channels=1, size=width, hidden_layers=0)
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=draw)
    return model


def arc_cosine():
    """The limit of its kernel over the width: Cho and Saul, 2009, of orders 1 and 0."""
    grids = np.meshgrid(LATTICE.axis(0), LATTICE.axis(1), indexing="ij")
    u = np.stack([*grids, np.ones(LATTICE.shape)], -1).reshape(-1, 3)  # 1 for the bias
    norms = np.linalg.norm(u, axis=1)
    cosine = np.clip(u @ u.T / np.outer(norms, norms), -1, 1)
    angle = np.arccos(cosine)
    upper = np.outer(norms, norms) * (np.sin(angle) + (np.pi - angle) * cosine)
    return (upper + (np.pi - angle) * (u @ u.T)) / (2 * np.pi) / LATTICE.size


def test_wide_networks_come_to_the_arc_cosine_kernel():
    limit, errors = arc_cosine(), {}
    for width in (64, 4096):
        found = [ntk.kernel(normal_relu(width, seed), LATTICE) / width for seed in range(12)]
        off = [np.linalg.norm(k - limit) / np.linalg.norm(limit) for k in found]
        errors[width] = np.mean(off)
    assert errors[4096] < 0.05
    assert 5 < errors[64] / errors[4096] < 13  # the root of 64, and chance


LINE = Lattice((32,))
WAVES = Waves(LINE.shape, ((1,), (2,), (3,)), np.full(3, 1e-3), np.array([0.3, 1, 2]))


def on_a_circle():
    """A wide network of points on a circle: its kernel is as good as stationary."""
    return made("mlp-basic-relu", lattice=LINE, channels=1, size=1024, hidden_layers=0).double()


def test_descent_learns_every_frequency_at_the_predicted_rate():
    model = on_a_circle()
    every = kernels.response(ntk.kernel(model, LINE), LINE.shape).rates
    rates = np.array([every[mode] for mode in WAVES.modes])
    eta = 0.1 / every.max()
    found = learn(model, LINE, WAVES, 800, lambda own: torch.optim.SGD(own, lr=eta))
    predicted = 1 - np.exp(-eta * rates * np.arange(801)[:, None])
    assert predicted[-1, 2] > 0.1  # the slowest of them moves too
    np.testing.assert_allclose(found.shares, predicted, atol=0.03)
    assert agreement(rates, found.reached()) > 0.99
    assert found.losses[-1] < found.losses[0] / 2


def test_a_share_that_is_never_reached():
    model = on_a_circle()
    found = learn(model, LINE, WAVES, 2, lambda own: torch.optim.SGD(own, lr=1e-9))
    assert np.isinf(found.reached()).all()
    assert (found.shares[0] == 0).all()
