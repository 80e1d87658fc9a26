"""Products of float32 matrices on a CPU, by the faster of the two libraries that torch brings.

torch.mm is MKL's, and on processors that are not Intel's MKL does without 512-bit instructions.
oneDNN uses them wherever they are: on AMD's its products take half the time, except narrow ones.
Which library multiplies follows from the processor and the shapes alone.
"""

import platform

import llvmlite.binding
import torch
from torch import nn
from torch.autograd import Function

_EVEN = 4
_NARROW = 32  # columns and rows of a weight; below, a call costs more than it saves
_SLIM = 48  # the same where one factor is transposed, which oneDNN does by a copy


def _has_wide_arithmetic() -> bool:
    """Whether the processor is AMD's and has 512-bit instructions that torch uses."""
    amd = llvmlite.binding.get_host_cpu_name().startswith("znver")
    usable = torch.backends.cpu.get_cpu_capability() == "AVX512"
    return amd and usable and torch.backends.mkldnn.is_available()


_BY_ONEDNN = platform.machine() == "x86_64" and _has_wide_arithmetic()


def mapped(
    values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None
) -> torch.Tensor:
    """values @ weight.T + bias, on any device, and its gradient."""
    if values.device.type == "cpu" and _is_wide(weight):
        return _Mapped.apply(values, weight, bias)
    return nn.functional.linear(values, weight, bias)


class _Mapped(Function):
    @staticmethod
    def forward(ctx, values, weight, bias):
        ctx.save_for_backward(values, weight)
        return product(values, weight, bias)

    @staticmethod
    def backward(ctx, upward):
        values, weight = ctx.saved_tensors
        below, to_weight, to_bias = ctx.needs_input_grad
        return (
            product(upward, weight.T) if below else None,
            weight_gradient(upward, values) if to_weight else None,
            upward.sum(0) if to_bias else None,
        )


def product(
    values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None
) -> torch.Tensor:
    """values @ weight.T + bias: (N, columns) by (rows, columns); (N, rows).

    On a CPU, and no gradient goes through.
    """
    if _is_wide(weight):
        return _onednn(values, weight, bias)
    return nn.functional.linear(values, weight, bias)


def _is_wide(weight: torch.Tensor) -> bool:
    return _BY_ONEDNN and min(weight.shape) >= _NARROW


def spare(width: int) -> int:
    """Columns of zeros that make products of such a width faster: MKL likes it even fourfold."""
    return 0 if width < 2 * _EVEN or (_BY_ONEDNN and width >= _SLIM) else -width % _EVEN


def weight_gradient(upward: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """upward.T @ values: what reaches the weight of `product`, (rows, columns)."""
    if _BY_ONEDNN and min(upward.shape[1], values.shape[1]) >= _SLIM:
        return _onednn(upward.T, values.T)
    # Of the two ways to the same product, the one whose result has the longer rows is fast.
    wide = values.shape[1] >= upward.shape[1]
    return upward.T @ values if wide else (values.T @ upward).T


def _onednn(
    values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None
) -> torch.Tensor:
    return torch.ops.mkldnn._linear_pointwise(values, weight, bias, "none", [], "")
