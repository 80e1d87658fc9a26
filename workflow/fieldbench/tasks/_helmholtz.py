"""The Helmholtz operator with its absorbing layer, of functions of coordinates in the plane.

See `fieldbench.numerics.helmholtz` for the equation; here it is multiplied by the stretches of both
coordinates, as Sitzmann et al. (SIREN, 2020) have it.
"""

import torch

from fieldbench.numerics.helmholtz import Layer
from fieldbench.tasks._derivatives import second
from fieldbench.tasks._task import Function


def paired(values: torch.Tensor) -> torch.Tensor:
    """Real and imaginary parts, channel after channel (N, 2 fields), as complex (N, fields)."""
    return torch.complex(values[:, 0::2], values[:, 1::2])


def stretches(points: torch.Tensor, layer: Layer) -> tuple[torch.Tensor, torch.Tensor]:
    """e at points (N, 2) and its slope along its own axis, both (N, 2), complex."""
    depth = (points.detach().abs() - layer.extent).clamp(min=0) / (1 - layer.extent)
    slope = 2 * layer.absorption * depth * points.sign() / (1 - layer.extent)
    return (
        torch.complex(torch.ones_like(depth), -layer.absorption * depth**2),
        torch.complex(torch.zeros_like(depth), -slope),
    )


def operated(
    function: Function, points: torch.Tensor, layer: Layer, fields: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """The terms of the equation at points (N, 2).

    All values of the function (N, channels); of its first `fields` pairs of channels the field and
    its stretched Laplacian, both (N, fields) and complex; and the product of the stretches (N, 1),
    by which k^2 m u and the source are to be multiplied.
    """
    values, first, twice = second(function, points)
    waves, first, twice = (found[:, : 2 * fields] for found in (values, first, twice))
    e, slope = stretches(points, layer)
    other = e.flip(1)
    laplacian = sum(
        other[:, k, None] / e[:, k, None] * paired(twice[..., k])
        - (other * slope / e**2)[:, k, None] * paired(first[..., k])
        for k in range(2)
    )
    return values, paired(waves), laplacian, e.prod(1, keepdim=True)


def gaussian(points: torch.Tensor, deviation: float) -> torch.Tensor:
    """A Gaussian about the origin of integral 1 at points (N, 2), (N, 1)."""
    away = points.detach().square().sum(1, keepdim=True) / (2 * deviation**2)
    return torch.exp(-away) / (2 * torch.pi * deviation**2)


def medium_at(points: torch.Tensor, medium: torch.Tensor, extent: float) -> torch.Tensor:
    """A squared slowness (1, 1, rows, columns) read at points (N, 2) between its samples, (N, 1).

    Sample i of n lies at -extent + 2 extent i / n. Beyond the samples the medium is as at the edge.
    """
    rows, columns = medium.shape[2:]
    sizes = torch.tensor([rows, columns], dtype=points.dtype, device=points.device)
    places = (points.detach() / extent + 1) * sizes / (sizes - 1) - 1
    read = torch.nn.functional.grid_sample(
        medium, places.flip(1)[None, None], padding_mode="border", align_corners=True
    )
    return read.reshape(-1, 1)


def point_source(distance: torch.Tensor, wavenumber: float) -> torch.Tensor:
    """The field (i/4) H0(k r) of a point source in a uniform medium, complex."""
    along = wavenumber * distance
    standing, other = torch.special.bessel_j0(along), torch.special.bessel_y0(along)
    return torch.complex(other, standing) / 4  # of i (J - i Y)
