"""The range of a file's values: which is black and which white. Never guessed in silence."""

from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from fieldbench.files.content import Content
from fieldbench.plan.errors import UserError

WORDS = ("data", "type")
FULL_ENOUGH = 1 / 4  # of what uint16 goes to: below, its values have fewer bits than the type


def of(content: Content, kept: np.ndarray, wanted: Any, path: Path) -> tuple[float, float]:
    """The values that become black and white, or the two ends of a sound.

    `kept` is the part of the content that is used, whose least and greatest `data` takes; `wanted`
    is the setting `range`.
    """
    if wanted is None:
        found = _certain(content)
        if found is None:
            raise _open(content, kept, path)
        return found
    if wanted == "data":
        return _of_data(content, kept, path)
    if wanted == "type":
        found = _of_type(content)
        if found is None:
            raise UserError(
                f"{path} holds {kept.dtype}, a type that says nothing of the range of its values.",
                "Give `range` as two numbers, or as `data`.",
            )
        return found
    two = isinstance(wanted, (list, tuple)) and len(wanted) == 2
    if not two or not all(_is_number(one) for one in wanted) or not wanted[0] < wanted[1]:
        raise UserError(
            f"Signal file: `range` is {wanted!r}.",
            "Give two numbers as in [0, 4095], the smaller one first, or `data` or `type`.",
        )
    return float(wanted[0]), float(wanted[1])


def cut(values: np.ndarray, low: float, high: float) -> tuple[np.ndarray, tuple[str, ...]]:
    """Values cut to a range, and a note where some lay beyond it."""
    if low <= values.min() and values.max() <= high:
        return values, ()
    beyond = float(((values < low) | (values > high)).mean())
    note = f"{beyond:.2%} of the values lie beyond its range and were cut"
    return values.astype(np.float64).clip(low, high), (note,)


def scaled(values: np.ndarray, low: float, high: float, holds: str) -> np.ndarray:
    """Values within a range as float64 in [0, 1], those of sounds in [-1, 1]."""
    found = values.astype(np.float64)  # a copy, which is changed in place
    if holds == "amplitudes":
        found *= 2
        found -= low + high
    else:
        found -= low
    found /= high - low
    return found


def _certain(content: Content) -> tuple[float, float] | None:
    """The range that a file's type and values leave no doubt about."""
    values, sound = content.values, content.holds == "amplitudes"
    least, most = float(values.min()), float(values.max())
    if values.dtype.kind == "f":
        low, high = content.full or ((-1.0, 1.0) if sound else (0.0, 1.0))
        return (low, high) if low <= least and most <= high else None
    if content.full is None:
        return None
    if values.dtype != bool and not sound:
        if least >= 0 and most <= 1:
            return None
        if values.dtype == np.uint16 and most < FULL_ENOUGH * content.full[1]:
            return None
    return content.full


def _of_data(content: Content, kept: np.ndarray, path: Path) -> tuple[float, float]:
    least, most = float(kept.min()), float(kept.max())
    if content.holds == "amplitudes":  # silence stays in the middle
        most = max(abs(least), abs(most))
        least = -most
    if least == most:
        raise UserError(
            f"{path} holds the value {most:g} only, which has no range.",
            "Give `range` as two numbers, or another file.",
        )
    return least, most


def _of_type(content: Content) -> tuple[float, float] | None:
    """All that a type of up to 16 bits can hold; what the file itself says comes first."""
    dtype = content.values.dtype
    if content.full is None and dtype.kind in "ui" and dtype.itemsize <= 2:
        return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
    return content.full


def _open(content: Content, kept: np.ndarray, path: Path) -> UserError:
    """Two sentences that ask for the range, with the values found and the ways to answer."""
    least, most = (f"{float(end):.6g}" for end in (kept.min(), kept.max()))
    kind = kept.dtype
    only = " only" if kind.kind in "ui" and (least, most) == ("0", "1") else ""
    what = f"0 and 1{only}" if only else f"values from {least} to {most}"
    ends = "full volume" if content.holds == "amplitudes" else "black and which white"
    ways = [f"`range: [{least}, {most}]` with these or two other numbers"]
    if least == most:
        ways = ["`range` to two numbers"]
    else:
        ways.append("`range: data` for the least and the greatest value found")
    if full := _of_type(content):
        ways.append(f"`range: type` for those of the type, {full[0]:g} and {full[1]:g}")
    return UserError(
        f"{path} holds {what}, of type {kind}, which does not say which of them is {ends}.",
        f"Set {', '.join(ways[:-1])} or {ways[-1]}.",
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
