"""Which steps to measure before a run, and the times of all fits that follow from them.

A step of a fit costs something a point and something besides, and both change smoothly with the
budget. So a few steps on a few rows of the lattice are measured, for every model at the smallest,
the middle and the largest budget of its kind of cell, and everything else is read off between.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from fieldbench.plan.cells.cell import Cell, ModelSpec, TrainingSpec
from fieldbench.plan.cells.planner import Cells
from fieldbench.plan.entries.domain import Domain

EVALUATION = 0.4  # of a step's time a point: values without their gradient


@dataclass(frozen=True)
class Measured:
    """Seconds of one step: besides the points, and a point."""

    parameters: int
    step: float
    point: float


def kind_of(cell: Cell, model: ModelSpec, domain: Domain, task: str) -> str:
    """The kind of a cell: cells of one kind differ in time by size and number of points alone."""
    settings = sorted((k, v) for k, v in model.settings.items() if k != "tv")
    return f"{cell.model} {model.backend} {task} {domain.dims} {domain.channels} {settings}"


def chosen(kinds: dict[str, list[Cell]], cells: Cells) -> list[Cell]:
    """The cells whose steps are measured: up to three sizes of a kind."""
    found = []
    for group in kinds.values():
        by_size: dict[int, Cell] = {}
        for cell in group:
            by_size.setdefault(cells.fits[cell].model.parameters, cell)
        sizes = sorted(by_size)
        middle = min(sizes, key=lambda n: abs(math.log(n * n / (sizes[0] * sizes[-1]))))
        found += [by_size[n] for n in sorted({sizes[0], middle, sizes[-1]})]
    return found


def between(measured: list[Measured], parameters: int) -> Measured:
    """Times at a size, on straight lines in logarithms through the measured ones."""
    known = sorted(measured, key=lambda m: m.parameters)
    if len(known) == 1:
        return known[0]
    k = next((k for k in range(1, len(known) - 1) if parameters <= known[k].parameters), None)
    low, high = (known[k - 1], known[k]) if k else (known[-2], known[-1])
    along = math.log(parameters / low.parameters) / math.log(high.parameters / low.parameters)
    return Measured(
        parameters,
        _towards(low.step, high.step, along),
        _towards(low.point, high.point, along),
    )


def seconds(
    cost: Measured, points: int, evaluated: int, training: TrainingSpec, start: float
) -> float:
    """A fit's expected time: start-up, steps at so many points each, evaluations at all."""
    steps = training.steps * (cost.step + cost.point * evaluated)
    return start + steps + (training.evaluations + 2) * EVALUATION * cost.point * points


def total(each: Iterable[float]) -> str:
    """A length of time for people."""
    spent = sum(each)
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if spent >= 2 * length:
            return f"{spent / length:.1f} {unit}"
    return f"{spent:.0f} s"


def _towards(low: float, high: float, along: float) -> float:
    return math.exp((1 - along) * math.log(low) + along * math.log(high))
