"""The empirical neural tangent kernel of a model on a lattice.

K[n, m] = sum over channels c and parameters p of (d f_c(x_n) / dp) (d f_c(x_m) / dp), over N: the
trace over channels, divided by the number of points. Gradient descent at rate eta on half the mean
square error (over points, summed over channels) changes a model of one channel by -eta K (f - y) a
step, as long as K stays what it is; see Jacot et al., "Neural Tangent Kernel", NeurIPS 2018.

Three ways, all in double precision, since eigenvalues span more than seven digits:

reference  one Jacobian (N, channels, parameters) of every point by itself: for tiny models
kernel     linear maps by their inputs and gradients, what is left tensor by tensor in blocks of
           points: exact, and no more memory than asked for beside K
Products   K times a vector, by one vector-Jacobian and one Jacobian-vector product: no K at all
"""

from collections.abc import Sequence

import numpy as np
import torch
from scipy.sparse.linalg import LinearOperator, eigsh
from torch.func import jacrev, jvp, vjp, vmap

from fieldbench.analysis._functional import Functional, points_of
from fieldbench.analysis._linear_maps import linear_terms
from fieldbench.analysis.kernels import Response, wave
from fieldbench.lattice import Lattice
from fieldbench.models._field import Field
from fieldbench.seeds import numpy_stream

_AT_ONCE = 2**26  # numbers of a Jacobian held at once: half a gigabyte
_POINTS_AT_ONCE = 64


def reference(model: Field, lattice: Lattice) -> np.ndarray:
    """K, shape (N, N), by the definition."""
    of, points = Functional(model), points_of(lattice)
    jacobians = [_jacobian(of, name, points) for name in of.parameters]
    whole = torch.cat(jacobians, -1)  # (N, channels, parameters)
    return (torch.einsum("ncp,mcp->nm", whole, whole) / len(points)).numpy()


def kernel(model: Field, lattice: Lattice, at_once: int = _AT_ONCE) -> np.ndarray:
    """K, shape (N, N). `at_once` is how many numbers of a Jacobian may be held."""
    of, points = Functional(model), points_of(lattice)
    total, done = linear_terms(of, points)
    with torch.no_grad():
        channels = of(of.parameters, points[:1]).shape[1]
    for name, tensor in of.parameters.items():
        if name not in done:
            rows = max(1, at_once // (2 * channels * tensor.numel()))
            _add_tensor(total, of, name, points.split(rows))
    return (total / len(points)).numpy()


def _add_tensor(
    total: torch.Tensor, of: Functional, name: str, blocks: Sequence[torch.Tensor]
) -> None:
    """Add what one parameter tensor adds to N K, by pairs of blocks of points."""
    first = 0
    for k, block in enumerate(blocks):
        rows = _jacobian(of, name, block).flatten(1)
        here = slice(first, first + len(block))
        total[here, here] += rows @ rows.T
        second = here.stop
        for other in blocks[k + 1 :]:
            there = slice(second, second + len(other))
            found = rows @ _jacobian(of, name, other).flatten(1).T
            total[here, there] += found
            total[there, here] += found.T
            second = there.stop
        first = here.stop


def _jacobian(of: Functional, name: str, points: torch.Tensor) -> torch.Tensor:
    """d f_c(x_n) / dp of one parameter tensor, (N, channels, its numbers)."""
    others = {n: tensor for n, tensor in of.parameters.items() if n != name}

    def value(tensor: torch.Tensor, point: torch.Tensor) -> torch.Tensor:
        return of(others | {name: tensor}, point[None])[0]

    every = vmap(jacrev(value), in_dims=(None, 0), chunk_size=_POINTS_AT_ONCE)
    found = every(of.parameters[name], points).detach()
    return found.reshape(*found.shape[:2], -1)


class Products:
    """K times vectors, K never made: memory is that of one pass over all points."""

    def __init__(self, model: Field, lattice: Lattice):
        self.of, self.points = Functional(model), points_of(lattice)
        self.values, self.backward = vjp(self._values, self.of.parameters)

    def _values(self, parameters: dict[str, torch.Tensor]) -> torch.Tensor:
        return self.of(parameters, self.points)

    def times(self, vector: np.ndarray) -> np.ndarray:
        """K v, shapes (N,); a vjp and a jvp a channel."""
        v = torch.from_numpy(np.array(vector, dtype=np.float64).reshape(-1))
        total = torch.zeros_like(v)
        for channel in range(self.values.shape[1]):
            upward = torch.zeros_like(self.values)
            upward[:, channel] = v
            (step,) = self.backward(upward)
            total += jvp(self._values, (self.of.parameters,), (step,))[1][:, channel].detach()
        return (total / len(v)).numpy()

    def top(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The largest eigenvalues (number,), falling, and their vectors (N, number), by Lanczos."""
        n = len(self.points)
        start = numpy_stream("lanczos").standard_normal(n)
        operator = LinearOperator((n, n), matvec=self.times, dtype=np.float64)
        values, vectors = eigsh(operator, k=number, v0=start, which="LA")
        return values[::-1], vectors[:, ::-1]

    def response(self, shape: tuple[int, ...], modes: Sequence[tuple[int, ...]]) -> Response:
        """The response at chosen modes of the lattice; two products each."""
        rates, leaks = [], []
        for mode in modes:
            e = wave(shape, mode)
            found = self.times(e.real) + 1j * self.times(e.imag)
            rates.append(np.vdot(e, found).real / len(e))
            lost = np.linalg.norm(found - rates[-1] * e)
            leaks.append(lost / max(np.linalg.norm(found), np.finfo(float).tiny))
        return Response(np.array(rates), np.array(leaks))
