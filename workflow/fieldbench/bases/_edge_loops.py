"""Compiled loops for edges with functions of their own, float32: along points, edge by edge.

Inputs are (fan_in, N), results (fan_out, N). AT_ONCE points go through all edges of an input before
the next ones do, so that their rows stay in the nearest cache. Loops count from zero, along slices:
of other numbers numba asks at every step whether they are negative.
"""

import numpy as np

from fieldbench.numerics.fast_math import exp, inlined, loop, sigmoid, summing, wave

_ = np.float32
PI = _(np.pi)
SINGULAR = _(1e-6)  # what the bump divides by at least
MEXICAN_HAT, MORLET, SLOPE, MEYER, SHANNON, BUMP = range(6)
MEXICAN_HAT_HEIGHT = _(2 / (np.sqrt(3) * np.pi**0.25))
SERIES = (_(-1 / 39916800), _(1 / 362880), _(-1 / 5040), _(1 / 120), _(-1 / 6))
AT_ONCE = 512


@inlined
def _quarter(angle):
    """The sine of an angle within a quarter of a turn about zero, by its series."""
    square = angle * angle
    value = _(1 / 6227020800)
    for k in range(5):
        value = value * square + SERIES[k]
    return angle + angle * square * value


@inlined
def _meyer(z):
    v, side = abs(z), (_(1) if z >= _(0) else _(-1))
    t = min(max(_(2) * v - _(1), _(0)), _(1))
    rise = t * t * t * t * (_(35) - t * (_(84) - t * (_(70) - _(20) * t)))
    steep = _(140) * t * t * t * (_(1) - t) * (_(1) - t) * (_(1) - t)
    angle = PI * min(v, _(1))
    # Beyond half a turn's middle the sine is that of what is left of it.
    sine, cosine = _quarter(min(angle, PI - angle)), _quarter(_(0.5) * PI - angle)
    falling, window = _quarter(_(0.5) * PI * rise), _quarter(_(0.5) * PI * (_(1) - rise))
    slope = PI * cosine * window - sine * PI * steep * falling
    inside = v < _(1)
    return (sine * window if inside else _(0)), (side * slope if inside else _(0))


@inlined
def _shannon(z):
    """(sin 2a - sin a) / 2a of a = pi z / 2; about zero, where that cancels, its series."""
    a = _(0.5) * PI * z
    square = a * a
    is_near = square < _(0.1)
    sine, cosine = wave(a)
    below = _(1) / (_(1) if is_near else a)
    value = sine * (cosine - _(0.5)) * below
    slope = (_(2) * cosine * cosine - _(1) - _(0.5) * cosine - value) * below
    rest = _(31 / 240) - square * (_(127 / 10080) - square * _(511 / 725760))
    steep = _(31 / 60) - square * (_(127 / 1680) - square * _(511 / 90720))
    value = _(0.5) - square * (_(7 / 12) - square * rest) if is_near else value
    slope = -a * (_(7 / 6) - square * steep) if is_near else slope
    return value, _(0.5) * PI * slope


@inlined
def _wavelet(kind, z):
    """A wavelet of z, and its slope."""
    if kind == MEYER:
        return _meyer(z)
    if kind == SHANNON:
        return _shannon(z)
    if kind == BUMP:
        # Not nearer to the border, where the exponential has long been zero.
        rest = _(1) / max(_(1) - z * z, SINGULAR)
        value = exp(-rest)
        return value, _(-2) * z * value * (rest * rest)
    length = exp(_(-0.5) * z * z)
    if kind == MORLET:
        sine, cosine = wave(_(5) * z)
        return cosine * length, (_(-5) * sine - z * cosine) * length
    if kind == SLOPE:
        return -z * length, (z * z - _(1)) * length
    length *= MEXICAN_HAT_HEIGHT
    return (z * z - _(1)) * length, z * (_(3) - z * z) * length


def _wavelets(kind):
    """The loops for one kind of wavelet; weights, shifts and rates are (fan_in, fan_out)."""

    @loop
    def values(x, weight, shift, rate, found):
        """Into `found` the sums of weight psi(rate (x - shift)) over inputs."""
        for first in range(0, x.shape[1], AT_ONCE):
            last = min(first + AT_ONCE, x.shape[1])
            found[:, first:last] = 0
            for i in range(len(x)):
                at = x[i, first:last]
                for o in range(len(found)):
                    a, b, r = weight[i, o], shift[i, o], rate[i, o]
                    sums = found[o, first:last]
                    for n in range(len(at)):
                        sums[n] += a * _wavelet(kind, (at[n] - b) * r)[0]

    @summing
    def gradient(x, weight, shift, rate, upward, grad, to_weight, to_shift, to_rate):
        """Into `grad` what reaches x; to the others are added sums over points.

        These are of upward psi, upward psi' and upward psi' z.
        """
        for first in range(0, x.shape[1], AT_ONCE):
            last = min(first + AT_ONCE, x.shape[1])
            grad[:, first:last] = 0
            for i in range(len(x)):
                at, to_x = x[i, first:last], grad[i, first:last]
                for o in range(len(upward)):
                    a, b, r = weight[i, o], shift[i, o], rate[i, o]
                    product, sum_w, sum_s, sum_r = a * r, _(0), _(0), _(0)
                    sent = upward[o, first:last]
                    for n in range(len(at)):
                        z = (at[n] - b) * r
                        psi, slope = _wavelet(kind, z)
                        slope *= sent[n]
                        sum_w += sent[n] * psi
                        sum_s += slope
                        sum_r += slope * z
                        to_x[n] += product * slope
                    to_weight[i, o] += sum_w
                    to_shift[i, o] += sum_s
                    to_rate[i, o] += sum_r

    return values, gradient


