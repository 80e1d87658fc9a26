"""The complete specs of jobs of the analyses, as `cells.cell` has them of fits."""

from dataclasses import dataclass
from typing import Any

from fieldbench.plan.cells.cell import ModelSpec, TrainingSpec
from fieldbench.plan.cells.plain import plain, read
from fieldbench.plan.entries.domain import Domain


@dataclass(frozen=True, order=True)
class Measurement:
    """One job of the benchmark of speed: a model of a budget at a place."""

    place: str
    model: str
    budget: int

    @property
    def name(self) -> str:
        return f"{self.place}/{self.model}-{self.budget}"


@dataclass(frozen=True)
class MeasuringSpec:
    """How to measure on one device; `Measuring` and `Machine` say what each field means."""

    least_pairs: int
    most_pairs: int
    seconds: float
    textbook_seconds: float
    memory_mb: int
    tolerance: float
    matrix: tuple[int, ...]
    copy_mb: int
    tries: int


@dataclass(frozen=True)
class MeasureSpec:
    """Everything that a measurement of speed needs."""

    cell: Measurement
    domain: Domain
    model: ModelSpec
    training: TrainingSpec
    measuring: MeasuringSpec
    device: str
    flops: float | None  # of a step; None when it depends on the data
    bytes: int  # of a step, at least
    code: str  # the digest of the sources

    def to_params(self) -> dict[str, Any]:
        """The spec as plain data, which a job's params can carry."""
        return plain(self)

    @classmethod
    def of(cls, params: dict[str, Any]) -> "MeasureSpec":
        """The spec that `to_params` wrote."""
        return read(cls, params)


@dataclass(frozen=True, order=True)
class Examined:
    """One job of the analysis of kernels: a model's kernel at a place."""

    place: str
    model: str
    budget: int
    seed: int

    @property
    def name(self) -> str:
        return f"{self.place}/{self.model}-{self.budget}-s{self.seed}"


@dataclass(frozen=True)
class KernelSpec:
    """Everything that decides what is found of a kernel."""

    cell: Examined
    model: ModelSpec
    shape: tuple[int, ...]
    frequencies: tuple[int, ...]  # periods along the first axis
    steps: int
    code: str  # the digest of the sources
    libraries: dict[str, str | None]  # whose versions are in that digest
    processor: str  # the kind that computes

    def to_params(self) -> dict[str, Any]:
        """The spec as plain data, which a job's params can carry."""
        return plain(self)

    @classmethod
    def of(cls, params: dict[str, Any]) -> "KernelSpec":
        """The spec that `to_params` wrote."""
        return read(cls, params)
