"""GSplat: 3D Gaussians seen by a camera, for images.

Kerbl et al., "3D Gaussian Splatting for Real-Time Radiance Field Rendering", SIGGRAPH 2023, as
INR-benchmark uses it: 3D Gaussians of 11 + channels numbers in front of a fixed camera with a
field of view of 90 degrees, drawn by gsplat's rasteriser, without densification. Scales are used
raw: no exponential, and their sign is of no matter. All start in about the middle eighth.

A Gaussian is projected to first order (EWA), 0.3 square pixels are added to its covariance, and it
is drawn front to back over black until a pixel would be left 1e-4 of its light. The values are
those of gsplat 1.5.3 with its defaults; what differs is rounding. The determinant of the projected
covariance is a sum of squares here and cannot vanish, where gsplat's difference can, and then drops
the Gaussian. gsplat tells depths apart by their bits; here equal depths keep their order.

`forward` computes every pair of a point and a Gaussian. `on_lattice` and `fused` draw by tiles in
compiled loops, on the CPU also when the parameters lie elsewhere. The backend `gsplat` draws with
that package on an NVIDIA device.
"""

import math
from functools import partial

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.models._splats import Drawn, Tiles, conic, pixels, plainly
from fieldbench.plan.errors import UserError

DISTANCE = 8.0  # of the camera from the origin; this and what follows: INR-benchmark and gsplat
NEAR = 0.01  # what is nearer to the camera is not drawn
BLUR = 0.3  # square pixels
MARGIN = 1.3  # beyond so many fields of view the projection is taken as at that border


def parameters(size, *, channels, **_) -> int:
    """A Gaussian: means 3, scales 3, a quaternion 4, an opacity 1, and its colours."""
    return size * (11 + channels)


def paper_size(budget, *, channels, **_) -> int:
    """The published number of Gaussians."""
    return budget // (11 + channels)


