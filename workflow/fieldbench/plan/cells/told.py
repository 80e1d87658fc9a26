"""What a signal of the user's own files says of itself, once it has read them."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Told:
    """The answers of one signal."""

    shape: tuple[int, ...]  # without channels
    channels: int
    holds: str
    limits: tuple[float, float] | None
    rate: float | None
    memory: int = 0  # bytes at the highest, while it is made
    facts: dict[str, Any] = field(default_factory=dict)  # recorded with the signal

    @classmethod
    def by(cls, made: Any) -> "Told":
        """What an entry's object tells; what it leaves out is as for any other signal."""
        limits = getattr(made, "limits", (0.0, 1.0))
        return cls(
            shape=tuple(int(side) for side in made.shape),
            channels=int(getattr(made, "channels", 1)),
            holds=getattr(made, "holds", "intensities"),
            limits=None if limits is None else (float(limits[0]), float(limits[1])),
            rate=getattr(made, "rate", None),
            memory=int(getattr(made, "memory", 0)),
            facts=dict(getattr(made, "facts", {})),
        )

    @classmethod
    def of(cls, known: dict[str, Any]) -> "Told":
        """What was written down as plain data."""
        limits = known["limits"] and tuple(known["limits"])
        return cls(**known | {"shape": tuple(known["shape"]), "limits": limits})

    def record(self) -> dict[str, Any]:
        """What the file of the signal says of itself."""
        return {"holds": self.holds, "limits": self.limits, "rate": self.rate} | self.facts
