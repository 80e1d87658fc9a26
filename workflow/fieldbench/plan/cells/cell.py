"""A cell, and its model resolved."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Cell:
    """One fit. A control has budget 0: it has none."""

    task: str
    signal: str
    model: str
    budget: int
    seed: int


@dataclass(frozen=True)
class ModelPlan:
    """A model resolved for one cell."""

    kind: str
    settings: dict[str, Any]
    size: int
    parameters: int
    learning_rate: float
    backend: str
