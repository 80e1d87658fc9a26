"""Compiled loops over float32 arrays: what bases make of their inputs, and the way back.

Inputs are (N, fan_in), features (N, K, fan_in): the innermost loop goes along inputs, or along
outputs where every edge has a function of its own. Numba's cache sees changes of a function's own
file only, so every function that a loop here calls is defined here.
"""

import numpy as np
from numba import njit

_ = np.float32
# Half pi in three parts, so that a multiple of it can be taken off without rounding.
HALF_PI = (_(1.5703125), _(4.837512969970703e-4), _(7.549789948768648e-8))
PI = _(np.pi)
TO_INTEGER = _(12582912.0)  # 1.5 * 2^23: adding it rounds a float32 to a whole number
FAR = _(50000.0)  # beyond it the three parts do not suffice
SINE = (_(-1.6666654611e-1), _(8.3321608736e-3), _(-1.9515295891e-4))
COSINE = (_(4.166664568298827e-2), _(-1.388731625493765e-3), _(2.443315711809948e-5))
EXP = (_(1.9875691500e-4), _(1.3981999507e-3), _(8.3334519073e-3), _(4.1665795894e-2))
EXP += (_(1.6666665459e-1), _(5.0000001201e-1))
LN_2 = (_(0.693359375), _(-2.12194440e-4))
SMALLEST = _(-87.0)  # the exponential of less is no normal number; it becomes zero
SINGULAR = _(1e-6)  # what the bump divides by at least

# With numba's other model every division asks whether to raise, and loops stay scalar.
_DIVIDING = {"error_model": "numpy"}
loop = njit(cache=True, nogil=True, fastmath={"contract"}, **_DIVIDING)
# A sum along the innermost loop may be taken in any order, or the processor's lanes lie idle.
summing = njit(cache=True, nogil=True, fastmath={"contract", "reassoc"}, **_DIVIDING)
inlined = njit(forceinline=True, fastmath={"contract", "reassoc"}, **_DIVIDING)


@inlined
def _wave(angle):
    """Sine and cosine, by Cephes' polynomials on an eighth of a turn about the nearest quarter.

    Of an angle too far for that, of one at the border.
    """
    angle = min(max(angle, -FAR), FAR) if angle == angle else angle
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
def _exp(x):
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
def _sigmoid(x):
    return _(1) / (_(1) + _exp(min(-x, _(80))))


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
            found[n, number, i], found[n, 0, i] = _wave(x[n, i])
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
            s[i], c[i] = _wave(x[n, i])
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
                found[n, k, i] = _wave(frequency * x[n, i] + phases[k, i])[0]


@summing
def sines_gradient(x, frequencies, phases, upward, grad, frequency_grad):
    """Into `grad` what reaches x; what reaches the frequencies is added to `frequency_grad`."""
    grad[:] = 0
    for n in range(len(x)):
        for k in range(len(phases)):
            frequency, total = frequencies[k], _(0)
            for i in range(x.shape[1]):
                share = upward[n, k, i] * _wave(frequency * x[n, i] + phases[k, i])[1]
                grad[n, i] += frequency * share
                total += share * x[n, i]
            frequency_grad[k] += total


# --- Bumps on a grid -------------------------------------------------------------------------

CUBIC, GAUSSIAN, HAT = 0, 1, 2


@inlined
def _bump(kind, u):
    """A bump about zero, and its slope."""
    if kind == GAUSSIAN:
        value = _exp(-u * u)
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
            found[n, last, i] = x[n, i] * _sigmoid(x[n, i])


@loop
def silu_gradient(x, upward, grad):
    last = upward.shape[1] - 1
    for n in range(len(x)):
        for i in range(x.shape[1]):
            s = _sigmoid(x[n, i])
            grad[n, i] = upward[n, last, i] * s * (_(1) + x[n, i] * (_(1) - s))


# --- Edges with wavelets of their own --------------------------------------------------------

