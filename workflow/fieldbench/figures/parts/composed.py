"""How figures of composed models show those without a score, and say why."""

from collections.abc import Iterable, Mapping
from typing import Any

from fieldbench.figures.parts import style as look

LETTER = 0.038  # inches that a letter of a turned name needs above the columns
HATCHED: dict[str, Any] = {"ec": look.INK, "hatch": look.HATCH, "lw": 0}

GREY: dict[str, Any] = HATCHED | {"ec": "#9a9a9a"}

MOST = 3  # reasons that the key tells in full

Composed = Mapping[str, Mapping[str, str]]  # model to its parts by their kinds


def reasons(told: Iterable[tuple[str, str]]) -> str:
    """Why models have no score, each reason once; of many, how many more there are."""
    words = dict.fromkeys(why.replace(model, "the model") for model, why in told)
    shown = "; ".join(list(words)[:MOST])
    more = len(words) - MOST
    return shown + (f"; and {more} more reason{'s' * (more > 1)}" if more > 0 else "")
