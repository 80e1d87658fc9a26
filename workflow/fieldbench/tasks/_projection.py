"""The projector under autograd: compiled loops on a CPU, sparse matrices on a GPU."""

from functools import lru_cache

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from fieldbench.tasks._projector import Geometry, back_project, project


class Projection(torch.autograd.Function):
    """The sinogram (angles, detectors, channels) of an image (rows, columns, channels)."""

    @staticmethod
    def forward(ctx, image: torch.Tensor, geometry: Geometry) -> torch.Tensor:
        ctx.geometry = geometry
        if image.device.type == "cpu":
            return torch.from_numpy(project(image.detach().numpy(), geometry))
        return by_matrix(image, geometry)

    @staticmethod
    @once_differentiable
    def backward(ctx, upward: torch.Tensor) -> tuple[torch.Tensor, None]:
        if upward.device.type == "cpu":
            return torch.from_numpy(back_project(upward.numpy(), ctx.geometry)), None
        return back_by_matrix(upward, ctx.geometry), None


def by_matrix(image: torch.Tensor, geometry: Geometry) -> torch.Tensor:
    """The same sinogram by a sparse matrix."""
    forward, _ = matrices(geometry, image.dtype, image.device)
    return (forward @ image.flatten(0, 1)).reshape(*geometry.views, -1)


def back_by_matrix(views: torch.Tensor, geometry: Geometry) -> torch.Tensor:
    """The adjoint, by the matrix transposed: a sum over rows, with no order left to chance."""
    _, backward = matrices(geometry, views.dtype, views.device)
    return (backward @ views.flatten(0, 1)).reshape(*geometry.shape, -1)


@lru_cache(maxsize=1)
def matrices(
    geometry: Geometry, dtype: torch.dtype, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """The projector and its transpose, in compressed rows; made view by view."""
    pixels = geometry.shape[0] * geometry.shape[1]
    views = [_entries(geometry, angle, dtype, device) for angle in geometry.angles]
    every = geometry.frame[1]
    indices = torch.cat([v.indices() + torch.tensor([[n * every], [0]], device=device)
                         for n, v in enumerate(views)], dim=1)  # fmt: skip
    values = torch.cat([v.values() for v in views])
    size = (len(views) * every, pixels)
    whole = torch.sparse_coo_tensor(indices, values, size, is_coalesced=True)
    return whole.to_sparse_csr(), whole.t().coalesce().to_sparse_csr()


def _entries(
    geometry: Geometry, angle: float, dtype: torch.dtype, device: torch.device
) -> torch.Tensor:
    """One view's weights, (detectors, pixels), sparse."""
    height, width = geometry.shape
    rows, detectors = (torch.as_tensor(p, device=device) for p in geometry.places())
    y, x = rows[:, None], detectors[None]
    u = np.cos(angle) * x - np.sin(angle) * y + (width - 1) / 2
    v = np.sin(angle) * x + np.cos(angle) * y + (height - 1) / 2
    left, top = u.floor(), v.floor()
    detector = torch.arange(len(detectors), device=device).expand(u.shape)
    places, weights = [], []
    for down in (0, 1):
        for across in (0, 1):
            i, j = (top + down).long(), (left + across).long()
            weight = (1 - (u - j).abs()) * (1 - (v - i).abs())
            inside = (i >= 0) & (i < height) & (j >= 0) & (j < width) & (weight != 0)
            places.append(torch.stack([detector[inside], (i * width + j)[inside]]))
            weights.append(weight[inside].to(dtype))
    size = (len(detectors), height * width)
    return torch.sparse_coo_tensor(torch.cat(places, 1), torch.cat(weights), size).coalesce()
