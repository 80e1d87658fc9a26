"""GSplat-2D: 2D Gaussians added up; splats made for images.

Zhang et al., "GaussianImage: 1000 FPS Image Representation and Compression by 2D Gaussian
Splatting", ECCV 2024: a Gaussian has a middle 2, a Cholesky factor 3 of its covariance, and a
weight a channel, and an image is the sum of them all. There is no depth, no order, and no opacity
beside the weights. As in the authors' code, a Gaussian ends where it falls below 1/255.

What differs: lengths are in units of the mean distance of neighbouring Gaussians, so that one
learning rate suits any number of them, where the authors use pixels and the tanh of a coordinate.
Gaussians start upright and round, 0.6 units wide, and with weights that add up to about one half;
theirs have random factors and colours. Adam trains as everywhere here, they use Adan. A tenth of a
square pixel is added to the covariance: a thinner Gaussian would be seen by one sample only.

`forward` computes every pair of a point and a Gaussian. `on_lattice` and `fused` draw by tiles in
compiled loops, on the CPU also when the parameters lie elsewhere.
"""

import math

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.models._splats import Drawn, Tiles, conic, pixels, plainly

WIDTH = 0.6  # where a Gaussian starts, it has fallen to a half at 0.7 units, midway to the next
FLOOR = 0.1  # square pixels


def parameters(size, *, channels, **_) -> int:
    """A Gaussian: a middle 2, a Cholesky factor 3, and its weights."""
    return size * (5 + channels)


class Model(Field):
    dims = (2,)
    derivatives = 0  # Gaussians end where they are faint
    learning_rate = 2e-2  # best of .01 to .06 here, by stars and noise of 256^2 in 1000 steps
    structured = True
    loops_on_cpu = True  # by the backend torch, on any device: said when a run starts
    lattice_at_once = 2**26  # nothing is kept of a pair, and a slab projects all Gaussians anew

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
    ):
        super().__init__()
        self.shape = tuple(shape)
        self.unit = math.sqrt(math.prod(shape) / size)  # pixels
        height, width = (n / self.unit for n in shape)
        middles = torch.rand(size, 2, generator=generator) * torch.tensor([width, height])
        self.middles = nn.Parameter(middles)  # x, y from the corner of the image
        self.factors = nn.Parameter(torch.tensor([WIDTH, 0.0, WIDTH]).repeat(size, 1))
        # A round Gaussian of weight 1 adds 2 pi WIDTH^2 to its unit of area.
        even = 0.5 / (2 * math.pi * WIDTH**2)
        self.weights = nn.Parameter(torch.full((size, channels), even))
        self._kept: dict[tuple, Tiles] = {}

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return plainly(*pixels(points, self.shape), self.splats(), None)

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        return [Drawn.apply(self.splats(), None, Tiles.of_points(points, self.shape))]

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        first, last, _ = rows.indices(lattice.shape[0])
        if (lattice, first, last) not in self._kept:
            self._kept[lattice, first, last] = Tiles.of_lattice(lattice, rows, self.shape)
        values = Drawn.apply(self.splats(), None, self._kept[lattice, first, last])
        return values.reshape(last - first, lattice.shape[1], -1)

    def splats(self) -> torch.Tensor:
        """The Gaussians in pixels: (size, 6 + channels), see `_splats`."""
        middles = self.middles * self.unit
        # The factor is lower triangular: (l, 0), (m, n).
        length, slant, rest = (self.factors * self.unit).unbind(1)
        xx, xy, yy = length * length, length * slant, slant * slant + rest * rest
        det = (length * rest) ** 2 + FLOOR * (xx + yy) + FLOOR * FLOOR
        form = torch.stack(conic(xx + FLOOR, xy, yy + FLOOR, det), dim=1)
        return torch.cat([middles, form, torch.ones_like(middles[:, :1]), self.weights], dim=1)