@inlined
def _features(x, octaves, found, slopes):
    """Features of points, (1 + 2 octaves, N): x, then sines, then cosines of x, 2x, 4x, ...

    And their slopes.
    """
    for n in range(len(x)):
        found[0, n], slopes[0, n] = x[n], _(1)
    factor = _(1)
    for j in range(1, octaves + 1):
        for n in range(len(x)):
            sine, cosine = wave(factor * x[n])
            found[j, n], slopes[j, n] = sine, factor * cosine
            found[octaves + j, n], slopes[octaves + j, n] = cosine, -factor * sine
        factor *= _(2)


@inlined
def _before(weight, bias, features, z):
    """Into z what a unit gets of (features, N)."""
    for n in range(len(z)):
        z[n] = bias + weight[0] * features[0, n]
    for j in range(1, len(weight)):
        share = weight[j]
        for n in range(len(z)):
            z[n] += share * features[j, n]


@loop
def networks(x, first_weight, first_bias, last_weight, found):
    """Into `found` the sums over inputs and units of last SiLU(first . features).

    Weights (fan_in, units, fan_out, features), (fan_in, units, fan_out) twice.
    """
    units, number = first_weight.shape[1], first_weight.shape[3]
    all_features, all_slopes = np.empty((2, number, AT_ONCE), np.float32)
    room = np.empty(AT_ONCE, np.float32)
    for first in range(0, x.shape[1], AT_ONCE):
        last = min(first + AT_ONCE, x.shape[1])
        features, z = all_features[:, : last - first], room[: last - first]
        found[:, first:last] = 0
        for i in range(len(x)):
            _features(x[i, first:last], number // 2, features, all_slopes)
            for h in range(units):
                for o in range(len(found)):
                    _before(first_weight[i, h, o], first_bias[i, h, o], features, z)
                    weight, sums = last_weight[i, h, o], found[o, first:last]
                    for n in range(len(z)):
                        sums[n] += weight * z[n] * sigmoid(z[n])


@summing
def networks_gradient(
    x, first_weight, first_bias, last_weight, upward, grad, to_first, to_bias, to_last
):
    """Into `grad` what reaches x; what reaches the weights is added to theirs."""
    units, number = first_weight.shape[1], first_weight.shape[3]
    all_features, slopes = np.empty((2, number, AT_ONCE), np.float32)
    room, shares = np.empty(AT_ONCE, np.float32), np.empty((number, AT_ONCE), np.float32)
    for first in range(0, x.shape[1], AT_ONCE):
        last = min(first + AT_ONCE, x.shape[1])
        features, z = all_features[:, : last - first], room[: last - first]
        for i in range(len(x)):
            _features(x[i, first:last], number // 2, features, slopes)
            shares[:] = 0
            for h in range(units):
                for o in range(len(upward)):
                    _before(first_weight[i, h, o], first_bias[i, h, o], features, z)
                    weight, sum_l, sum_b = last_weight[i, h, o], _(0), _(0)
                    sent = upward[o, first:last]
                    for n in range(len(z)):
                        up, s = sent[n], sigmoid(z[n])
                        sum_l += up * z[n] * s
                        z[n] = weight * up * s * (_(1) + z[n] * (_(1) - s))
                        sum_b += z[n]
                    to_last[i, h, o] += sum_l
                    to_bias[i, h, o] += sum_b
                    for j in range(number):
                        share, sum_f = first_weight[i, h, o, j], _(0)
                        for n in range(len(z)):
                            sum_f += z[n] * features[j, n]
                            shares[j, n] += share * z[n]
                        to_first[i, h, o, j] += sum_f
            to_x = grad[i, first:last]
            for n in range(len(to_x)):
                to_x[n] = shares[0, n]
            for j in range(1, number):
                for n in range(len(to_x)):
                    to_x[n] += shares[j, n] * slopes[j, n]


WAVELETS = tuple(_wavelets(kind) for kind in range(6))