class Model(Field):
    dims = (2,)
    derivatives = 0  # Gaussians end where they are faint
    learning_rate = 5e-2  # INR-benchmark
    structured = True
    loops_on_cpu = True  # by the backend torch, on any device: said when a run starts
    lattice_at_once = 2**26  # nothing is kept of a pair, and a slab projects all Gaussians anew
    backends = ("torch", "gsplat")

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
        uniform = partial(torch.rand, generator=generator)
        self.means = nn.Parameter(2 * uniform(size, 3) - 1)
        self.scales = nn.Parameter(uniform(size, 3))
        self.quaternions = nn.Parameter(_rotations(uniform(size, 3)))
        self.opacities = nn.Parameter(torch.ones(size))
        self.colours = nn.Parameter(uniform(size, channels))
        self._kept: dict[tuple, Tiles] = {}

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return plainly(*pixels(points, self.shape), self.splats(), self._order())

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        tiles = Tiles.of_points(points, self.shape)
        return [Drawn.apply(self.splats(), self._order(), tiles)]

    def native(self, points: torch.Tensor) -> list[torch.Tensor]:
        raise UserError(
            "gsplat: the backend gsplat draws whole lattices, and was asked for single points.",
            "Use `batch: all` and a task that shows a whole lattice, or name the backend torch.",
        )

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        if self.backend == "gsplat":
            return self._rasterised(lattice)[rows]
        first, last, _ = rows.indices(lattice.shape[0])
        if (lattice, first, last) not in self._kept:
            self._kept[lattice, first, last] = Tiles.of_lattice(lattice, rows, self.shape)
        tiles = self._kept[lattice, first, last]
        values = Drawn.apply(self.splats(), self._order(), tiles)
        return values.reshape(last - first, lattice.shape[1], -1)

    def splats(self) -> torch.Tensor:
        """The Gaussians as the camera sees them: (size, 6 + channels), see `_splats`."""
        height, width = self.shape
        focal = width / 2
        x, y, z = self.means.unbind(1)
        seen = z + DISTANCE >= NEAR
        z = torch.where(seen, z + DISTANCE, 1.0)
        across, down = x / z, y / z
        xx, xy, yy, det = self._covariance(
            focal / z,
            across.clamp(-MARGIN, MARGIN),
            down.clamp(-MARGIN * height / width, MARGIN * height / width),
        )
        return torch.stack(
            [
                focal * across + width / 2,
                focal * down + height / 2,
                *conic(xx, xy, yy, det),
                torch.where(seen, self.opacities.sigmoid(), 0.0),
                *self.colours.sigmoid().unbind(1),
            ],
            dim=1,
        )

    def _covariance(
        self, scale: torch.Tensor, across: torch.Tensor, down: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """xx, xy, yy of the projected covariance in square pixels, and its determinant.

        The projection to first order has the rows scale (1, 0, -across), scale (0, 1, -down).
        """
        first, second, third = _matrix(self.quaternions)
        sizes = self.scales.unbind(1)
        one, two = [], []
        for f, s, t, size in zip(first, second, third, sizes, strict=True):
            size = scale * size
            one.append((f - across * t) * size)
            two.append((s - down * t) * size)
        xx, xy, yy = (
            p[0] * q[0] + p[1] * q[1] + p[2] * q[2] for p, q in ((one, one), (one, two), (two, two))
        )
        # The squared area of the two rows: without the loss of digits of xx yy - xy xy.
        minors = (one[j] * two[k] - one[k] * two[j] for j, k in ((1, 2), (2, 0), (0, 1)))
        area = sum(minor * minor for minor in minors)
        return xx + BLUR, xy, yy + BLUR, area + BLUR * (xx + yy) + BLUR * BLUR

    def _order(self) -> torch.Tensor:
        """Front to back."""
        return torch.argsort(self.means[:, 2].detach(), stable=True)

    def _rasterised(self, lattice: Lattice) -> torch.Tensor:
        """A whole lattice drawn by the package gsplat: on an NVIDIA device only."""
        from gsplat import rasterization  # here, for it needs CUDA and compiles when first used

        camera, apart = self._camera(lattice)
        view = torch.eye(4, device=self.means.device)
        view[2, 3] = DISTANCE
        values, _, _ = rasterization(
            self.means,
            self.quaternions,
            self.scales,
            self.opacities.sigmoid(),
            self.colours.sigmoid(),
            view[None],
            torch.tensor([camera], device=self.means.device, dtype=torch.float32),
            lattice.shape[1],
            lattice.shape[0],
            near_plane=NEAR,
            far_plane=1e10,
            eps2d=BLUR / apart**2,
            packed=False,
            tile_size=16,
            rasterize_mode="classic",
        )
        return values[0]

    def _camera(self, lattice: Lattice) -> tuple[list[list[float]], float]:
        """The camera whose pixels are a lattice's samples, and how far apart those are in pixels.

        gsplat limits the projection where that image ends, which off the model's own lattice
        moves the limit by half a sample.
        """
        height, width = self.shape
        down, across = (
            lattice.extent * n / m for n, m in zip(self.shape, lattice.shape, strict=True)
        )
        if not math.isclose(down, across, rel_tol=1e-6):
            raise UserError(
                f"gsplat: a lattice of {lattice.shape} samples has oblong pixels on an image of "
                f"{self.shape}, and the backend gsplat blurs alike in both directions.",
                "Name the backend torch.",
            )
        # From the last sample: the first ones of a moved lattice may be held at the border.
        right, bottom = (float(axis[0]) for axis in pixels(lattice.points()[-1:], self.shape))
        rows, columns = lattice.shape
        left, top = right - (columns - 1) * across, bottom - (rows - 1) * down
        focal = width / 2 / across
        middle = (width / 2 - left) / across + 0.5, (height / 2 - top) / across + 0.5
        return [[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]], across


def _rotations(u: torch.Tensor) -> torch.Tensor:
    """Quaternions spread evenly over all rotations, from (N, 3) uniform numbers; Shoemake 1992."""
    first, second = (1 - u[:, 0]).sqrt(), u[:, 0].sqrt()
    turn, other = 2 * math.pi * u[:, 1], 2 * math.pi * u[:, 2]
    parts = [first * turn.sin(), first * turn.cos(), second * other.sin(), second * other.cos()]
    return torch.stack(parts, dim=1)


def _matrix(quaternions: torch.Tensor) -> list[list[torch.Tensor]]:
    """The three rows of the rotations of quaternions (w, x, y, z) of any length."""
    w, x, y, z = nn.functional.normalize(quaternions, dim=1).unbind(1)
    return [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
