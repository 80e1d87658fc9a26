"""A cell, and the complete specs of its fit: every name resolved, every setting in its place."""

from dataclasses import dataclass, field
from typing import Any

from fieldbench.plan.cells.plain import plain, read
from fieldbench.plan.entries.domain import Domain


@dataclass(frozen=True, order=True)
class Cell:
    """One fit. A control has budget 0: it has none."""

    task: str
    signal: str
    model: str
    budget: int
    seed: int


@dataclass(frozen=True)
class TaskSpec:
    """A task: its registered kind and all its settings."""

    kind: str
    settings: dict[str, Any]


@dataclass(frozen=True)
class ModelSpec:
    """A model of one size, as it is trained."""

    kind: str
    settings: dict[str, Any]
    size: int
    parameters: int
    learning_rate: float
    backend: str


@dataclass(frozen=True)
class TrainingSpec:
    """How a fit is trained; `Training` of a preset says what each field means.

    A job reads this class, and not the preset's, so that a new key of a preset re-runs no fit.
    """

    steps: int
    batch: int | str
    evaluations: int
    keep: str
    schedule: str
    floor: float
    betas: tuple[float, float]
    epsilon: float
    points_at_once: int
    threads: int
    checkpoint_seconds: float


@dataclass(frozen=True)
class FitSpec:
    """Everything that a fit needs besides its observation."""

    cell: Cell
    task: TaskSpec  # that the model is trained for
    domain: Domain  # of the model
    model: ModelSpec
    training: TrainingSpec
    device: str
    sees: str  # the name of the task whose observation the fit reads
    code: str  # the digest of the sources
    # Whose versions are in that digest, and the kind that computes: of what records nothing, none.
    libraries: dict[str, str | None] = field(default_factory=dict)
    processor: str = ""

    def to_params(self) -> dict[str, Any]:
        """The spec as plain data, which a job's params can carry."""
        return plain(self)

    @classmethod
    def of(cls, params: dict[str, Any]) -> "FitSpec":
        """The spec that `to_params` wrote."""
        return read(cls, params)


@dataclass(frozen=True)
class RenderSpec:
    """A cell that asks a fit of another task for values on a finer lattice."""

    cell: Cell
    task: TaskSpec
    fit: FitSpec
    finer: tuple[int, ...]  # the shape of that lattice
    code: str  # the digest of the sources
    # Whose versions are in that digest, and the kind that computes: of what records nothing, none.
    libraries: dict[str, str | None] = field(default_factory=dict)
    processor: str = ""

    def to_params(self) -> dict[str, Any]:
        """The spec as plain data, which a job's params can carry."""
        return plain(self)

    @classmethod
    def of(cls, params: dict[str, Any]) -> "RenderSpec":
        """The spec that `to_params` wrote."""
        return read(cls, params)
