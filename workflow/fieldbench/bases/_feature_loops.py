"""Compiled loops over float32 arrays: the features that bases make of inputs, and the way back.

Inputs are (N, fan_in), features (N, K, fan_in): the innermost loop goes along inputs.
"""

import numpy as np

from fieldbench.numerics.fast_math import exp, inlined, loop, sigmoid, summing, wave

_ = np.float32


# --- Polynomials -----------------------------------------------------------------------------


@loop
def _polynomials(t, steps, found):
    """Features by the recurrence whose (a, b, c) are the rows of `steps`; see Polynomials."""
    number, width = len(steps), t.shape[1]
    for n in range(len(t)):
        for i in range(width):
            found[n, 0, i] = steps[0, 1]
            found[n, 1, i] = steps[1, 0] * t[n, i] + steps[1, 1]
        for k in range(2, number):
            a, b, c = steps[k, 0], steps[k, 1], steps[k, 2]
            for i in range(width):
                found[n, k, i] = (a * t[n, i] + b) * found[n, k - 1, i] + c * found[n, k - 2, i]


@loop
def _polynomials_gradient(t, steps, upward, grad):
    """Into `grad` what reaches t of `upward`."""
    number, width = len(steps), t.shape[1]
    value, before = np.empty(width, np.float32), np.empty(width, np.float32)
    slope, slope_before = np.empty(width, np.float32), np.empty(width, np.float32)
    for n in range(len(t)):
        a, b = steps[1, 0], steps[1, 1]
        for i in range(width):
            before[i], value[i] = steps[0, 1], a * t[n, i] + b
            slope_before[i], slope[i] = _(0), a
            grad[n, i] = upward[n, 1, i] * a
        for k in range(2, number):
            a, b, c = steps[k, 0], steps[k, 1], steps[k, 2]
            for i in range(width):
                factor = a * t[n, i] + b
                next_value = factor * value[i] + c * before[i]
                next_slope = a * value[i] + factor * slope[i] + c * slope_before[i]
                before[i], value[i] = value[i], next_value
                slope_before[i], slope[i] = slope[i], next_slope
                grad[n, i] += upward[n, k, i] * next_slope


# --- Waves -----------------------------------------------------------------------------------


@loop
def _harmonics(x, found):
    """Cosines of x, 2x, ... in the upper half of the rows, sines in the lower, by turning on."""
    number, width = found.shape[1] // 2, x.shape[1]
    for n in range(len(x)):
        for i in range(width):
            found[n, number, i], found[n, 0, i] = wave(x[n, i])
        for k in range(1, number):
            for i in range(width):
                c, s = found[n, 0, i], found[n, number, i]
                before_c, before_s = found[n, k - 1, i], found[n, number + k - 1, i]
                found[n, k, i] = c * before_c - s * before_s
                found[n, number + k, i] = s * before_c + c * before_s


@loop
def _harmonics_gradient(x, upward, grad):
    number, width = upward.shape[1] // 2, x.shape[1]
    c, s = np.empty(width, np.float32), np.empty(width, np.float32)
    far_c, far_s = np.empty(width, np.float32), np.empty(width, np.float32)
    for n in range(len(x)):
        for i in range(width):
            s[i], c[i] = wave(x[n, i])
            far_s[i], far_c[i] = s[i], c[i]
            grad[n, i] = c[i] * upward[n, number, i] - s[i] * upward[n, 0, i]
        for k in range(1, number):
            for i in range(width):
                cosine = c[i] * far_c[i] - s[i] * far_s[i]
                sine = s[i] * far_c[i] + c[i] * far_s[i]
                share = cosine * upward[n, number + k, i] - sine * upward[n, k, i]
                grad[n, i] += _(k + 1) * share
                far_c[i], far_s[i] = cosine, sine


@loop
def sines(x, frequencies, phases, found):
    """sin(w_k x_i + p_ki); frequencies (K,), phases (K, fan_in)."""
    for n in range(len(x)):
        for k in range(len(phases)):
            frequency = frequencies[k]
            for i in range(x.shape[1]):
                found[n, k, i] = wave(frequency * x[n, i] + phases[k, i])[0]


@summing
def sines_gradient(x, frequencies, phases, upward, grad, frequency_grad):
    """Into `grad` what reaches x; what reaches the frequencies is added to `frequency_grad`."""
    grad[:] = 0
    for n in range(len(x)):
        for k in range(len(phases)):
            frequency, total = frequencies[k], _(0)
            for i in range(x.shape[1]):
                share = upward[n, k, i] * wave(frequency * x[n, i] + phases[k, i])[1]
                grad[n, i] += frequency * share
                total += share * x[n, i]
            frequency_grad[k] += total


