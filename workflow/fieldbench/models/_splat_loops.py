"""Loops over pairs of a tile and a splat, compiled: values of splats at points, and gradients.

See `_splats` for what a splat is, and `_splat_bins` for grids of tiles, boxes and ellipses. A
splat's alpha at a point is min(0.999, opacity exp(-q)), and nothing where q passes its limit
ln(255 opacity), that is where alpha would fall below 1/255.

q is computed with the operations of the textbook, in its order, and without fused ones, so that
both decide alike which points a splat reaches. The exponential is a polynomial, and loops over
points have no branches, so that the compiler makes vectors of them. All that one compiled function
calls is in this file, because it is kept on disk until the file changes.
"""

import math

import numpy as np
from numba import njit

LOOK = 8  # splats between two looks at whether a tile is still lit
OPAQUE = np.float32(0.999)
DARK = np.float32(1e-4)
ZERO, ONE = np.float32(0), np.float32(1)
# exp(-y) for y in [0, 0.695], to 8e-8: three squarings make exp(-8 y), and no splat reaches where
# that is beyond ln 255. Fitted by least squares of the relative error.
EIGHTH = np.float32(1 / 8)
E0, E1, E2, E3, E4, E5 = (
    np.float32(e)
    for e in (0.99999992, -0.99999268, 0.49988451, -0.16598299, 0.03978937, -0.00585754)
)


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _exp(q):
    """exp(-q) for q between 0 and ln 255; anything elsewhere."""
    y = q * EIGHTH
    e = ((((E5 * y + E4) * y + E3) * y + E2) * y + E1) * y + E0
    e = e * e
    e = e * e
    return e * e


@njit(cache=True, nogil=True)
def _run(grid, tile, row, west, v, box, ellipse):
    """The points of a tile in the bands that a splat touches there: the first, and after the last.

    The tile starts at the band `row` of all, and `west` of the splat's middle; that lies at `v`.
    """
    across, lean, s, r, t = ellipse[0], ellipse[1], ellipse[2], ellipse[3], ellipse[4]
    # The arcs bulge: within the tile each is outermost at its own peak, or as near as may be.
    x = max(min(max(-lean, west), west + grid.wide, across), -across)
    upper = s * x - math.sqrt(max(r - t * x * x, 0.0))
    x = max(min(max(lean, west), west + grid.wide, across), -across)
    lower = s * x + math.sqrt(max(r - t * x * x, 0.0))
    first = max(math.floor((v + upper - grid.top) / grid.high), box[2], row) - row
    last = min(math.floor((v + lower - grid.top) / grid.high), box[3], row + grid.deep - 1) - row
    if first > last:
        return np.uint64(0), np.uint64(0)
    begin, end = grid.bands[tile * grid.deep + first], grid.bands[tile * grid.deep + last + 1]
    return np.uint64(begin), np.uint64(end)  # unsigned: no index wraps around, so loops vectorise


@njit(cache=True, nogil=True, error_model="numpy")
def _reach(x, y, first, last, splat, limit, light, added, weight):
    """The weight of a splat at points, behind those before it, whose `light` it then dims.

    Light that a splat would dim to 1e-4 or less goes out instead, and the splat has no weight.
    """
    u, v, a, b, c, opacity = splat[0], splat[1], splat[2], splat[3], splat[4], splat[5]
    for p in range(first, last):
        dx, dy = x[p] - u, y[p] - v
        q = dx * (a * dx + b * dy) + c * dy * dy
        inside = (q >= ZERO) & (q <= limit)
        alpha = opacity * _exp(q)
        if added:
            weight[p] = alpha if inside else ZERO
        else:
            alpha = alpha if alpha < OPAQUE else OPAQUE
            left = light[p] * (ONE - alpha)
            shown = inside & (left > DARK)
            weight[p] = alpha * light[p] if shown else ZERO
            light[p] = left if shown else (ZERO if inside else light[p])


@njit(cache=True, nogil=True, error_model="numpy")
def draw(grid, splats, limits, boxes, ellipses, starts, ids, live, light, image, added):
    """Add splats to an image (channels, points), front to back, or, `added`, in any order."""
    weight = np.empty(len(grid.x), np.float32)
    for tile in range(len(live)):
        row, west = tile // grid.columns * grid.deep, grid.left + tile % grid.columns * grid.wide
        for k in range(starts[tile], starts[tile + 1]):
            g = ids[k]
            splat = splats[g]
            first, last = _run(grid, tile, row, west - splat[0], splat[1], boxes[g], ellipses[g])
            if first == last:
                continue
            _reach(grid.x, grid.y, first, last, splat, limits[g], light, added, weight)
            for channel in range(len(image)):
                colour, shown = splat[6 + channel], image[channel]
                for p in range(first, last):
                    shown[p] += colour * weight[p]
            if not added and k % LOOK == 0 and not _lit(grid, tile, light):
                live[tile] = 0
                break


