"""Specs as plain data: what Snakemake's params, and facts of files, carry; and the way back.

A spec is a frozen dataclass of plain values, tuples and other specs.
"""

from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_origin

S = TypeVar("S")
LEAVES = {str, int, float, bool, type(None), dict}


def plain(value: Any) -> Any:
    """A spec as dicts, lists and plain values, in the order of its fields."""
    if hasattr(value, "__dataclass_fields__"):  # as `is_dataclass`, for thousands of specs
        # A plan has a million values: those that stay as they are cost no call.
        own = vars(value).items()
        return {name: one if type(one) in LEAVES else plain(one) for name, one in own}
    return list(value) if isinstance(value, tuple) else value


def read(kind: type[S], values: dict[str, Any]) -> S:
    """The spec of a kind that `plain` turned into these values; they must be complete."""
    spec: Any = kind  # a dataclass, for which Python has no public type
    found = {f.name: _read(f.type, values[f.name]) for f in fields(spec) if f.name in values}
    if unknown := values.keys() - found.keys():
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**found)


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        return read(kind, value)
    return tuple(value) if get_origin(kind) is tuple else value
