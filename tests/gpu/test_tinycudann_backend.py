"""The backend tinycudann reads the table as the textbook does. Needs an NVIDIA device and it."""

from importlib.util import find_spec

import pytest
import torch
from helpers import trial

from fieldbench.lattice import Lattice
from fieldbench.models.instant_ngp import Model
from fieldbench.seeds import torch_stream

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(
        not torch.cuda.is_available() or find_spec("tinycudann") is None,
        reason="needs an NVIDIA device and the package tinycudann",
    ),
]
SHAPES = {2: (33, 47), 3: (9, 12, 14)}


def made(backend, dims, remap):
    """A model with a lively table: as drawn, it is next to nothing."""
    model = Model(
        dims=dims, channels=3, shape=SHAPES[dims], size=9, remap=remap,
        generator=torch_stream("init"),
    )  # fmt: skip
    with torch.no_grad():
        model.table.uniform_(-1, 1, generator=torch_stream("test"))
    model = model.cuda()
    model.backend = backend
    return model


def found(backend, dims, remap):
    """Values on a lattice, and the gradients of a random mixture of them."""
    model, lattice = made(backend, dims, remap), Lattice(SHAPES[dims])
    values = model.on_lattice(lattice)
    weight = torch.randn(values.shape, generator=torch_stream("test", seed=1)).cuda()
    gradients = torch.autograd.grad((weight * values).sum(), list(model.parameters()))
    return values.detach(), *gradients


@pytest.mark.parametrize("remap", [False, True])
@pytest.mark.parametrize("dims", [2, 3])
def test_values_and_gradients_agree(dims, remap):
    pairs = zip(found("tinycudann", dims, remap), found("torch", dims, remap), strict=True)
    for theirs, ours in pairs:
        error = (theirs - ours).abs() / ours.abs().max()
        # A coordinate on a cell's border may be rounded into its neighbour by one of the two.
        assert error.quantile(0.99) < 1e-4
        assert error.max() < 5e-2


def test_a_short_fit_agrees():
    truth = torch.as_tensor(trial.smooth(SHAPES[2], 3)).float().cuda()
    losses = []
    for backend in ("tinycudann", "torch"):
        model = made(backend, 2, True)
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(50):
            optimiser.zero_grad()
            loss = (model.on_lattice(Lattice(SHAPES[2])) - truth).square().mean()
            loss.backward()
            optimiser.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(losses[1], rel=0.05)
    assert losses[0] < 0.05
