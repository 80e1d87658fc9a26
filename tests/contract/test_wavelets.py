"""What wavelets owe beside what every basis does: their derivatives, and nothing but numbers."""

import pytest
import torch

from fieldbench.bases._wavelets import Wavelets
from fieldbench.models._products import mapped
from fieldbench.plan.entries import registry
from fieldbench.seeds import torch_stream

WAVELETS = [n for n in registry.names("bases") if issubclass(registry.load("bases", n), Wavelets)]


def layer(name, fan_in=3, fan_out=4):
    return registry.load("bases", name)(
        fan_in=fan_in, fan_out=fan_out, first=True, generator=torch_stream("init")
    )


def test_shannon_is_one_half_at_zero():
    assert layer("shannon").psi(torch.zeros(1), 0)[0].item() == 0.5


def test_bump_is_finite_with_finite_gradients():
    basis = layer("bump", 1, 1)
    with torch.no_grad():
        basis.shift.zero_()
        basis.log_scale.zero_()
    for way in (basis, lambda x: basis.fused(x, mapped)):
        x = torch.tensor([[-1.5], [-1.0], [1.0], [1.0001], [3.0]], requires_grad=True)
        found = way(x)
        gradients = torch.autograd.grad(found.sum(), [x, *basis.parameters()])
        assert (found == 0).all()
        assert all((g == 0).all() for g in gradients)


@pytest.mark.parametrize("name", WAVELETS)
def test_a_wavelet_knows_its_derivatives(name):
    """One more than it declares: of its last one a loss is differentiated too."""
    basis, most = layer(name), registry.declare("bases", name).facts.derivatives + 1
    ends = torch.tensor([-1.0, 1.0], dtype=torch.float64)
    z = torch.cat([torch.linspace(-6, 6, 2001, dtype=torch.float64), ends, 0.999 * ends])
    z.requires_grad_()
    known = basis.psi(z, most)
    assert len(known) == most + 1
    rough = basis.psi(z.detach().float(), most)
    for k in range(most):
        derived = torch.autograd.grad(basis.psi(z, k)[k].sum(), z)[0]
        torch.testing.assert_close(known[k + 1], derived, rtol=1e-8, atol=1e-7)
    for found, exact in zip(rough, known, strict=True):
        exact = exact.detach()
        assert (found - exact).abs().max() < 1e-5 * max(1.0, exact.abs().max().item())