@njit(cache=True, nogil=True, error_model="numpy")
def _slopes(x, y, first, last, splat, limit, light, behind, added, weight, slope):
    """As `_reach`; and of the loss by -q, given its slope by the weight, which it replaces.

    `behind` is what all splats from here on add to the loss to first order; this one is taken off.
    """
    u, v, a, b, c, opacity = splat[0], splat[1], splat[2], splat[3], splat[4], splat[5]
    for p in range(first, last):
        dx, dy = x[p] - u, y[p] - v
        q = dx * (a * dx + b * dy) + c * dy * dy
        inside = (q >= ZERO) & (q <= limit)
        alpha = opacity * _exp(q)
        if added:
            weight[p] = alpha if inside else ZERO
            slope[p] = alpha * slope[p] if inside else ZERO
        else:
            free = alpha < OPAQUE
            alpha = alpha if free else OPAQUE
            left = light[p] * (ONE - alpha)
            shown = inside & (left > DARK)
            weight[p] = alpha * light[p] if shown else ZERO
            rest = behind[p] - slope[p] * weight[p]
            by_alpha = light[p] * slope[p] - rest / (ONE - alpha)
            behind[p] = rest
            slope[p] = alpha * by_alpha if shown & free else ZERO
            light[p] = left if shown else (ZERO if inside else light[p])


@njit(cache=True, nogil=True, error_model="numpy")
def undraw(
    grid, splats, limits, boxes, ellipses, starts, ids, live, light, behind, by_image, gradient,
    added,
):  # fmt: skip
    """Add to the gradient (N, numbers) of splats by the gradient (channels, points) of an image.

    Front to back again, with the same light: what is behind a splat is the image less what is
    before it, and so nothing need be kept of any pair.
    """
    x, y = grid.x, grid.y
    weight, slope = np.empty(len(x), np.float32), np.empty(len(x), np.float32)
    for tile in range(len(live)):
        row, west = tile // grid.columns * grid.deep, grid.left + tile % grid.columns * grid.wide
        for k in range(starts[tile], starts[tile + 1]):
            g = ids[k]
            splat, by = splats[g], gradient[g]
            first, last = _run(grid, tile, row, west - splat[0], splat[1], boxes[g], ellipses[g])
            if first == last:
                continue
            slope[first:last] = ZERO
            for channel in range(len(by_image)):
                colour, wanted = splat[6 + channel], by_image[channel]
                for p in range(first, last):
                    slope[p] += colour * wanted[p]
            _slopes(x, y, first, last, splat, limits[g], light, behind, added, weight, slope)
            _gather(x, y, first, last, splat, slope, by)
            for channel in range(len(by_image)):
                by[6 + channel] += _dot(weight, by_image[channel], first, last)
            if not added and k % LOOK == 0 and not _lit(grid, tile, light):
                live[tile] = 0
                break


@njit(cache=True, nogil=True)
def _lit(grid, tile, light):
    """Whether any light is left in a tile."""
    for p in range(grid.bands[tile * grid.deep], grid.bands[(tile + 1) * grid.deep]):
        if light[p] > ZERO:
            return True
    return False


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def _gather(x, y, first, last, splat, slope, by):
    """Add the gradient of a splat's middle, form and opacity, given slopes by -q at points."""
    s = sx = sy = sxx = sxy = syy = ZERO
    for p in range(first, last):
        dx, dy = x[p] - splat[0], y[p] - splat[1]
        tx, ty = slope[p] * dx, slope[p] * dy
        s += slope[p]
        sx += tx
        sy += ty
        sxx += tx * dx
        sxy += tx * dy
        syy += ty * dy
    by[0] += 2 * splat[2] * sx + splat[3] * sy
    by[1] += splat[3] * sx + 2 * splat[4] * sy
    by[2] -= sxx
    by[3] -= sxy
    by[4] -= syy
    by[5] += s / splat[5]


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def _dot(one, other, first, last):
    total = ZERO
    for p in range(first, last):
        total += one[p] * other[p]
    return total
