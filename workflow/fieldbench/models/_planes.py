"""Products of lines and planes on a lattice, features last: one pass forward, one back.

The compiled loops are for CPUs; elsewhere it is torch's broadcasting.
"""

import numpy as np
import torch
from numba import njit
from torch.autograd import Function

from fieldbench.models._interpolation import Taps, along

loop = njit(cache=True, nogil=True, fastmath={"contract"})


def planar(x: torch.Tensor, y: torch.Tensor, plane: torch.Tensor, taps: Taps) -> torch.Tensor:
    """x y + plane: x (I, F), y (J, F), plane (I, nodes, F) with taps J; (I, J, F)."""
    if x.device.type == "cpu":
        return _Planar.apply(x, y, plane, taps)
    return planar_by_broadcasting(x, y, plane, taps)


def planar_by_broadcasting(
    x: torch.Tensor, y: torch.Tensor, plane: torch.Tensor, taps: Taps
) -> torch.Tensor:
    """`planar` by torch."""
    return x[:, None] * y + along(plane, 1, taps)


def solid(
    across: torch.Tensor,
    lines: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    planes: tuple[torch.Tensor, torch.Tensor],
    volume: torch.Tensor,
    taps: Taps,
) -> torch.Tensor:
    """across z + yz x + xz y + volume; (I, J, K, F).

    across (I, J, F); lines x (I, F), y (J, F), z (K, F); planes yz (J, K, F), xz (I, K, F);
    volume (I, J, nodes, F) with taps K.
    """
    if across.device.type == "cpu":
        return _Solid.apply(across, *lines, *planes, volume, taps)
    return solid_by_broadcasting(across, lines, planes, volume, taps)


def solid_by_broadcasting(
    across: torch.Tensor,
    lines: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    planes: tuple[torch.Tensor, torch.Tensor],
    volume: torch.Tensor,
    taps: Taps,
) -> torch.Tensor:
    """`solid` by torch."""
    (x, y, z), (yz, xz) = lines, planes
    products = across[:, :, None] * z + yz * x[:, None, None] + xz[:, None] * y[:, None]
    return products + along(volume, 2, taps)


def _arrays(*tensors: torch.Tensor) -> list[np.ndarray]:
    return [t.detach().contiguous().numpy() for t in tensors]


class _Planar(Function):
    @staticmethod
    def forward(ctx, x, y, plane, taps):
        ctx.save_for_backward(x, y, plane)
        ctx.taps = _arrays(taps.nodes, taps.weights)
        found = torch.empty(len(x), *y.shape)
        planar_loop(*_arrays(x, y, plane), *ctx.taps, found.numpy())
        return found

    @staticmethod
    def backward(ctx, upward):
        x, y, plane = ctx.saved_tensors
        found = [torch.zeros(t.shape) for t in (x, y, plane)]
        planar_gradient(*_arrays(upward, x, y), *ctx.taps, *_arrays(*found))
        return *found, None


class _Solid(Function):
    @staticmethod
    def forward(ctx, *given):
        *parts, taps = given
        ctx.save_for_backward(*parts)
        ctx.taps = _arrays(taps.nodes, taps.weights)
        across, z = parts[0], parts[3]
        found = torch.empty(*across.shape[:2], *z.shape)
        solid_loop(*_arrays(*parts), *ctx.taps, found.numpy())
        return found

    @staticmethod
    def backward(ctx, upward):
        parts = ctx.saved_tensors
        found = [torch.zeros(t.shape) for t in parts]
        solid_gradient(*_arrays(upward, *parts[:-1]), *ctx.taps, *_arrays(*found))
        return *found, None


@loop
def planar_loop(x, y, plane, nodes, weights, found):
    """What `planar` computes, into `found`."""
    for i in range(x.shape[0]):
        for j in range(y.shape[0]):
            for f in range(x.shape[1]):
                found[i, j, f] = x[i, f] * y[j, f]
            for t in range(nodes.shape[1]):
                row, weight = plane[i, nodes[j, t]], weights[j, t]
                for f in range(x.shape[1]):
                    found[i, j, f] += weight * row[f]


@loop
def planar_gradient(upward, x, y, nodes, weights, to_x, to_y, to_plane):
    """Add to the gradients of x, y and plane."""
    for i in range(x.shape[0]):
        for j in range(y.shape[0]):
            for f in range(x.shape[1]):
                to_x[i, f] += upward[i, j, f] * y[j, f]
                to_y[j, f] += upward[i, j, f] * x[i, f]
            for t in range(nodes.shape[1]):
                node, weight = nodes[j, t], weights[j, t]
                for f in range(x.shape[1]):
                    to_plane[i, node, f] += weight * upward[i, j, f]


@loop
def solid_loop(across, x, y, z, yz, xz, volume, nodes, weights, found):
    """What `solid` computes, into `found`."""
    for i in range(x.shape[0]):
        for j in range(y.shape[0]):
            for k in range(z.shape[0]):
                for f in range(x.shape[1]):
                    found[i, j, k, f] = (
                        across[i, j, f] * z[k, f] + yz[j, k, f] * x[i, f] + xz[i, k, f] * y[j, f]
                    )
                for t in range(nodes.shape[1]):
                    row, weight = volume[i, j, nodes[k, t]], weights[k, t]
                    for f in range(x.shape[1]):
                        found[i, j, k, f] += weight * row[f]


@loop
def solid_gradient(
    upward, across, x, y, z, yz, xz, nodes, weights,
    to_across, to_x, to_y, to_z, to_yz, to_xz, to_volume,
):  # fmt: skip
    """Add to the gradients of every part."""
    for i in range(x.shape[0]):
        for j in range(y.shape[0]):
            for k in range(z.shape[0]):
                row = upward[i, j, k]
                for f in range(x.shape[1]):
                    to_across[i, j, f] += row[f] * z[k, f]
                    to_z[k, f] += row[f] * across[i, j, f]
                for f in range(x.shape[1]):
                    to_yz[j, k, f] += row[f] * x[i, f]
                    to_x[i, f] += row[f] * yz[j, k, f]
                for f in range(x.shape[1]):
                    to_xz[i, k, f] += row[f] * y[j, f]
                    to_y[j, f] += row[f] * xz[i, k, f]
                for t in range(nodes.shape[1]):
                    node, weight = nodes[k, t], weights[k, t]
                    for f in range(x.shape[1]):
                        to_volume[i, j, node, f] += weight * row[f]
