"""Our means beside numbers printed elsewhere: cell by cell, and as orders of models."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fieldbench.analysis import agreement
from fieldbench.numerics import bootstrap

PLACE = ("study", "block", "title", "task", "metric", "budget")
CELLS = (*PLACE, "model", "value", "std", "low", "high", "n", "failures", "signals", "of", "what",
         "printed", "difference", "tolerance", "within", "source", "conventions")  # fmt: skip
RANKS = (*PLACE, "models", "kendall", "spearman", "best_here", "best_printed", "within", "source")

Row = Mapping[str, Any]


def published(scores: str | Path, study: str, blocks: Mapping[str, Row], cap: float) -> str:
    """CSV with one row a block, budget and model that is printed and was fitted here.

    `value` is the mean over all fits of the block's signals that gave a number, `low` and `high`
    its interval, `signals` how many of the `of` signals behind the printed mean they cover. Where
    decibels pass `cap` the difference is of numbers cut there: beyond, it is rounding error.
    """
    return _csv(_cells(scores, study, blocks, cap), CELLS)


def rankings(scores: str | Path, study: str, blocks: Mapping[str, Row], cap: float) -> str:
    """CSV with one row a block and budget: how alike both orders of models are.

    `within` counts the models whose difference is within the tolerance, of `models`.
    """
    rows = [r for r in _cells(scores, study, blocks, cap) if r["value"] is not None]
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault((row["block"], row["budget"]), []).append(row)
    return _csv([_ranking(g, blocks[g[0]["block"]], cap) for g in groups.values()], RANKS)


def _cells(
    scores: str | Path, study: str, blocks: Mapping[str, Row], cap: float
) -> list[dict[str, Any]]:
    with open(scores, encoding="utf-8", newline="") as file:
        fits = list(csv.DictReader(file))
    found = []
    for key, block in blocks.items():
        signals = set(block["families"])
        own = [f for f in fits if f["task"] == block["task"] and f["family"] in signals]
        for column, budget in enumerate(block["budgets"]):
            for model, printed in block["values"].items():
                asked = [f for f in own if f["model"] == model and f["budget"] == str(budget)]
                if asked:
                    place = {"study": study, "block": key, "budget": budget, "model": model}
                    here = _mean(asked, block["metric"]["name"])
                    beside = _beside(here, printed[column], block, cap)
                    found.append(place | _fixed(block) | here | beside)
    return found


def _fixed(block: Row) -> dict[str, Any]:
    """The columns that all rows of a block share."""
    over = block["over"]
    own = {k: block[k] for k in ("title", "task", "tolerance", "source", "conventions")}
    return own | {"metric": block["metric"]["name"], "of": over["signals"], "what": over["what"]}


def _mean(fits: list[Row], metric: str) -> dict[str, Any]:
    """Mean, population deviation and interval over the fits that gave a number."""
    good = sorted(
        (f["signal"], f["seed"], float(f[metric])) for f in fits if f[metric] not in ("", None)
    )
    failures = sum(f["status"] != "ok" for f in fits)
    facts = {"n": len(good), "signals": len({g[0] for g in good}), "failures": failures}
    if not good:
        return facts | dict.fromkeys(("value", "std", "low", "high"))
    signals, seeds, values = (np.array(column) for column in zip(*good, strict=True))
    low, high = bootstrap.interval(values, signals, seeds)
    spread = float(values.std()) if len(values) > 1 and np.isfinite(values).all() else math.nan
    return facts | {"value": float(values.mean()), "std": spread, "low": low, "high": high}


def _beside(here: Row, printed: float, block: Row, cap: float) -> dict[str, Any]:
    """The printed number, how far ours is from it, and whether that is near."""
    top = _top(block, cap)
    if here["value"] is None:
        return {"printed": printed, "difference": None, "within": None}
    difference = min(here["value"], top) - min(printed, top)
    near = abs(difference) <= block["tolerance"]
    return {"printed": printed, "difference": difference, "within": "yes" if near else "no"}


def _ranking(group: list[Row], block: Row, cap: float) -> dict[str, Any]:
    pick = max if block["metric"]["better"] == "higher" else min
    here, there = ([min(r[k], _top(block, cap)) for r in group] for k in ("value", "printed"))
    kendall, spearman = agreement.ranks(here, there)
    return {k: group[0][k] for k in (*PLACE, "source")} | {
        "models": len(group),
        "kendall": kendall,
        "spearman": spearman,
        "best_here": _named(group, here, pick),
        "best_printed": _named(group, there, pick),
        "within": sum(r["within"] == "yes" for r in group),
    }


def _named(group: list[Row], values: list[float], pick: Callable) -> str:
    """The best model, or all of them that share the first place."""
    best = pick(values)
    return " ".join(r["model"] for r, v in zip(group, values, strict=True) if v == best)


def _top(block: Row, cap: float) -> float:
    return cap if block["metric"]["unit"] == "dB" else math.inf


def _csv(rows: Iterable[Row], columns: tuple[str, ...]) -> str:
    """What does not exist is empty; floats are written so that they read back the same."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: "" if v != v else v for k, v in row.items()})
    return text.getvalue()
