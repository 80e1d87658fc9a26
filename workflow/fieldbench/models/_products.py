"""Products of float32 matrices on a CPU, by the faster of the two libraries that torch brings.

torch.mm is MKL's, and on processors that are not Intel's MKL does without 512-bit instructions.
oneDNN uses them wherever they are: on AMD's its products take half the time, except narrow ones.
Which library multiplies follows from the processor and the shapes alone.
"""

import platform

import llvmlite.binding
import torch

_EVEN = 4
_NARROW = 32  # columns and rows of a weight; below, a call costs more than it saves
_SLIM = 48  # the same where one factor is transposed, which oneDNN does by a copy


def _has_wide_arithmetic() -> bool:
    """Whether the processor is AMD's and has 512-bit instructions that torch uses."""
    amd = llvmlite.binding.get_host_cpu_name().startswith("znver")
    usable = torch.backends.cpu.get_cpu_capability() == "AVX512"
    return amd and usable and torch.backends.mkldnn.is_available()


_BY_ONEDNN = platform.machine() == "x86_64" and _has_wide_arithmetic()


def product(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """values @ weight.T: (N, columns) by (rows, columns); (N, rows). No gradient goes through."""
    if _BY_ONEDNN and min(weight.shape) >= _NARROW:
        return _onednn(values, weight)
    return values @ weight.T


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


def _onednn(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch.ops.mkldnn._linear_pointwise(values, weight, None, "none", [], "")
