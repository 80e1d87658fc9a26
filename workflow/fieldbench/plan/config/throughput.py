"""The keys of config/throughput.yaml, checked."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt

from fieldbench.plan.config import presets
from fieldbench.plan.config.models import ModelEntry, Strict, Training
from fieldbench.plan.config.reading import parse, read_yaml
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError

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
    return [n for n in names if not registry.declare("models", kinds[n]).facts.control]
