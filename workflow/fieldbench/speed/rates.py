"""Measured steps in numbers: medians, their ratio, and rates beside the machine's own."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.results import store

LOW = 0.2  # of what the machine can do: below it, that is not what bounds a step
_MS, _MB, _GIGA = 1e3, 1e-6, 1e-9
_FACTS = ("points", "channels", "parameters", "device")


def table(files: Iterable[str | Path]) -> str:
    """CSV with one row a measurement. Times are medians, `_low` and `_high` their quartiles.

    `ratio` is the median over the pairs of the textbook's time over ours: what slows the machine
    for a while meets both steps of a pair, and cancels there. The table is not the same from run
    to run: it is about the machine as much as about the models.
    """
    rows = [row(store.facts(f, "throughput"), store.timing(f, "throughput")) for f in files]
    return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")


def row(facts: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """One measurement's row; what a model does not have is None."""
    theirs, ours = dict(found["textbook"]), found["ours"]
    for key in ("seconds", "cpu_seconds"):  # of one point in `every`, taken to be the same for all
        theirs[key] = [theirs["every"] * s for s in theirs[key]]
    seconds = float(np.median(ours["seconds"]))
    peak, copy = (float(np.median(found["machine"][key])) for key in ("flops", "bytes"))
    flops, moved = facts["flops"], facts["bytes"] / seconds
    rate = None if flops is None else flops / seconds
    fraction = None if rate is None else rate / peak
    cpu = [float(np.median(way["cpu_seconds"])) for way in (theirs, ours)]
    described = {key: facts["cell"][key] for key in ("model", "place")}
    described |= {"dims": len(facts["shape"]), "shape": "x".join(map(str, facts["shape"]))}
    described |= {"budget": facts["cell"]["budget"]}
    return {
        **described,
        "size": facts["model"]["size"],
        **{key: facts[key] for key in _FACTS},
        "processor": found["processor"],
        "threads": facts["training"]["threads"],
        "load": found["load"],
        "pairs": len(ours["seconds"]),
        "textbook_every": theirs["every"],
        "textbook_points_at_once": theirs["points_at_once"],
        **_spread("textbook_ms", [_MS * s for s in theirs["seconds"]]),
        **_spread("ours_ms", [_MS * s for s in ours["seconds"]]),
        **_spread("ratio", np.divide(theirs["seconds"], ours["seconds"])),
        "ratio_of_medians": float(np.median(theirs["seconds"])) / seconds,
        "textbook_cpu_ms": _MS * cpu[0],
        "ours_cpu_ms": _MS * cpu[1],
        "ratio_cpu": cpu[0] / cpu[1] if cpu[1] else None,
        "gflops": None if rate is None else _GIGA * rate,
        "peak_gflops": _GIGA * peak,
        "fraction": fraction,
        "gbytes": _GIGA * moved,
        "copy_gbytes": _GIGA * copy,
        "fraction_bytes": moved / copy,
        "bound": bound(fraction, moved / copy),
        "textbook_mb": _MB * theirs["bytes"],
        "ours_mb": _MB * ours["bytes"],
        "gradient_difference": found["gradient_difference"],
    }


def bound(arithmetic: float | None, memory: float) -> str:
    """What bounds a step, as far as its counts tell: the larger fraction, if it is large.

    `neither` is what is not counted: sines and exponentials, look-ups, caches, starting kernels.
    """
    if max(arithmetic or 0.0, memory) < LOW:
        return "neither"
    return "arithmetic" if (arithmetic or 0.0) >= memory else "memory"


def _spread(name: str, values: Sequence[float] | np.ndarray) -> dict[str, float]:
    """The median and the quartiles."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return {name: float(middle), f"{name}_low": float(low), f"{name}_high": float(high)}
