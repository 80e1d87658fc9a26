"""Intervals of a mean over repeats: percentiles of means of resampled repeats."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from fieldbench.seeds import numpy_stream

DRAWS, LEVEL = 10_000, 0.95
NONE = (float("nan"), float("nan"))


def interval(
    values: Sequence[float], signals: Sequence[str], seeds: Sequence[int]
) -> tuple[float, float]:
    """The LEVEL interval of the mean of `values` (n,), fits of these signals and seeds (n,).

    Resampled is what would be drawn anew if everything was repeated: the signals, each with all
    its seeds, where there are several; else the seeds. Of fewer than two, and of values that are
    not all finite, nothing can be said: both ends are nan. The draws depend on the number of
    units alone, so that two groups of equal size are resampled alike, in whatever order they came.
    """
    taken = np.asarray(values, float)
    units = signals if len(set(signals)) > 1 else seeds
    _, place = np.unique(np.asarray(units), return_inverse=True)
    count = int(place.max(initial=-1)) + 1
    if count < 2 or not np.isfinite(taken).all():
        return NONE
    sums, sizes = np.bincount(place, taken), np.bincount(place)
    times = _draws(count)
    means = np.einsum("du,u->d", times, sums) / np.einsum("du,u->d", times, sizes.astype(float))
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


@lru_cache(maxsize=4)
def _draws(units: int) -> np.ndarray:
    """How often each of so many units is drawn: (DRAWS, units), each row adds up to `units`."""
    stream = numpy_stream("bootstrap", units)
    return stream.multinomial(units, np.full(units, 1 / units), size=DRAWS).astype(float)
