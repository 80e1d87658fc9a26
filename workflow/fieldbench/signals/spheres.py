"""Sparse spheres: filled discs (2D) or balls (3D) strewn at random, smaller for higher labels."""

import math

import numpy as np

from fieldbench.signals import _settings


def shape(*, dims: int, length: int, **_) -> tuple[int, ...]:
    return (length,) * dims


def radius(length: int, label: int) -> float:
    """In samples; side / 10 for label 1 down to side / 90 for label 9."""
    return length / (10 * label)


def count(dims: int, length: int, label: int) -> int:
    """How many spheres: as many as would fill a tenth of the domain if none overlapped."""
    volume = math.pi ** (dims / 2) * radius(length, label) ** dims / math.gamma(1 + dims / 2)
    return math.floor(0.1 * length**dims / volume)


class Signal:
    """Values 0 and 1, shape (length, ..., 1): 1 within `radius` of a centre, borders included.

    Centres are uniform over the domain [0, length) and sample i lies at i itself. Spheres may
    overlap and are cut at the border, never wrapped, so somewhat under a tenth is filled. Where
    the radius falls under one sample (length < 10 label) many spheres hold no sample at all.
    """

    dims = (2, 3)
    random = True
    binary = True

    def __init__(
        self,
        *,
        dims: int = 2,
        length: int = 1000,  # the paper's 2D side; its 3D side is 100
        label: int = 5,
        seed: int = 1234,  # the first of the paper's 1234, 2024, 5678, 7890, 7618
    ) -> None:
        self.dimension = _settings.one_of("spheres", "dims", dims, self.dims)
        self.length = _settings.whole("spheres", "length", length, 2)
        self.label = _settings.whole("spheres", "label", label, 1, 9)
        self.seed = _settings.seed_of("spheres", seed)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, ..., 1), one length for each dimension."""
        number = count(self.dimension, self.length, self.label)
        # The legacy generator gives the paper's very draws; an own instance leaves the global one.
        centres = np.random.RandomState(self.seed).uniform(0, self.length, (number, self.dimension))
        filled = np.zeros((self.length,) * self.dimension + (1,))
        filled[_inside(centres, radius(self.length, self.label), self.length)] = 1
        return filled


def _inside(centres: np.ndarray, reach: float, length: int) -> tuple[np.ndarray, ...]:
    """Indices, one array an axis, of all samples within `reach` of a centre; some come twice.

    Each centre is compared with the samples of its own bounding box only, which together are few.
    """
    number, dims = centres.shape
    box = np.arange(math.floor(2 * reach) + 2)
    near = np.ceil(centres - reach).astype(np.int64)[..., None] + box  # (number, dims, box)
    square = np.where((near < 0) | (near >= length), np.inf, (near - centres[..., None]) ** 2)
    wide = [(number,) + (1,) * k + (len(box),) + (1,) * (dims - 1 - k) for k in range(dims)]
    distance = np.sqrt(sum(square[:, k].reshape(wide[k]) for k in range(dims)))
    hit = np.nonzero(distance <= reach)
    return tuple(near[hit[0], k, hit[1 + k]] for k in range(dims))
