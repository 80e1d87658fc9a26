"""A model as a function of its parameters, in double precision."""

import copy
from math import prod

import numpy as np
import torch
from torch.func import functional_call

from fieldbench.lattice import Lattice
from fieldbench.models._field import Field

Parameters = dict[str, torch.Tensor]
_WIDE = {torch.float32: torch.float64, torch.complex64: torch.complex128}


class Functional:
    """values = of(parameters, points), by the model's textbook way, `forward`.

    A copy is taken to the CPU: the model stays as it is. Every number is a double, and a complex
    parameter is a real one with a last axis of two, since its parts are two trainable numbers.
    """

    def __init__(self, model: Field):
        self.model = copy.deepcopy(model).cpu().eval()
        for tensor in (*self.model.parameters(), *self.model.buffers()):
            tensor.data = tensor.data.to(_WIDE.get(tensor.dtype, tensor.dtype))
        self.parameters: Parameters = {}
        self.complex = set()
        for name, tensor in self.model.named_parameters():
            if tensor.requires_grad:
                self.parameters[name] = tensor.detach()
            if tensor.requires_grad and tensor.is_complex():
                self.parameters[name] = torch.view_as_real(tensor.detach())
                self.complex.add(name)

    def __call__(self, parameters: Parameters, points: torch.Tensor) -> torch.Tensor:
        """(N, dims) to (N, channels); parameters that are left out are as they were."""
        given = {
            name: torch.view_as_complex(tensor) if name in self.complex else tensor
            for name, tensor in parameters.items()
        }
        return functional_call(self.model, given, (points,))


def points_of(lattice: Lattice) -> torch.Tensor:
    """Every point in array order, float64, shape (size, dims)."""
    grids = np.meshgrid(*(lattice.axis(k) for k in range(lattice.dims)), indexing="ij")
    return torch.from_numpy(np.stack(grids, -1).reshape(prod(lattice.shape), -1))
