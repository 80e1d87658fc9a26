"""The projector on a GPU is the one of the CPU, and the same bits twice. Needs an NVIDIA device."""

import pytest
import torch

from fieldbench.tasks._projection import Projection
from fieldbench.tasks._projector import Geometry

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA device"),
]
PAPER = Geometry.of((326, 435), 100, True, False)


def views_and_gradient(device, channels):
    noise = torch.Generator().manual_seed(0)
    image = torch.rand(*PAPER.shape, channels, generator=noise).to(device).requires_grad_()
    views = Projection.apply(image, PAPER)
    upward = torch.rand(views.shape, generator=noise).to(device)
    (gradient,) = torch.autograd.grad(views, image, upward)
    return views.detach().cpu(), gradient.cpu()


@pytest.mark.parametrize("channels", [1, 3])
def test_projection_is_that_of_the_cpu(channels):
    expected = views_and_gradient("cpu", channels)
    one, other = (views_and_gradient("cuda", channels) for _ in range(2))
    for found, again, true in zip(one, other, expected, strict=True):
        assert torch.equal(found, again)
        torch.testing.assert_close(found, true, rtol=1e-4, atol=1e-4 * true.abs().max().item())
