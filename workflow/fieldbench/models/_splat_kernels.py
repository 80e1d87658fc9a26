"""Loops over pairs of a tile and a splat, compiled: values of splats at points, and gradients.

A splat is a row of numbers: its middle x, y; a, b, c of its fall q = dx (a dx + b dy) + c dy dy;
its opacity; one colour a channel. Its alpha at a point is min(0.999, opacity exp(-q)), and nothing
where q passes its limit ln(255 opacity), that is where alpha would fall below 1/255.

Points come sorted by tile and by band: a tile is BANDS bands high, and `bands` says where each
begins. A splat's box is its first and last column of tiles, then its first and last band of all.

q is computed with the operations of the textbook, in its order, and without fused ones, so that
both decide alike which points a splat reaches. All is in this one file because a compiled function
is kept until its own file changes, whatever it calls.
"""

import math

import numpy as np
from numba import njit

BANDS = 16  # of a tile, and points of a tile's row: one AVX-512 register, two of AVX2
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


@njit(cache=True, nogil=True, error_model="numpy")
def boxes(splats, limits, left, top, wide, high, columns, rows):
    """The box of every splat, (N, 4); its last column is -1 where it is empty.

    Tiles are `wide` and bands `high` pixels from `left` and `top` on; `rows` counts bands.
    """
    found = np.empty((len(splats), 4), np.int32)
    for g in range(len(splats)):
        found[g] = 0, -1, 0, -1
        a, b, c = float(splats[g, 2]), float(splats[g, 3]), float(splats[g, 4])
        inverse = 4 * a * c / (4 * a * c - b * b)  # grows with how thin and slanted a splat is
        if not (limits[g] >= 0 and inverse > 0):
            continue
        # q is rounded in single precision, the more the thinner: its limit is taken larger.
        reach = limits[g] * (1 + 4e-6 * inverse) + 1e-5
        across, down = math.sqrt(reach * inverse / a), math.sqrt(reach * inverse / c)
        first = math.floor((splats[g, 0] - across - left) / wide)
        last = math.floor((splats[g, 0] + across - left) / wide)
        upper = math.floor((splats[g, 1] - down - top) / high)
        lower = math.floor((splats[g, 1] + down - top) / high)
        if last >= 0 and first < columns and lower >= 0 and upper < rows:
            found[g, 0], found[g, 1] = max(first, 0), min(last, columns - 1)
            found[g, 2], found[g, 3] = max(upper, 0), min(lower, rows - 1)
    return found


