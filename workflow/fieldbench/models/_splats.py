"""What models of splats share: Gaussian blobs drawn on an image, the plain way and the fast one.

A splat is a row of 6 + channels numbers: the middle x, y in pixels; a, b, c with
q = dx (a dx + b dy) + c dy dy, half the squared Mahalanobis distance; an opacity; a colour a
channel. Pixel positions count from the corner of the image: sample i of n of the corner convention
lies at i + 0.5, so a coordinate t in [-1, 1) lies at (t + 1) / 2 n + 0.5.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch

from fieldbench.lattice import Lattice
from fieldbench.models import _splat_kernels as kernels

FAINTEST = 1 / 255  # a smaller alpha is none
OPAQUE = 0.999  # a larger alpha is this one
DARK = 1e-4  # a splat that would leave this much light or less ends the drawing
_PAIRS = 2**24  # of points and splats that the plain way takes at once
_LISTED = 2**21  # pairs of tiles and splats that the fast way lists at once: 8 MiB


def pixels(points: torch.Tensor, shape: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """x and y in pixels of (N, 2) points: axis 0 of an image runs down, axis 1 across."""
    y, x = ((points[:, k] + 1) / 2 * n + 0.5 for k, n in enumerate(shape))
    return x, y


def conic(xx: torch.Tensor, xy: torch.Tensor, yy: torch.Tensor, det: torch.Tensor) -> tuple:
    """a, b, c of splats, from their covariances in square pixels and its determinant."""
    return yy / (2 * det), -xy / det, xx / (2 * det)


def limits(splats: torch.Tensor) -> torch.Tensor:
    """The q of each splat beyond which it is too faint; below zero where it is so everywhere."""
    return torch.log(splats[:, 5].detach() / FAINTEST)


def plainly(
    x: torch.Tensor, y: torch.Tensor, splats: torch.Tensor, order: torch.Tensor | None
) -> torch.Tensor:
    """The definition: (N, channels) values at points of splats in an order, front to back.

    Without an order, splats are added up. Every pair of a point and a splat is computed.
    """
    splats = splats if order is None else splats[order]
    parts = max(1, _PAIRS // len(splats))
    draw = _added if order is None else _composed
    return torch.cat(
        [draw(_alpha(*part, splats)) @ splats[:, 6:] for part in zip(x.split(parts), y.split(parts))]
    )


def _alpha(x: torch.Tensor, y: torch.Tensor, splats: torch.Tensor) -> torch.Tensor:
    """(points, splats) opacities, zero where too faint."""
    u, v, a, b, c, opacity = splats[:, :6].unbind(1)
    dx, dy = x[:, None] - u, y[:, None] - v
    q = dx * (a * dx + b * dy) + c * dy * dy
    reached = (q >= 0) & (q <= limits(splats))
    return torch.where(reached, opacity * torch.exp(-q.clamp(min=0)), 0.0)


def _added(alpha: torch.Tensor) -> torch.Tensor:
    return alpha


def _composed(alpha: torch.Tensor) -> torch.Tensor:
    """Weights of splats that hide those behind them, until next to no light is left."""
    alpha = alpha.clamp(max=OPAQUE)
    light = torch.cumprod(1 - alpha, dim=1)  # what each leaves
    before = torch.cat([torch.ones_like(light[:, :1]), light[:, :-1]], dim=1)
    return torch.where(light > DARK, alpha * before, 0.0)


class Tiles:
    """Points of an image, sorted into tiles and their bands; see `_splat_kernels`."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor, across: float, down: float):
        """Points at x, y in pixels, about `across` and `down` apart."""
        x, y = x.cpu().numpy(), y.cpu().numpy()
        self.left, self.top = float(x.min()) - across / 2, float(y.min()) - down / 2
        self.wide, self.high = kernels.BANDS * across, down
        column = np.floor((x - self.left) / self.wide).astype(np.int64)
        band = np.floor((y - self.top) / self.high).astype(np.int64)
        self.columns = int(column.max()) + 1
        self.rows = int(band.max()) // kernels.BANDS + 1  # of tiles
        tile = band // kernels.BANDS * self.columns + column
        key = tile * kernels.BANDS + band % kernels.BANDS
        self.sorted = np.argsort(key, kind="stable")
        counts = np.bincount(key, minlength=self.columns * self.rows * kernels.BANDS)
        self.bands = np.concatenate([[0], np.cumsum(counts)])
        self.x, self.y = x[self.sorted], y[self.sorted]

    @classmethod
    def of_lattice(cls, lattice: Lattice, rows: slice, shape: tuple[int, ...]) -> "Tiles":
        """A slab of a lattice over a model's image."""
        first, last, _ = rows.indices(lattice.shape[0])
        points = lattice.points().reshape(*lattice.shape, 2)[first:last].reshape(-1, 2)
        down, across = (
            lattice.extent * n / m for n, m in zip(shape, lattice.shape, strict=True)
        )
        return cls(*pixels(points, shape), across, down)

    @classmethod
    def of_points(cls, points: torch.Tensor, shape: tuple[int, ...]) -> "Tiles":
        """Points anywhere, taken to be spread evenly."""
        apart = math.sqrt(math.prod(shape) / len(points))
        return cls(*pixels(points, shape), apart, apart)

    def boxes(self, splats: np.ndarray, limits: np.ndarray) -> np.ndarray:
        """Which tiles and bands each splat touches."""
        bands = self.rows * kernels.BANDS
        return kernels.boxes(
            splats, limits, self.left, self.top, self.wide, self.high, self.columns, bands
        )

    def bins(self, boxes: np.ndarray, order: np.ndarray, live: np.ndarray) -> Iterator[tuple]:
        """Lists of splats by tile, in parts that memory is sure to hold, while a tile is live."""
        begin = 0
        while begin < len(order) and live.any():
            begin, starts, ids = kernels.bins(boxes, order, begin, live, self.columns, _LISTED)
            yield starts, ids


