"""Time-harmonic waves in the plane: a source in a uniform medium, and any medium by differences.

The equation is laplacian(u) + k^2 m u = f: wavenumber k, squared slowness m, source f. Waves turn
as exp(+i w t), so those that leave go as the second Hankel function; the sign of f is such that a
point source of 1 in a medium of m = 1 makes u = (i/4) H0(k r).

To leave also means not to come back from where the domain ends: around it lies a perfectly matched
layer (Berenger, 1994), in which each coordinate is stretched into the complex by

    e(x) = 1 - i a0 (depth / width)^2,

where waves die out unreflected. Inside, e is 1 and the equation is as above.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.ndimage import map_coordinates
from scipy.sparse.linalg import splu
from scipy.special import hankel2, j0

_WIDE = 9.0  # deviations of a Gaussian beyond which nothing of it is left
_RINGS = 4000  # of a source, whose waves are added up


@dataclass(frozen=True)
class Layer:
    """The square [-1, 1]^2, of which what is farther out than `extent` absorbs.

    Signals cover what is within: [-extent, extent)^2.
    """

    extent: float = 0.5  # SIREN: its layer is 0.5 wide
    absorption: float = 5.0  # a0; SIREN

    def stretch(self, x: np.ndarray) -> np.ndarray:
        """e at coordinates along an axis, complex."""
        depth = np.clip(np.abs(x) - self.extent, 0, None) / (1 - self.extent)
        return 1 - 1j * self.absorption * depth**2


def radiated(distance: np.ndarray, wavenumber: float, deviation: float) -> np.ndarray:
    """The field of a Gaussian source of integral 1 in a uniform medium, complex, by distance.

    Exact at every distance: the source is rings about its centre, and a ring of radius s makes
    (i/4) J0(k s) H0(k r) outside and (i/4) J0(k r) H0(k s) inside (Graf's addition theorem, the
    mean over the ring's angle). Far out that is (i/4) H0(k r) exp(-(k deviation)^2 / 2).
    """
    edges = np.linspace(0, _WIDE * deviation, _RINGS + 1)
    rings = (edges[1:] + edges[:-1]) / 2
    # Of the source, exactly what lies between two edges.
    share = -np.diff(np.exp(-(edges**2) / (2 * deviation**2)))
    standing = np.append(0, np.cumsum(share * j0(wavenumber * rings)))
    going = share * hankel2(0, wavenumber * rings)
    beyond = np.append(np.cumsum(going[::-1])[::-1], 0)
    inside = np.interp(distance, edges, standing)
    outside = np.interp(distance, edges, beyond)  # complex values are interpolated too
    near = np.maximum(distance, rings[0])  # at the very centre H0 has no value, and no share
    waves = hankel2(0, wavenumber * near) * inside + j0(wavenumber * distance) * outside
    return 0.25j * waves


class Solver:
    """Second differences on a lattice of the square with its layer, factorised once.

    `cells` is how many make up a side of [-1, 1]; nodes lie at -1 + 2 i / cells, and the field is
    zero on the square's own border, where the layer leaves next to nothing of it.
    """

    def __init__(self, cells: int, wavenumber: float, layer: Layer):
        self.cells, self.wavenumber, self.layer = cells, wavenumber, layer
        self.axis = -1 + 2 * np.arange(1, cells) / cells

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Both coordinates of the nodes, (cells - 1, 1) and (1, cells - 1)."""
        return self.axis[:, None], self.axis[None, :]

    def fields(self, medium: np.ndarray, sources: np.ndarray) -> np.ndarray:
        """Fields (sources, nodes, nodes), complex, of a squared slowness and of right sides f."""
        across = self._along()
        one = sparse.identity(len(self.axis))
        whole = sparse.kron(across, one) + sparse.kron(one, across)
        whole = whole + sparse.diags(self.wavenumber**2 * medium.reshape(-1))
        solve = splu(whole.tocsc())
        return np.stack([solve.solve(f.reshape(-1).astype(complex)) for f in sources]).reshape(
            -1, len(self.axis), len(self.axis)
        )

    def _along(self) -> sparse.spmatrix:
        """(1/e) d/dx (1/e) d/dx along one axis."""
        step = 2 / self.cells
        middles = -1 + (np.arange(self.cells) + 0.5) * step
        between = 1 / self.layer.stretch(middles) / step**2
        own = 1 / self.layer.stretch(self.axis)
        lower, upper = between[:-1] * own, between[1:] * own
        return sparse.diags([lower[1:], -lower - upper, upper[:-1]], [-1, 0, 1])


def scattered(solver: Solver, medium: np.ndarray, incident: np.ndarray) -> np.ndarray:
    """What a medium adds to the fields that sources make in a uniform one, (sources, nodes, nodes).

    It is the field of the source -k^2 (m - 1) times the incident field, which is smooth however
    small the sources are, so that differences serve well.
    """
    return solver.fields(medium, -(solver.wavenumber**2) * (medium - 1) * incident)


def on_nodes(solver: Solver, medium: np.ndarray, extent: float) -> np.ndarray:
    """A squared slowness at samples of [-extent, extent)^2 read at the nodes; 1 around it."""
    places = [(solver.axis / extent + 1) * n / 2 for n in medium.shape]
    grid = np.meshgrid(*places, indexing="ij")
    return map_coordinates(medium, grid, order=1, mode="constant", cval=1.0)


def at(solver: Solver, field: np.ndarray, points: np.ndarray) -> np.ndarray:
    """A field on the nodes read at points (N, 2) between them, by cubic splines, complex."""
    places = ((points + 1) * solver.cells / 2 - 1).T
    real, imaginary = (map_coordinates(part, places) for part in (field.real, field.imag))
    return real + 1j * imaginary
