"""LPIPS: distance of two pictures between the features that a trained network has of them.

Zhang et al. 2018, version 0.1, as the `lpips` package computes it: both pictures go through the
network, at some depths the features of every pixel are scaled to length 1, and the squares of
their differences are weighted by channel, added, and averaged over pixels; depths are added.

The weights of the channels come with the `lpips` package, those of the network are torchvision's,
from a file. Neither package is imported: `lpips` imports torchvision, which beside another build
of torch does not load, and both build networks with random weights, or download them. A test holds
the values to the package's own.
"""

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from fieldbench.plan.errors import UserError

SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)  # of red, green, blue; the package's
TINY = 1e-10  # added to lengths; the package's
ROWS = 32  # of features compared together, to bound memory
DAMAGED = (RuntimeError, EOFError, pickle.UnpicklingError, ValueError, KeyError, AttributeError)


class Lpips:
    """A metric of LPIPS; `NET` names the network, and where its features are taken is in `CUTS`.

    Values are mapped from [0, 1] to [-1, 1] as 2 x - 1, whatever they are: where a truth leaves
    [0, 1] it leaves [-1, 1] too. Grey pictures are repeated to three channels. The network
    computes in float32 and on one thread, so that every machine of a kind gives the same number.
    """

    NET = ""

    def __init__(self, *, files: Sequence[str | Path]) -> None:
        self.stack = _stack(self.NET, files[0])
        self.weights = _channel_weights(self.NET)

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """The distance, 0 for equal pictures; (rows, columns, 1 or 3 channels) each."""
        if min(truth.shape[:2]) < self.smallest_side:
            raise ValueError(f"{self.NET} takes no picture of {truth.shape[:2]}")
        distance = 0.0
        with torch.inference_mode(), _one_thread():
            one, other = _prepared(truth), _prepared(reconstruction)
            cuts = (0, *CUTS[self.NET])
            for start, end, weights in zip(cuts, cuts[1:], self.weights, strict=False):
                one, other = self.stack[start:end](one), self.stack[start:end](other)
                distance += _distance(one, other, weights)
        return distance


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums over threads depend on how many there are."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _prepared(picture: np.ndarray) -> Tensor:
    """(1, 3, rows, columns) as the network was trained to see pictures."""
    mapped = torch.tensor(2 * picture - 1, dtype=torch.float32).permute(2, 0, 1)[None]
    shift, scale = (torch.tensor(v)[:, None, None] for v in (SHIFT, SCALE))
    return (mapped.expand(-1, 3, -1, -1) - shift) / scale


def _distance(one: Tensor, other: Tensor, weights: Tensor) -> float:
    """Mean over pixels of features (1, channels, rows, columns); a band of rows at a time."""
    total = 0.0
    for a, b in zip(one.split(ROWS, 2), other.split(ROWS, 2), strict=True):
        lengths = [torch.linalg.vector_norm(x, dim=1, keepdim=True) + TINY for x in (a, b)]
        difference = (a / lengths[0]).sub_(b / lengths[1])
        total += float(torch.einsum("nchw,c->", difference.square_(), weights))
    return total / (one.shape[2] * one.shape[3])


def _channel_weights(net: str) -> list[Tensor]:
    """The weight of each channel at each depth, from the files of the `lpips` package."""
    package = find_spec("lpips")
    if package is None:
        raise UserError("The package lpips is not installed.", "Install what envs/ lists.")
    file = Path(package.submodule_search_locations[0]) / f"weights/v0.1/{net}.pth"
    heads = torch.load(file, map_location="cpu", weights_only=True)
    return [heads[f"lin{depth}.model.1.weight"].flatten() for depth in range(len(CUTS[net]))]


def _stack(net: str, file: str | Path) -> nn.Sequential:
    """The network's layers with torchvision's weights; its classifier, if there, is left aside."""
    with torch.device("meta"):  # no numbers are drawn: all come from the file
        stack = STACKS[net]()
    try:
        found = torch.load(file, map_location="cpu", weights_only=True)
        prefix = "features."
        own = {k.removeprefix(prefix): v for k, v in found.items() if k.startswith(prefix)}
        stack.load_state_dict({k: v.float() for k, v in own.items()}, assign=True)
    except OSError as error:
        raise UserError(
            f"{file} cannot be read: {error.strerror}.", "Check the path and its permissions."
        ) from None
    except DAMAGED:
        raise UserError(
            f"{file} does not hold torchvision's weights of {NAMES[net]}.",
            "Remove it, so that it is downloaded again, or put the right file there.",
        ) from None
    return stack.eval().requires_grad_(False)


class _Fire(nn.Module):
    """SqueezeNet's module: few channels, then two kinds of filters side by side."""

    def __init__(self, channels: int, few: int, each: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, few, 1)
        self.expand1x1 = nn.Conv2d(few, each, 1)
        self.expand3x3 = nn.Conv2d(few, each, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze(x).relu_()
        return torch.cat([self.expand1x1(x).relu_(), self.expand3x3(x).relu_()], 1)


def _vgg16() -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = 3
    for number, (width, times) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))):
        layers += [nn.MaxPool2d(2, 2)] if number else []
        for _ in range(times):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
    return nn.Sequential(*layers)


def _alexnet() -> nn.Sequential:
    layers = [nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)]
    for channels, width in ((192, 384), (384, 256), (256, 256)):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


def _squeezenet() -> nn.Sequential:
    layers = [nn.Conv2d(3, 64, 3, 2), nn.ReLU(inplace=True)]
    for few, pair in ((16, (64, 128)), (32, (128, 256))):
        layers.append(nn.MaxPool2d(3, 2, ceil_mode=True))
        layers += [_Fire(channels, few, 4 * few) for channels in pair]
    layers.append(nn.MaxPool2d(3, 2, ceil_mode=True))
    for channels, few in ((256, 48), (384, 48), (384, 64), (512, 64)):
        layers.append(_Fire(channels, few, 4 * few))
    return nn.Sequential(*layers)


STACKS = {"vgg": _vgg16, "alex": _alexnet, "squeeze": _squeezenet}
NAMES = {"vgg": "VGG16", "alex": "AlexNet", "squeeze": "SqueezeNet 1.1"}
# Features are taken after so many layers, counted as in torchvision.
CUTS = {
    "vgg": (4, 9, 16, 23, 30),
    "alex": (2, 5, 8, 10, 12),
    "squeeze": (2, 5, 8, 10, 11, 12, 13),
}
