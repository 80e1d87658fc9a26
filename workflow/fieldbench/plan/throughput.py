"""The benchmark of speed, planned: what is measured, where, and what each of its jobs is given.

It belongs to no preset. Its cells are models, budgets and places (lattices), and each becomes one
job that measures a training step both ways: as a textbook writes it and as a fit does it.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from fieldbench.plan import backends, digests, estimates, presets, registry
from fieldbench.plan.asked import resolve
from fieldbench.plan.cells import Cell, ModelPlan
from fieldbench.plan.config import ModelEntry, Strict, Training
from fieldbench.plan.errors import UserError
from fieldbench.plan.outputs import FORMATS
from fieldbench.plan.paths import Paths
from fieldbench.plan.reading import parse, read_yaml
from fieldbench.plan.sizing import Place, count, flops, solve

TASK = "represent"  # every sample is shown, so that a step is the model's and no task's
NUMBER = 4  # bytes
_PLACE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Somewhere(Strict):
    """A lattice on which a step is measured."""

    shape: tuple[PositiveInt, ...] = Field(
        min_length=1, max_length=3, description="Samples along each axis: one to three of them."
    )
    channels: Literal[1, 3] = Field(1, description="Values a sample.")


class Machine(Strict):
    """How to find what a device can do at most."""

    matrix: tuple[PositiveInt, ...] = Field(
        min_length=1, description="Sides of square float32 matrices; the fastest product counts."
    )
    copy_mb: PositiveInt = Field(description="Megabytes copied at once; more than any cache has.")
    tries: PositiveInt = Field(3, description="Tries of each; their median counts.")


class Measuring(Strict):
    """How long to measure, and what to allow."""

    least_pairs: PositiveInt = Field(3, description="Pairs of steps, one each way, at least.")
    most_pairs: PositiveInt = Field(60, description="Pairs of steps at most.")
    seconds: PositiveFloat = Field(3.0, description="No new pair beyond the least after so long.")
    textbook_seconds: PositiveFloat = Field(
        60.0,
        description="A textbook step that takes longer is timed on one point in several, and "
        "reckoned from that.",
    )
    memory_mb: PositiveInt = Field(
        8000, description="The most that a step may take; a textbook step beyond it goes in parts."
    )
    tolerance: PositiveFloat = Field(
        1e-2, description="The most that the two ways' gradients may differ, relatively."
    )
    machine: dict[Literal["cpu", "cuda"], Machine] = Field(
        description="How the device's own rates are measured."
    )


class ThroughputConfig(Strict):
    """config/throughput.yaml: which training steps are measured, and how."""

    models: list[str] | Literal["all"] = Field(
        "all", description="Names of models, or `all` that are trained."
    )
    budgets: list[PositiveInt] = Field(min_length=1, description="Ceilings on trainable numbers.")
    places: dict[str, Somewhere] = Field(min_length=1, description="Lattices, by a name.")
    sizing: Literal["exact", "paper"] = Field(
        "paper", description="The published widths, or the largest model within the budget."
    )
    device: Literal["cpu", "cuda", "auto"] = Field(
        "auto", description="Where steps run; `auto` is a GPU where there is one."
    )
    settings: dict[str, ModelEntry] = Field(
        {}, description="Models whose settings differ from their defaults, as in a preset."
    )
    training: Training = Field(Training(), description="As in a preset; a step knows part of it.")
    measuring: Measuring


@dataclass(frozen=True, order=True)
class Measurement:
    """One job: a model of a budget at a place."""

    place: str
    model: str
    budget: int

    @property
    def name(self) -> str:
        return f"{self.place}/{self.model}-{self.budget}"


def read_throughput(path: Path) -> ThroughputConfig:
    """A checked file: every name in it exists, every setting is one its model has."""
    where = str(path)
    asked = parse(ThroughputConfig, read_yaml(path), where)
    for name, entry in asked.settings.items():
        presets.check_entry("models", name, entry, where)
    for place in asked.places:
        if not _PLACE.fullmatch(place):
            raise UserError(
                f"{where}: the place '{place}' is not a usable name.",
                "Use small letters, digits and single hyphens: it becomes a folder.",
            )
    known = trained(asked)
    if asked.models != "all":
        presets.check_listed(asked.models, known, where, "trained model")
        if not asked.models:
            raise UserError(f"{where} lists no models.", "Name some, or write `models: all`.")
    for key in ("models", "budgets"):
        if len(set(listed := getattr(asked, key))) < len(listed) and listed != "all":
            raise UserError(f"{where} lists one of its {key} twice.", "Take the second one out.")
    if asked.measuring.most_pairs < asked.measuring.least_pairs:
        raise UserError(
            f"{where}: most_pairs is below least_pairs.", "Raise the one or lower the other."
        )
    return asked


def trained(asked: ThroughputConfig) -> list[str]:
    """Every model that a step can be measured of: the registry's, and those of the settings."""
    names = dict.fromkeys([*registry.names("models"), *asked.settings])
    kinds = {n: (asked.settings.get(n, ModelEntry()).kind or n) for n in names}
    return [n for n in names if not registry.declare("models", kinds[n]).facts.get("control")]


