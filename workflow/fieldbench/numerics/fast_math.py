"""Sine, cosine and exponential for compiled loops of any file, and how such loops are compiled.

Numba keeps what it compiled until the loop's own file changes, whatever the loop calls. So the
digest of this file is part of the name under which numba keeps it: an edit here compiles anew all
that is compiled by `loop` or `summing`, and nothing else may use the functions below.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

_ = np.float32
# Half pi in three parts, so that a multiple of it can be taken off without rounding.
HALF_PI = (_(1.5703125), _(4.837512969970703e-4), _(7.549789948768648e-8))
TO_INTEGER = _(12582912.0)  # 1.5 * 2^23: adding it rounds a float32 to a whole number
FAR = _(50000.0)  # beyond it the three parts do not suffice
SINE = (_(-1.6666654611e-1), _(8.3321608736e-3), _(-1.9515295891e-4))
COSINE = (_(4.166664568298827e-2), _(-1.388731625493765e-3), _(2.443315711809948e-5))
EXP: tuple[np.float32, ...]
EXP = (
    _(1.9875691500e-4),
    _(1.3981999507e-3),
    _(8.3334519073e-3),
    _(4.1665795894e-2),
)
EXP += (_(1.6666665459e-1), _(5.0000001201e-1))
LN_2 = (_(0.693359375), _(-2.12194440e-4))
SMALLEST = _(-87.0)  # the exponential of less is no normal number; it becomes zero

_DIGEST = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]

# With numba's other model every division asks whether to raise, and loops stay scalar.
_DIVIDING: dict[str, Any] = {"error_model": "numpy"}
inlined = njit(forceinline=True, fastmath={"contract"}, **_DIVIDING)


def loop(function: Callable) -> Callable:
    """Compile a loop whose results do not depend on how many it computes side by side."""
    return _kept(function, fastmath={"contract"})


def summing(function: Callable) -> Callable:
    """Compile a loop that may take its sums in any order, or the processor's lanes lie idle."""
    return _kept(function, fastmath={"contract", "reassoc"})


def _kept(function: Callable, **settings: Any) -> Callable:
    function.__qualname__ += f"_{_DIGEST}"
    return njit(cache=True, nogil=True, **_DIVIDING, **settings)(function)


@inlined
def near(angle):  # noqa: ANN001, ANN201 - compiled: of float32, or of what numba makes of it
    """Sine and cosine, by Cephes' polynomials on an eighth of a turn about the nearest quarter."""
    quarter = (angle * _(0.6366197723675814) + TO_INTEGER) - TO_INTEGER
    rest = angle - quarter * HALF_PI[0] - quarter * HALF_PI[1] - quarter * HALF_PI[2]
    which, square = np.int32(quarter), rest * rest
    sine = rest + rest * square * (SINE[0] + square * (SINE[1] + square * SINE[2]))
    cosine = COSINE[0] + square * (COSINE[1] + square * COSINE[2])
    cosine = _(1) - _(0.5) * square + square * square * cosine
    odd = which & 1
    one, other = (cosine if odd else sine), (sine if odd else cosine)
    return (-one if which & 2 else one), (-other if (which + 1) & 2 else other)


@inlined
def wave(angle):  # noqa: ANN001, ANN201
    """Sine and cosine; of an angle too far for that, of one at the border."""
    return near(min(max(angle, -FAR), FAR) if angle == angle else angle)


@inlined
def exp(x):  # noqa: ANN001, ANN201
    """The exponential of x <= 80, by Cephes' polynomial."""
    clamped = max(x, SMALLEST)
    power = (clamped * _(1.44269504088896341) + TO_INTEGER) - TO_INTEGER
    rest = clamped - power * LN_2[0] - power * LN_2[1]
    value = EXP[0]
    for k in range(1, 6):
        value = value * rest + EXP[k]
    value = value * rest * rest + rest + _(1)
    scale = np.int32((np.int32(power) + 127) << 23).view(np.float32)
    return _(0) if x < SMALLEST else value * scale  # what is no number stays none


@inlined
def sigmoid(x):  # noqa: ANN001, ANN201
    """1 / (1 + exp(-x))."""
    return _(1) / (_(1) + exp(min(-x, _(80))))
