"""Properties of kernels that tell how a model learns: functions of symmetric matrices (N, N)."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues (N,), falling, over the largest one; and what sums them up.

    `effective_rank` is (sum l)^2 / sum l^2; `decay` the exponent a of l_i ~ i^-a, fitted to the
    logarithms above the floor; `condition` the largest over the smallest above the floor.
    """

    values: np.ndarray
    vectors: np.ndarray  # (N, N), a column each
    trace: float
    effective_rank: float
    decay: float
    condition: float
    above: int  # how many are above the floor


@dataclass(frozen=True)
class Response:
    """Rates of waves e_k, R_k = e_k^H K e_k / e_k^H e_k, leakage |K e_k - R_k e_k| / |K e_k|."""

    rates: np.ndarray
    leakage: np.ndarray


def spectrum(kernel: np.ndarray, floor: float = 1e-12) -> Spectrum:
    """Eigenvalues below `floor` of the largest are taken for rounding."""
    values, vectors = np.linalg.eigh(kernel)
    values, vectors = values[::-1], vectors[:, ::-1]
    share = values / values[0]
    above = int((share > floor).sum())
    decay = -_slope(share[:above])
    return Spectrum(
        share,
        vectors,
        float(np.trace(kernel)),
        float(values.sum() ** 2 / (values**2).sum()),
        decay,
        float(1 / share[above - 1]),
        above,
    )


def _slope(share: np.ndarray) -> float:
    """The slope of logarithms over the logarithms of 1, 2, ..: nan for fewer than two."""
    if len(share) < 2:
        return float("nan")
    return float(np.polyfit(np.log(np.arange(1, len(share) + 1)), np.log(share), 1)[0])


def wave(shape: tuple[int, ...], mode: tuple[int, ...]) -> np.ndarray:
    """exp(2 pi i sum of mode_j n_j / shape_j) on a lattice in array order, (N,)."""
    grids = np.meshgrid(*(np.arange(n) / n for n in shape), indexing="ij")
    turns = sum(k * grid for k, grid in zip(mode, grids, strict=True))
    return np.exp(2j * np.pi * turns).ravel()


def response(kernel: np.ndarray, shape: tuple[int, ...]) -> Response:
    """The response to every mode of the lattice, arrays of its shape, in the order of an FFT."""
    n, axes = len(kernel), tuple(range(1, len(shape) + 1))
    # All K e_k at once, a column each.
    found = np.fft.ifftn(kernel.reshape(n, *shape), axes=axes, norm="forward").reshape(n, n)
    waves = np.fft.ifftn(np.eye(n).reshape(n, *shape), axes=axes, norm="forward").reshape(n, n)
    rates = np.einsum("nk,nk->k", waves.conj(), found).real / n
    lost = np.linalg.norm(found - rates * waves, axis=0)
    leakage = lost / np.maximum(np.linalg.norm(found, axis=0), np.finfo(float).tiny)
    return Response(rates.reshape(shape), leakage.reshape(shape))


def unevenness(kernel: np.ndarray) -> float:
    """The standard deviation of the diagonal over its mean: 0 for a stationary kernel."""
    diagonal = np.diag(kernel)
    return float(diagonal.std() / diagonal.mean())


def distance_to_circulant(kernel: np.ndarray, shape: tuple[int, ...]) -> float:
    """|K - T| / |K|, Frobenius, T the nearest kernel of differences on the lattice, end to end.

    In the basis of waves, T is the diagonal of K.
    """
    axes = tuple(range(len(shape)))
    around = tuple(axis + len(shape) for axis in axes)
    blocks = np.fft.fftn(kernel.reshape(*shape, *shape), axes=axes, norm="ortho")
    turned = np.fft.ifftn(blocks, axes=around, norm="ortho").reshape(kernel.shape)
    off = turned - np.diag(np.diag(turned))
    return float(np.linalg.norm(off) / np.linalg.norm(kernel))


def alignment(vectors: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The share of a target's energy in the first 1, 2, .. of `vectors` (N, r); shape (r,).

    The target is (N,) or (N, channels), its mean left in.
    """
    shares = (np.atleast_2d(vectors.T @ target.reshape(len(vectors), -1)) ** 2).sum(1)
    return np.cumsum(shares) / (target**2).sum()


def drift(before: np.ndarray, after: np.ndarray) -> float:
    """1 - <K_0, K_t> / (|K_0| |K_t|), Frobenius: 0 where a kernel kept its direction."""
    scale = np.linalg.norm(before) * np.linalg.norm(after)
    return float(1 - (before * after).sum() / scale)
