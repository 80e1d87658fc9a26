"""Compiled loops over rows of float32 arrays: activations and their gradients, each in one pass.

A sine and its cosine together cost a seventh of torch's two calls, because one reduction serves
both and nothing leaves the processor's registers between. Results are within 1e-7 of the truth.
Where a model may not use these (other devices), it has its textbook way.
"""

import math

import numpy as np

from fieldbench.numerics.fast_math import FAR, exp, inlined, loop, near

_ = np.float32


@inlined
def _anywhere(angle):
    """The same, slowly, of angles that are FAR."""
    angle = np.float64(angle)
    return _(math.sin(angle)), _(math.cos(angle))


@loop
def sines(z, bias, omega, sine):
    """Into `sine` the sines of omega (z + bias), and in place of z the cosines; (N, width)."""
    for i in range(z.shape[0]):
        far = 0
        for j in range(z.shape[1]):
            far += abs(omega * (z[i, j] + bias[j])) > FAR
        if far == 0:
            for j in range(z.shape[1]):
                sine[i, j], z[i, j] = near(omega * (z[i, j] + bias[j]))
        else:
            for j in range(z.shape[1]):
                sine[i, j], z[i, j] = _anywhere(omega * (z[i, j] + bias[j]))


@loop
def sine_gradient(upward, cosine, omega, bias):
    """In place of the cosines: omega cosine upward; its column sums are added to `bias`."""
    for i in range(upward.shape[0]):
        for j in range(upward.shape[1]):
            cosine[i, j] *= omega * upward[i, j]
            bias[j] += cosine[i, j]


@loop
def relu(z, bias):
    """In place of z what is above zero of z + bias; what is no number stays none."""
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            value = z[i, j] + bias[j]
            z[i, j] = _(0) if value < _(0) else value


@loop
def relu_gradient(upward, values, found, bias):
    """Into `found` what passes a ReLU whose results were `values`; column sums onto `bias`."""
    for i in range(upward.shape[0]):
        for j in range(upward.shape[1]):
            found[i, j] = upward[i, j] if values[i, j] > _(0) else _(0)
            bias[j] += found[i, j]


@loop
def decoder_gradient(upward, final, values, bias):
    """In place of a ReLU's results what passes it of upward @ final; column sums onto `bias`.

    Upward (N, channels), final (channels, width), values (N, width).
    """
    row = np.empty(values.shape[1], np.float32)
    for i in range(values.shape[0]):
        first = upward[i, 0]
        for j in range(values.shape[1]):
            row[j] = first * final[0, j]
        for c in range(1, final.shape[0]):
            share = upward[i, c]
            for j in range(values.shape[1]):
                row[j] += share * final[c, j]
        for j in range(values.shape[1]):
            grad = row[j] if values[i, j] > _(0) else _(0)
            values[i, j] = grad
            bias[j] += grad


@loop
def waves(points, frequencies, phases, found):
    """Into `found` sin(points @ frequencies + phases); (N, width).

    Points (N, 3), frequencies (3, width). Angles are taken to be near.
    """
    for i in range(points.shape[0]):
        # Named once: for all that the compiler knows, a store could change them.
        x, y, w = points[i, 0], points[i, 1], points[i, 2]
        for j in range(phases.size):
            angle = phases[j] + x * frequencies[0, j] + y * frequencies[1, j]
            found[i, j] = near(angle + w * frequencies[2, j])[0]


@loop
def waves_gradient(points, frequencies, phases, upward, phase):
    """Add to `phase` what reaches the phases of `waves`."""
    for i in range(points.shape[0]):
        x, y, w = points[i, 0], points[i, 1], points[i, 2]
        for j in range(phases.size):
            angle = phases[j] + x * frequencies[0, j] + y * frequencies[1, j]
            phase[j] += upward[i, j] * near(angle + w * frequencies[2, j])[1]


@loop
def filtered(points, frequencies, phases, z, bias, found):
    """In place of z: z + bias; into `found` that times `waves`; (N, width)."""
    for i in range(points.shape[0]):
        x, y, w = points[i, 0], points[i, 1], points[i, 2]
        for j in range(phases.size):
            angle = phases[j] + x * frequencies[0, j] + y * frequencies[1, j]
            sine = near(angle + w * frequencies[2, j])[0]
            value = z[i, j] + bias[j]
            z[i, j] = value
            found[i, j] = sine * value


@loop
def filtered_gradient(points, frequencies, phases, upward, values, phase, bias):
    """In place of the values their gradient, column sums onto `bias`; the phases' onto `phase`.

    The filters are computed again: that is faster than to keep them.
    """
    for i in range(points.shape[0]):
        x, y, w = points[i, 0], points[i, 1], points[i, 2]
        for j in range(phases.size):
            angle = phases[j] + x * frequencies[0, j] + y * frequencies[1, j]
            sine, cosine = near(angle + w * frequencies[2, j])
            grad = upward[i, j]
            phase[j] += grad * values[i, j] * cosine
            values[i, j] = grad * sine
            bias[j] += grad * sine


@inlined
def _length(x, y, omega, sigma):
    """The length of exp(i omega z - |sigma z|^2), z = x + i y."""
    return exp(-omega * y - sigma * sigma * (x * x + y * y))


@loop
def wavelets(z, bias, omega, sigma, found):
    """In place of z: z + bias; into `found` the Gabor wavelets of that.

    (N, 2 width), real parts in the left half, imaginary in the right.
    """
    width = z.shape[1] // 2
    for i in range(z.shape[0]):
        far = 0
        for j in range(2 * width):
            z[i, j] += bias[j]
            far += abs(omega * z[i, j]) > FAR
        if far == 0:
            for j in range(width):
                length = _length(z[i, j], z[i, width + j], omega, sigma)
                sine, cosine = near(omega * z[i, j])
                found[i, j] = length * cosine
                found[i, width + j] = length * sine
        else:
            for j in range(width):
                length = _length(z[i, j], z[i, width + j], omega, sigma)
                sine, cosine = _anywhere(omega * z[i, j])
                found[i, j] = length * cosine
                found[i, width + j] = length * sine


@loop
def wavelet_gradient(upward, z, values, omega, sigma, bias):
    """In place of z its gradient, given the wavelets; column sums onto `bias`. Halves as above."""
    width, twice = z.shape[1] // 2, _(2) * sigma * sigma
    for i in range(z.shape[0]):
        for j in range(width):
            u, v, x, y = values[i, j], values[i, width + j], z[i, j], z[i, width + j]
            a, b = upward[i, j], upward[i, width + j]
            along, across = a * u + b * v, b * u - a * v
            z[i, j] = omega * across - twice * x * along
            z[i, width + j] = (-omega - twice * y) * along
        for j in range(2 * width):
            bias[j] += z[i, j]
