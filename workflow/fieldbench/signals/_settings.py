"""Checks of settings that several signals share: each raises a UserError that names the setting."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from fieldbench.plan.errors import UserError


def whole(signal: str, setting: str, value: Any, low: int, high: int | None = None) -> int:
    """`value` as an int, checked to be a whole number in [low, high]."""
    wanted = f"of at least {low}" if high is None else f"from {low} to {high}"
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= low
    if not fits or (high is not None and value > high):
        raise UserError(
            f"Signal {signal}: `{setting}` is {value!r}.", f"Give a whole number {wanted}."
        )
    return value


def one_of(signal: str, setting: str, value: Any, known: tuple) -> Any:
    """`value`, checked to be one of `known`."""
    if isinstance(value, bool) or value not in known:
        listed = ", ".join(map(str, known))
        raise UserError(f"Signal {signal}: `{setting}` is {value!r}.", f"Choose one of: {listed}.")
    return value


def seed_of(signal: str, value: Any) -> int:
    """`value` as a seed of NumPy's legacy generator."""
    return whole(signal, "seed", value, 0, 2**32 - 1)


def planned(signal: str, shape: Callable, **settings: Any) -> tuple[int, ...]:
    """The answer of the planning function `shape`; its ValueError becomes a UserError.

    A planning function cannot raise a UserError itself: it is compiled on its own.
    """
    try:
        return shape(**settings)
    except ValueError as error:
        what, todo = error.args
        raise UserError(f"Signal {signal}: {what}", todo) from None


def blocks(values: np.ndarray, side: int, shape: tuple[int, ...]) -> np.ndarray:
    """`values` cut into cubes of `side` samples: odd axes of the result lie within a cube.

    What is beyond the cubes of `shape` is left out.
    """
    kept = values[tuple(slice(n * side) for n in shape)]
    return kept.reshape([length for n in shape for length in (n, side)])


def means(picture: np.ndarray, side: int, shape: tuple[int, int]) -> np.ndarray:
    """A picture (rows, columns, channels) of `shape`: the means of squares of `side` samples.

    What is beyond the squares of `shape` is left out.
    """
    planes = np.moveaxis(picture, -1, 0)
    return np.stack([blocks(plane, side, shape).mean((1, 3)) for plane in planes], -1)


def above(signal: str, setting: str, value: Any, low: float) -> float:
    """`value` as a float, checked to be a number above `low`."""
    fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not fits or not low < value < inf:
        raise UserError(f"Signal {signal}: `{setting}` is {value!r}.", f"Give more than {low}.")
    return float(value)
