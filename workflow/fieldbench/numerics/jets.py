"""Values with their derivatives along the axes, carried forward together.

A jet of values is the values and their derivatives in each coordinate, up to an order of one or
two: (N, 1 + order dims, width), first derivatives before second ones.
"""

import torch


def start(points: torch.Tensor, order: int) -> torch.Tensor:
    """Start with the jets of the coordinates themselves, (N, 1 + order dims, dims)."""
    count, dims = points.shape
    jets = points.new_zeros(count, 1 + order * dims, dims)
    jets[:, 0] = points
    jets[:, 1 : 1 + dims] = torch.eye(dims, dtype=points.dtype, device=points.device)
    return jets


def parts(jets: torch.Tensor, dims: int) -> tuple[torch.Tensor, ...]:
    """Values (N, width), and derivatives of each order (N, width, dims)."""
    return jets[:, 0], *(part.mT for part in jets[:, 1:].split(dims, dim=1))
