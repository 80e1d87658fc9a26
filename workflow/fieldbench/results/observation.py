"""An observation: a signal seen through a task, all that a model may see."""

from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.results import store

_BESIDE = "beside/"


@dataclass(frozen=True)
class Observation:
    """The values that a model may see, their lattice, and the lattice that is asked back.

    `values` has the observed domain's shape with channels last, float32. For a task that sees
    the signal at points, `seen` is their lattice and `mask` (shape of `seen`, or None for all)
    says which of them were shown; hidden values are zero. For a task that sees the field through an
    operator, `seen` is the lattice that the operator takes, and the fact `domain` names what
    `values` are. `target` is the signal's own lattice. The fact `channels` tells how many a model
    has, where that is another number than of `values`; the fact `limits` what the signal's values
    lie in. `beside` is what else the task shows, by name: cameras, say.
    """

    values: np.ndarray
    seen: Lattice
    target: Lattice
    mask: np.ndarray | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def channels(self) -> int:
        """The number of values that a model has at a point."""
        given = self.facts.get("channels")
        return self.values.shape[-1] if given is None else int(given)

    @property
    def limits(self) -> tuple[float, float]:
        """The range of the signal's values."""
        low, high = self.facts.get("limits", (0.0, 1.0)) or (-inf, inf)
        return low, high

    def save(self, path: str | Path) -> None:
        arrays = {"values": self.values}
        if self.mask is not None:
            arrays["mask"] = self.mask
        arrays |= {_BESIDE + name: array for name, array in self.beside.items()}
        places = {"seen": self.seen.describe(), "target": self.target.describe()}
        store.write(path, "observation", arrays, {**self.facts, **places})

    @classmethod
    def open(cls, path: str | Path) -> "Observation":
        arrays, facts = store.read(path, "observation")
        seen, target = Lattice.of(facts["seen"]), Lattice.of(facts["target"])
        values, mask = arrays.pop("values"), arrays.pop("mask", None)
        beside = {name.removeprefix(_BESIDE): array for name, array in arrays.items()}
        return cls(values, seen, target, mask, facts, beside)
