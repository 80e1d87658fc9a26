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
from fieldbench.models._splat_bins import Grid, bins, outlines
from fieldbench.models._splat_loops import draw, undraw

FAINTEST = 1 / 255  # a smaller alpha is none
OPAQUE = 0.999  # a larger alpha is this one
DARK = 1e-4  # a splat that would leave this much light or less ends the drawing
_PAIRS = 2**24  # of points and splats that the plain way takes at once
_LISTED = 2**20  # pairs of tiles and splats that the fast way lists at once: 4 MiB
_KEPT = 32  # such lists that wait for the gradient
_SIDE = 16  # points along a tile: a register of AVX-512, two of AVX2


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
    weights = _added if order is None else _composed
    parts = max(1, _PAIRS // len(splats))
    pairs = zip(x.split(parts), y.split(parts), strict=True)
    return torch.cat([weights(_alpha(u, v, splats)) @ splats[:, 6:] for u, v in pairs])


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
    """Points of an image sorted into tiles; see `_splat_bins`."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor, across: float, down: float):
        """Points at x, y in pixels, about `across` and `down` apart."""
        x, y = x.cpu().numpy(), y.cpu().numpy()
        left, top = float(x.min()) - across / 2, float(y.min()) - down / 2
        column = np.floor((x - left) / (_SIDE * across)).astype(np.int64)
        band = np.floor((y - top) / down).astype(np.int64)
        columns, rows = int(column.max()) + 1, int(band.max()) // _SIDE + 1
        place = (band // _SIDE * columns + column) * _SIDE + band % _SIDE
        counts = np.bincount(place, minlength=columns * rows * _SIDE)
        bands = np.concatenate([[0], np.cumsum(counts)])
        self.sorted = np.argsort(place, kind="stable")
        x, y = x[self.sorted], y[self.sorted]
        self.grid = Grid(x, y, bands, _SIDE, columns, rows, left, top, _SIDE * across, down)

    @classmethod
    def of_lattice(cls, lattice: Lattice, rows: slice, shape: tuple[int, ...]) -> "Tiles":
        """A slab of a lattice over a model's image."""
        first, last, _ = rows.indices(lattice.shape[0])
        points = lattice.points().reshape(*lattice.shape, 2)[first:last].reshape(-1, 2)
        down, across = (lattice.extent * n / m for n, m in zip(shape, lattice.shape, strict=True))
        return cls(*pixels(points, shape), across, down)

    @classmethod
    def of_points(cls, points: torch.Tensor, shape: tuple[int, ...]) -> "Tiles":
        """Points anywhere, taken to be spread evenly."""
        apart = math.sqrt(math.prod(shape) / len(points))
        return cls(*pixels(points, shape), apart, apart)

    def lists(
        self, boxes: np.ndarray, order: np.ndarray, live: np.ndarray, kept: list[tuple]
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Splats by tile, as many at a time as memory surely holds, while any tile is live.

        What is `kept` of another time is not listed anew, and the first lists are.
        """
        begin = 0
        for end, *lists in tuple(kept):
            begin = end
            yield tuple(lists)
        while begin < len(order) and live.any():
            begin, starts, ids = bins(boxes, order, begin, live, self.grid, _LISTED)
            if len(kept) < _KEPT:
                kept.append((begin, starts, ids))
            yield starts, ids

    def fresh(self) -> tuple[np.ndarray, np.ndarray]:
        """Every tile live; full light at every point."""
        live = np.ones(self.grid.columns * self.grid.rows, np.int8)
        return live, np.ones(len(self.grid.x), np.float32)


class Drawn(torch.autograd.Function):
    """`plainly`, tile by tile: of each splat only what it touches, until a tile is full."""

    @staticmethod
    def forward(ctx, splats, order, tiles):
        rows, ends = splats.detach().cpu().numpy(), limits(splats).cpu().numpy()
        image = np.zeros((rows.shape[1] - 6, len(tiles.sorted)), np.float32)
        if not np.isfinite(rows).all():  # such splats touch no tile, and would go unnoticed
            image[:] = math.nan
        added = order is None
        order = np.arange(len(rows)) if added else order.cpu().numpy()
        where = outlines(rows, ends, tiles.grid)
        live, light = tiles.fresh()
        kept = []
        for starts, ids in tiles.lists(where[0], order, live, kept):
            draw(tiles.grid, rows, ends, *where, starts, ids, live, light, image, added)
        ctx.kept = rows, ends, where, order, kept, image, added, tiles
        values = np.empty(image.T.shape, np.float32)
        values[tiles.sorted] = image.T
        return torch.as_tensor(values, device=splats.device)

    @staticmethod
    def backward(ctx, by_values):
        rows, ends, where, order, kept, image, added, tiles = ctx.kept
        by_image = np.ascontiguousarray(by_values.cpu().numpy()[tiles.sorted].T)
        behind = (by_image * image).sum(0)
        gradient = np.zeros_like(rows)
        live, light = tiles.fresh()
        for starts, ids in tiles.lists(where[0], order, live, kept):
            undraw(
                tiles.grid, rows, ends, *where, starts, ids, live, light, behind, by_image,
                gradient, added,
            )  # fmt: skip
        return torch.as_tensor(gradient, device=by_values.device), None, None
