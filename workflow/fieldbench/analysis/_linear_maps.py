"""Linear maps that a model applies to every point alike, found while it computes its values.

With a the inputs of a map (N, w) and g the gradient of the values in its outputs (N, v), the
gradients in its weight are the outer products of rows of g and a. Their scalar products are
(a a^T) o (g g^T), o elementwise, and those of the gradients in its bias g g^T: no Jacobian is made.
"""

from collections import Counter
from dataclasses import dataclass

import torch
from torch.nn.functional import linear
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from fieldbench.analysis._functional import Functional, Parameters


@dataclass
class LinearMap:
    """One call of `linear`, and which parameters are its weight and bias, if they are any."""

    inputs: torch.Tensor
    outputs: torch.Tensor
    weight: str | None
    bias: str | None


class Recorder(TorchFunctionMode):
    """Notes calls of `linear` on (points, width), and how often every parameter is computed with.

    A view of a parameter is the parameter: layers may flatten or transpose what they hold.
    """

    def __init__(self, parameters: Parameters, points: int):
        super().__init__()
        self.names = {tensor.untyped_storage().data_ptr(): n for n, tensor in parameters.items()}
        self.sizes = {name: tensor.numel() for name, tensor in parameters.items()}
        self.points = points
        self.uses: Counter[str] = Counter()
        self.maps: list[LinearMap] = []

    def __torch_function__(self, function, types, args=(), kwargs=None):  # noqa: ANN001
        found = function(*args, **(kwargs or {}))
        made = {self._name(tensor) for tensor in tree_leaves(found) if torch.is_tensor(tensor)}
        used = {self._name(t) for t in tree_leaves((args, kwargs)) if torch.is_tensor(t)} - {None}
        if None in made:  # not only views
            self.uses.update(used)
        if function is linear:
            self._note(found, *args, **(kwargs or {}))
        return found

    def _note(self, outputs, input, weight, bias=None):  # noqa: ANN001
        if input.ndim == 2 and len(input) == self.points:
            whole = [self._whole(tensor) for tensor in (weight, bias)]
            self.maps.append(LinearMap(input, outputs, *whole))

    def _name(self, tensor: torch.Tensor) -> str | None:
        return self.names.get(tensor.untyped_storage().data_ptr())

    def _whole(self, tensor: torch.Tensor | None) -> str | None:
        """The parameter that a tensor is, all of it."""
        name = None if tensor is None else self._name(tensor)
        return name if name and tensor.numel() == self.sizes[name] else None


def linear_terms(of: Functional, points: torch.Tensor) -> tuple[torch.Tensor, set[str]]:
    """What the weights and biases of linear maps add to J J^T, (N, N), and which those are.

    J J^T is summed over channels. A parameter that is used anywhere else too is left out.
    """
    parameters = {name: t.clone().requires_grad_() for name, t in of.parameters.items()}
    with Recorder(parameters, len(points)) as seen:
        values = of(parameters, points)
    once = {name for name, uses in seen.uses.items() if uses == 1}
    maps = [m for m in seen.maps if {m.weight, m.bias} & once]
    total = points.new_zeros(len(points), len(points))
    for channel in range(values.shape[1]) if maps else ():
        upward = torch.autograd.grad(
            values[:, channel].sum(),
            [m.outputs for m in maps],
            retain_graph=True,
            allow_unused=True,
            materialize_grads=True,  # a model may compute what it does not use
        )
        for found, g in zip(maps, upward, strict=True):
            inner = torch.zeros_like(total)
            if found.weight in once:
                inner += found.inputs.detach() @ found.inputs.detach().T
            if found.bias in once:
                inner += 1
            total += inner * (g @ g.T)
    return total, once & {name for m in maps for name in (m.weight, m.bias)}