# --- Bumps on a grid -------------------------------------------------------------------------

CUBIC, GAUSSIAN, HAT = 0, 1, 2


@inlined
def _bump(kind, u):
    """A bump about zero, and its slope."""
    if kind == GAUSSIAN:
        value = exp(-u * u)
        return value, _(-2) * u * value
    if kind == HAT:
        value = max(_(1) - abs(u), _(0))
        side = _(-1) if u > _(0) else (_(1) if u < _(0) else _(0))
        return value, side if value > _(0) else _(0)
    outer = max(_(2) - abs(u), _(0))
    inner = max(_(1) - abs(u), _(0))
    value = (outer * outer * outer - _(4) * inner * inner * inner) * _(1 / 6)
    slope = _(0.5) * (outer * outer - _(4) * inner * inner)
    return value, (slope if u < _(0) else -slope)


def _bumps(kind):
    """The loops for one kind of bump."""

    @loop
    def features(x, centres, density, found):
        """Bumps of density (x - centre)."""
        for n in range(len(x)):
            for k in range(len(centres)):
                for i in range(x.shape[1]):
                    found[n, k, i] = _bump(kind, density * (x[n, i] - centres[k]))[0]

    @loop
    def gradient(x, centres, density, upward, grad):
        for n in range(len(x)):
            for i in range(x.shape[1]):
                grad[n, i] = _(0)
            for k in range(len(centres)):
                for i in range(x.shape[1]):
                    slope = _bump(kind, density * (x[n, i] - centres[k]))[1]
                    grad[n, i] += density * slope * upward[n, k, i]

    return features, gradient


@loop
def _pairs(x, centres, density, others, other_density, found):
    """A cubic bump plus a Gaussian one, each of its own centres."""
    for n in range(len(x)):
        for k in range(len(centres)):
            for i in range(x.shape[1]):
                cubic = _bump(CUBIC, density * (x[n, i] - centres[k]))[0]
                found[n, k, i] = cubic + _bump(GAUSSIAN, other_density * (x[n, i] - others[k]))[0]


@loop
def _pairs_gradient(x, centres, density, others, other_density, upward, grad):
    for n in range(len(x)):
        for i in range(x.shape[1]):
            grad[n, i] = _(0)
        for k in range(len(centres)):
            for i in range(x.shape[1]):
                slope = density * _bump(CUBIC, density * (x[n, i] - centres[k]))[1]
                slope += other_density * _bump(GAUSSIAN, other_density * (x[n, i] - others[k]))[1]
                grad[n, i] += slope * upward[n, k, i]


@loop
def humps(x, starts, ends, found):
    """Squares of ReLU(x - start) ReLU(end - x); starts and ends (K, fan_in)."""
    for n in range(len(x)):
        for k in range(len(starts)):
            for i in range(x.shape[1]):
                above = max(x[n, i] - starts[k, i], _(0))
                below = max(ends[k, i] - x[n, i], _(0))
                found[n, k, i] = above * above * below * below


@loop
def humps_gradient(x, starts, ends, upward, grad, start_grad, end_grad):
    """Into `grad` what reaches x; what reaches starts and ends is added to theirs."""
    for n in range(len(x)):
        for i in range(x.shape[1]):
            grad[n, i] = _(0)
        for k in range(len(starts)):
            for i in range(x.shape[1]):
                above = max(x[n, i] - starts[k, i], _(0))
                below = max(ends[k, i] - x[n, i], _(0))
                share = _(2) * above * below * upward[n, k, i]
                grad[n, i] += share * (below - above)
                start_grad[k, i] -= share * below
                end_grad[k, i] += share * above


# --- The base of a layer, in the last row ----------------------------------------------------


@loop
def silu(x, found):
    """x sigmoid(x), into the last feature."""
    last = found.shape[1] - 1
    for n in range(len(x)):
        for i in range(x.shape[1]):
            found[n, last, i] = x[n, i] * sigmoid(x[n, i])


@loop
def silu_gradient(x, upward, grad):
    last = upward.shape[1] - 1
    for n in range(len(x)):
        for i in range(x.shape[1]):
            s = sigmoid(x[n, i])
            grad[n, i] = upward[n, last, i] * s * (_(1) + x[n, i] * (_(1) - s))


POLYNOMIALS = _polynomials, _polynomials_gradient
HARMONICS = _harmonics, _harmonics_gradient
BUMPS = tuple(_bumps(kind) for kind in (CUBIC, GAUSSIAN, HAT))
PAIRS = _pairs, _pairs_gradient