class Drawn(torch.autograd.Function):
    """`plainly`, tile by tile: of each splat only what it touches, until a tile is full."""

    @staticmethod
    def forward(ctx, splats, order, tiles):
        rows, ends = splats.detach().cpu().numpy(), limits(splats).cpu().numpy()
        if not np.isfinite(rows).all():  # such splats touch no tile, and would go unnoticed
            return splats.new_full((len(tiles.x), rows.shape[1] - 6), math.nan)
        added = order is None
        order = np.arange(len(rows)) if added else order.cpu().numpy()
        image = np.zeros((rows.shape[1] - 6, len(tiles.x)), np.float32)
        touched = tiles.boxes(rows, ends)
        light, live = _fresh(tiles)
        for starts, ids in tiles.bins(touched, order, live):
            kernels.draw(
                tiles.x, tiles.y, tiles.bands, tiles.columns, rows, ends, touched, starts, ids,
                live, light, image, added,
            )  # fmt: skip
        ctx.kept = (rows, ends, order, touched, image, added, tiles)
        return _scattered(image.T, tiles.sorted, splats)

    @staticmethod
    def backward(ctx, by_values):
        rows, ends, order, touched, image, added, tiles = ctx.kept
        by_image = np.ascontiguousarray(by_values.cpu().numpy()[tiles.sorted].T)
        behind = (by_image * image).sum(0)
        gradient = np.zeros_like(rows)
        light, live = _fresh(tiles)
        for starts, ids in tiles.bins(touched, order, live):
            kernels.undraw(
                tiles.x, tiles.y, tiles.bands, tiles.columns, rows, ends, touched, starts, ids,
                live, light, behind, by_image, gradient, added,
            )  # fmt: skip
        return torch.as_tensor(gradient, device=by_values.device), None, None


def _fresh(tiles: Tiles) -> tuple[np.ndarray, np.ndarray]:
    """Full light at every point; every tile live."""
    return np.ones(len(tiles.x), np.float32), np.ones(tiles.columns * tiles.rows, np.int8)


def _scattered(values: np.ndarray, where: np.ndarray, like: torch.Tensor) -> torch.Tensor:
    """Rows of values put back to where they came from."""
    image = np.empty(values.shape, np.float32)
    image[where] = values
    return torch.as_tensor(image, device=like.device)
