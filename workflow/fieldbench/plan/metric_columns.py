"""The columns of tables that hold a metric: its own name, or one a part."""

from collections.abc import Sequence


def columns(metric: str, parts: Sequence[str] = ()) -> list[str]:
    """A metric without parts has one number a fit; one with parts has a number for each."""
    return [column(metric, part) for part in parts] or [metric]


def column(metric: str, part: str) -> str:
    return f"{metric}-{part}"
