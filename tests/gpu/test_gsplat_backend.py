"""The backend gsplat draws what the textbook draws. Needs an NVIDIA device and the package."""

from importlib.util import find_spec

import pytest
import torch
from helpers import trial

from fieldbench.lattice import Lattice
from fieldbench.models.gsplat import Model
from fieldbench.plan.errors import UserError
from fieldbench.seeds import torch_stream

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(
        not torch.cuda.is_available() or find_spec("gsplat") is None,
        reason="needs an NVIDIA device and the package gsplat",
    ),
]
SHAPE = (48, 64)
LATTICES = [Lattice(SHAPE), Lattice(SHAPE, True), Lattice((96, 128)), Lattice((96, 128), True)]


def made(backend, channels=3):
    """Gaussians spread over the image and beyond, in depth too."""
    model = Model(
        dims=2, channels=channels, shape=SHAPE, size=300, generator=torch_stream("init")
    )  # fmt: skip
    with torch.no_grad():
        model.means[:, :2] *= 8
        model.scales *= 0.5
    model = model.cuda()
    model.backend = backend
    return model


def drawn(backend, lattice, channels):
    model = made(backend, channels)
    values = model.on_lattice(lattice)
    weight = torch.randn(values.shape, generator=torch_stream("test")).cuda()
    gradients = torch.autograd.grad((weight * values).sum(), list(model.parameters()))
    return values.detach(), *gradients


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("lattice", LATTICES)
def test_values_and_gradients_agree(lattice, channels):
    """All but a few: a pixel that ends a splat earlier in the one than in the other may differ."""
    pairs = zip(drawn("gsplat", lattice, channels), drawn("torch", lattice, channels), strict=True)
    for theirs, ours in pairs:
        assert theirs.shape == ours.shape
        error = (theirs - ours).abs() / ours.abs().max()
        assert error.quantile(0.99) < 2e-3
        assert error.max() < 5e-2


def test_slabs_are_rows_of_the_whole():
    model = made("gsplat")
    whole = model.on_lattice(LATTICES[0])
    torch.testing.assert_close(model.on_lattice(LATTICES[0], slice(10, 20)), whole[10:20])


def test_oblong_pixels_are_refused():
    with pytest.raises(UserError, match="oblong"):
        made("gsplat").on_lattice(Lattice((48, 128)))


def test_a_short_fit_agrees():
    truth = torch.as_tensor(trial.smooth(SHAPE, 3)).float().cuda()
    losses = []
    for backend in ("gsplat", "torch"):
        model = made(backend)
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(30):
            optimiser.zero_grad()
            loss = (model.on_lattice(LATTICES[0]) - truth).square().mean()
            loss.backward()
            optimiser.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(losses[1], rel=0.05)
    assert losses[0] < 0.05