class Throughput:
    """The benchmark planned: its cells, its files, and the parameters of its jobs."""

    def __init__(self, config: dict[str, Any]):
        settings = presets.read_config(config)
        self.file = Path(settings.throughput)
        self.asked = read_throughput(self.file)
        self.paths = Paths(f"{settings.results.rstrip('/')}/{presets.THROUGHPUT}")
        self.device = backends.device(self.asked.device)
        if self.device not in self.asked.measuring.machine:
            raise UserError(
                f"{self.file}: measuring.machine says nothing of {self.device}.",
                f"Add `{self.device}:` there, as config/README.md says.",
            )
        self.cells: dict[str, tuple[Measurement, ModelPlan, Place]] = {}
        self.dropped: list[tuple[str, str]] = []  # a measurement's name, and why not
        self._plan()

    def _plan(self) -> None:
        listed = trained(self.asked) if self.asked.models == "all" else self.asked.models
        for place, at in self.asked.places.items():
            where = Place(len(at.shape), at.channels, at.shape)
            for model in listed:
                entry = presets.model_entry(self.asked.settings, model)
                for budget in self.asked.budgets:
                    cell = Measurement(place, model, budget)
                    planned = self._model(cell, entry, where)
                    if isinstance(planned, str):
                        self.dropped.append((cell.name, planned))
                    else:
                        self.cells[cell.name] = cell, planned, where
        if not self.cells:
            raise UserError(
                f"{self.file}: nothing of it can be measured ({self.dropped[0][1]}).",
                "Raise the budgets, or name other models or places.",
            )

    def _model(self, cell: Measurement, entry: ModelEntry, where: Place) -> ModelPlan | str:
        """The model of a cell, or why there is none."""
        declared = registry.declare("models", entry.kind)
        if where.dims not in declared.facts["dims"]:
            can = " and ".join(f"{d}D" for d in declared.facts["dims"])
            return f"{entry.kind} does {can}, {cell.place} is {where.dims}D"
        as_fit = Cell(TASK, cell.place, cell.model, cell.budget, 0)
        settings, rate = resolve(entry, as_fit, TASK, where.dims, declared)
        try:
            size = solve(declared, cell.budget, where, settings, self.asked.sizing)
        except ValueError as error:
            return str(error)
        named = f"Model '{cell.model}'"
        backend = backends.backend(entry.backend, declared, self.device, where.dims, 0, named)
        if lack := backends.lacks(declared, backend, where.dims, 0):
            return f"{lack}, which {cell.place} asks for"
        parameters = count(declared, size, where, settings)
        return ModelPlan(entry.kind, settings, size, parameters, rate, backend)

    # -- what rules ask ----------------------------------------------------------------------

    @property
    def measurement(self) -> str:
        return f"{self.paths.root}/measurements/{{measured}}.h5"

    def measurements(self) -> list[str]:
        return [self.measurement.format(measured=name) for name in self.cells]

    @property
    def targets(self) -> list[str]:
        tables = [self.paths.table(f"throughput.{suffix}") for suffix in ("csv", "md")]
        return [*tables, *(self.paths.figure(f"throughput.{suffix}") for suffix in FORMATS)]

    @cached_property
    def style(self) -> dict[str, Any]:
        return read_yaml(presets.CONFIG / "figures.yaml")

    def measure_params(self, name: str) -> dict[str, Any]:
        cell, model, where = self.cells[name]
        each = flops(registry.declare("models", model.kind), model.size, where, model.settings)
        measuring = self.asked.measuring.model_dump(mode="json")
        machine = measuring.pop("machine")[self.device]
        return {
            "cell": vars(cell),
            "model": vars(model),
            "shape": list(where.shape),
            "channels": where.channels,
            "training": backends.training(self.asked.training, self.device),
            "measuring": measuring | machine,
            "device": self.device,
            "flops": None if each is None else each * where.points,
            "bytes": traffic(model.parameters, where),
            "code": digests.stage("measure_throughput", ("models", model.kind), ("tasks", TASK)),
        }

    def collect_params(self) -> dict[str, Any]:
        return {"code": digests.stage("collect_throughput")}

    def table_params(self, script: str) -> dict[str, Any]:
        """What a table or the figure is given beside the measurements."""
        dropped = [list(pair) for pair in self.dropped]
        return {"dropped": dropped, "style": self.style, "code": digests.stage(script)}

    def memory_mb(self) -> int:
        return estimates.INTERPRETER_MB + self.asked.measuring.memory_mb

    def summary(self) -> str:
        dropped = "".join(f"\n  left out: {name} ({reason})" for name, reason in self.dropped)
        return f"throughput: {len(self.cells)} measurements, device {self.device}{dropped}"


def traffic(parameters: int, where: Place) -> int:
    """Bytes that every step must move, whoever writes it, where nothing stays in a cache.

    Adam reads and writes each parameter and its two moments, and the gradient is written once and
    read once: eight numbers. Of the signal each value is read once.
    """
    return NUMBER * (8 * parameters + math.prod(where.shape) * where.channels)