@njit(cache=True, nogil=True)
def bins(found, order, begin, live, columns, most):
    """Splats of each live tile, front to back, from `begin` of the order on, about `most` pairs.

    Returns where the order was left, where each tile's splats start, and the splats.
    """
    tiles, before = _living(live)
    starts = np.zeros(len(live) + 1, np.int64)
    touching = np.empty(len(order) - begin, np.int32)
    end, pairs, several = begin, 0, 0
    while end < len(order) and pairs < most:
        box, had = found[order[end]], pairs
        for row in range(box[2] // BANDS, box[3] // BANDS + 1):
            first = before[row * columns + box[0]]
            last = before[row * columns + box[1] + 1]
            for k in range(first, last):
                starts[tiles[k] + 1] += 1
            pairs += last - first
        if pairs > had:
            touching[several] = order[end]
            several += 1
        end += 1
    starts = np.cumsum(starts)
    ids, filled = np.empty(starts[-1], np.int32), starts[:-1].copy()
    for g in touching[:several]:
        box = found[g]
        for row in range(box[2] // BANDS, box[3] // BANDS + 1):
            first = before[row * columns + box[0]]
            for k in range(first, before[row * columns + box[1] + 1]):
                ids[filled[tiles[k]]] = g
                filled[tiles[k]] += 1
    return end, starts, ids


@njit(cache=True, nogil=True)
def _living(live):
    """The tiles that are live, and how many of them come before each tile."""
    tiles, before = np.empty(len(live), np.int64), np.empty(len(live) + 1, np.int64)
    number = 0
    for tile in range(len(live)):
        before[tile] = number
        if live[tile]:
            tiles[number] = tile
            number += 1
    before[len(live)] = number
    return tiles, before


@njit(cache=True, nogil=True)
def _run(bands, box, tile, columns):
    """The points of a tile that lie within a box's bands: the first, and after the last."""
    row = tile // columns * BANDS
    first = bands[tile * BANDS + max(box[2] - row, 0)]
    last = bands[tile * BANDS + min(box[3] - row, BANDS - 1) + 1]
    return np.uint64(first), np.uint64(last)  # unsigned: no wrapping around, so loops vectorise


@njit(cache=True, nogil=True)
def _lit(light, first, last):
    for p in range(first, last):
        if light[p] > ZERO:
            return True
    return False


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
def draw(x, y, bands, columns, splats, limits, found, starts, ids, live, light, image, added):
    """Add splats to an image (channels, points), front to back, or, `added`, in any order."""
    weight = np.empty(len(x), np.float32)
    for tile in range(len(live)):
        begin, end = np.uint64(bands[tile * BANDS]), np.uint64(bands[(tile + 1) * BANDS])
        for k in range(starts[tile], starts[tile + 1]):
            g = ids[k]
            first, last = _run(bands, found[g], tile, columns)
            _reach(x, y, first, last, splats[g], limits[g], light, added, weight)
            for channel in range(len(image)):
                colour, shown = splats[g, 6 + channel], image[channel]
                for p in range(first, last):
                    shown[p] += colour * weight[p]
            if not added and k % LOOK == 0 and not _lit(light, begin, end):
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


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def _moments(x, y, first, last, u, v, slope):
    """Sums of the slope, and of it times dx, dy, dx dx, dx dy and dy dy."""
    s = sx = sy = sxx = sxy = syy = ZERO
    for p in range(first, last):
        dx, dy = x[p] - u, y[p] - v
        tx, ty = slope[p] * dx, slope[p] * dy
        s += slope[p]
        sx += tx
        sy += ty
        sxx += tx * dx
        sxy += tx * dy
        syy += ty * dy
    return s, sx, sy, sxx, sxy, syy


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def _dot(one, other, first, last):
    total = ZERO
    for p in range(first, last):
        total += one[p] * other[p]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def undraw(
    x, y, bands, columns, splats, limits, found, starts, ids, live, light, behind, by_image,
    gradient, added,
):  # fmt: skip
    """Add to the gradient (N, numbers) of splats by the gradient (channels, points) of an image.

    Front to back again, with the same light: what is behind a splat is the image less what is
    before it, and so nothing need be kept of any pair.
    """
    weight, slope = np.empty(len(x), np.float32), np.empty(len(x), np.float32)
    for tile in range(len(live)):
        begin, end = np.uint64(bands[tile * BANDS]), np.uint64(bands[(tile + 1) * BANDS])
        for k in range(starts[tile], starts[tile + 1]):
            g = ids[k]
            splat, by = splats[g], gradient[g]
            first, last = _run(bands, found[g], tile, columns)
            slope[first:last] = ZERO
            for channel in range(len(by_image)):
                colour, wanted = splat[6 + channel], by_image[channel]
                for p in range(first, last):
                    slope[p] += colour * wanted[p]
            _slopes(x, y, first, last, splat, limits[g], light, behind, added, weight, slope)
            s, sx, sy, sxx, sxy, syy = _moments(x, y, first, last, splat[0], splat[1], slope)
            by[0] += 2 * splat[2] * sx + splat[3] * sy
            by[1] += splat[3] * sx + 2 * splat[4] * sy
            by[2] -= sxx
            by[3] -= sxy
            by[4] -= syy
            by[5] += s / splat[5]
            for channel in range(len(by_image)):
                by[6 + channel] += _dot(weight, by_image[channel], first, last)
            if not added and k % LOOK == 0 and not _lit(light, begin, end):
                live[tile] = 0
                break