MEXICAN_HAT, MORLET, SLOPE, MEYER, SHANNON, BUMP = range(6)
MEXICAN_HAT_HEIGHT = _(2 / (np.sqrt(3) * np.pi**0.25))
AT_ONCE = 64  # points whose results stay in the nearest cache
LANES = 16  # outputs that are computed side by side


@inlined
def _meyer(z):
    v, side = abs(z), (_(1) if z >= _(0) else _(-1))
    t = min(max(_(2) * v - _(1), _(0)), _(1))
    rise = t * t * t * t * (_(35) - t * (_(84) - t * (_(70) - _(20) * t)))
    steep = _(140) * t * t * t * (_(1) - t) * (_(1) - t) * (_(1) - t)
    sine, cosine = _wave(PI * min(v, _(1)))
    falling, window = _wave(_(0.5) * PI * rise)
    slope = PI * cosine * window - sine * PI * steep * falling
    inside = v < _(1)
    return (sine * window if inside else _(0)), (side * slope if inside else _(0))


@inlined
def _shannon(z):
    """(sin 2a - sin a) / 2a of a = pi z / 2; about zero, where that cancels, its series."""
    a = _(0.5) * PI * z
    square = a * a
    near = square < _(0.1)
    sine, cosine = _wave(a)
    below = _(1) if near else a
    value = sine * (cosine - _(0.5)) / below
    slope = (_(2) * cosine * cosine - _(1) - _(0.5) * cosine - value) / below
    rest = _(31 / 240) - square * (_(127 / 10080) - square * _(511 / 725760))
    steep = _(31 / 60) - square * (_(127 / 1680) - square * _(511 / 90720))
    value = _(0.5) - square * (_(7 / 12) - square * rest) if near else value
    slope = -a * (_(7 / 6) - square * steep) if near else slope
    return value, _(0.5) * PI * slope


@inlined
def _wavelet(kind, z):
    """A wavelet of z, and its slope."""
    if kind == MEYER:
        return _meyer(z)
    if kind == SHANNON:
        return _shannon(z)
    if kind == BUMP:
        rest = _(1) - z * z
        rest = max(rest, SINGULAR)  # where the exponential has long been zero
        value = _exp(_(-1) / rest)
        return value, _(-2) * z * value / (rest * rest)
    length = _exp(_(-0.5) * z * z)
    if kind == MORLET:
        sine, cosine = _wave(_(5) * z)
        return cosine * length, (_(-5) * sine - z * cosine) * length
    if kind == SLOPE:
        return -z * length, (z * z - _(1)) * length
    length *= MEXICAN_HAT_HEIGHT
    return (z * z - _(1)) * length, z * (_(3) - z * z) * length


def _wavelets(kind):
    """The loops for one kind of wavelet.

    Weights, shifts and rates are (fan_in, blocks, LANES), results (N, blocks, LANES): slices of
    wider rows would cost as much as what is done with them.
    """

    @loop
    def values(x, weight, shift, rate, found):
        """Into `found` the sums of weight psi(rate (x - shift)) over inputs."""
        for first in range(0, len(x), AT_ONCE):
            last = min(first + AT_ONCE, len(x))
            found[first:last] = 0
            for i in range(x.shape[1]):
                for block in range(found.shape[1]):
                    for n in range(first, last):
                        at = x[n, i]
                        for o in range(LANES):
                            z = (at - shift[i, block, o]) * rate[i, block, o]
                            found[n, block, o] += weight[i, block, o] * _wavelet(kind, z)[0]

    @summing
    def gradient(x, weight, shift, rate, upward, grad, to_weight, to_shift, to_rate):
        """Into `grad` what reaches x; to the others are added sums over points.

        These are of upward psi, upward psi' and upward psi' z.
        """
        product = weight * rate
        for first in range(0, len(x), AT_ONCE):
            last = min(first + AT_ONCE, len(x))
            grad[first:last] = 0
            for i in range(x.shape[1]):
                for block in range(upward.shape[1]):
                    for n in range(first, last):
                        at, total = x[n, i], _(0)
                        for o in range(LANES):
                            z = (at - shift[i, block, o]) * rate[i, block, o]
                            psi, slope = _wavelet(kind, z)
                            to_weight[i, block, o] += upward[n, block, o] * psi
                            slope *= upward[n, block, o]
                            to_shift[i, block, o] += slope
                            to_rate[i, block, o] += slope * z
                            total += slope * product[i, block, o]
                        grad[n, i] += total

    return values, gradient


# --- Edges with networks of their own --------------------------------------------------------


@inlined
def _features(x, octaves, found, slopes):
    """Rows of features: x, then sines and cosines of x, 2x, 4x, ...; and of their slopes."""
    for n in range(len(x)):
        found[n, 0], slopes[n, 0] = x[n], _(1)
        factor = _(1)
        for j in range(1, octaves + 1):
            sine, cosine = _wave(factor * x[n])
            found[n, j], slopes[n, j] = sine, factor * cosine
            found[n, octaves + j], slopes[n, octaves + j] = cosine, -factor * sine
            factor *= _(2)


@loop
def networks(x, first_weight, first_bias, last_weight, found):
    """Add to `found` the sums over inputs and units of last SiLU(first . features).

    Weights (fan_in, units, features, blocks, LANES), (fan_in, units, blocks, LANES) twice; results
    (N, blocks, LANES).
    """
    units, number, blocks = first_weight.shape[1:4]
    z = np.empty(LANES, np.float32)
    features, slopes = np.empty((2, AT_ONCE, number), np.float32)
    for first in range(0, len(x), AT_ONCE):
        last = min(first + AT_ONCE, len(x))
        for i in range(x.shape[1]):
            _features(x[first:last, i], number // 2, features, slopes)
            for h in range(units):
                for block in range(blocks):
                    for n in range(first, last):
                        for o in range(LANES):
                            z[o] = first_bias[i, h, block, o]
                        for j in range(number):
                            feature = features[n - first, j]
                            for o in range(LANES):
                                z[o] += first_weight[i, h, j, block, o] * feature
                        for o in range(LANES):
                            value = z[o] * _sigmoid(z[o])
                            found[n, block, o] += last_weight[i, h, block, o] * value


@summing
def networks_gradient(
    x, first_weight, first_bias, last_weight, upward, grad, to_first, to_bias, to_last
):
    """Into `grad` what reaches x; what reaches the weights is added to theirs."""
    units, number, blocks = first_weight.shape[1:4]
    z = np.empty(LANES, np.float32)
    features, slopes = np.empty((2, AT_ONCE, number), np.float32)
    grad[:] = 0
    for first in range(0, len(x), AT_ONCE):
        last = min(first + AT_ONCE, len(x))
        for i in range(x.shape[1]):
            _features(x[first:last, i], number // 2, features, slopes)
            for h in range(units):
                for block in range(blocks):
                    for n in range(first, last):
                        for o in range(LANES):
                            z[o] = first_bias[i, h, block, o]
                        for j in range(number):
                            feature = features[n - first, j]
                            for o in range(LANES):
                                z[o] += first_weight[i, h, j, block, o] * feature
                        for o in range(LANES):
                            up, s = upward[n, block, o], _sigmoid(z[o])
                            to_last[i, h, block, o] += up * z[o] * s
                            up *= last_weight[i, h, block, o]
                            z[o] = up * s * (_(1) + z[o] * (_(1) - s))
                            to_bias[i, h, block, o] += z[o]
                        for j in range(number):
                            feature, share = features[n - first, j], _(0)
                            for o in range(LANES):
                                to_first[i, h, j, block, o] += z[o] * feature
                                share += z[o] * first_weight[i, h, j, block, o]
                            grad[n, i] += share * slopes[n - first, j]


POLYNOMIALS = _polynomials, _polynomials_gradient
HARMONICS = _harmonics, _harmonics_gradient
BUMPS = tuple(_bumps(kind) for kind in (CUBIC, GAUSSIAN, HAT))
PAIRS = _pairs, _pairs_gradient
WAVELETS = tuple(_wavelets(kind) for kind in range(6))
