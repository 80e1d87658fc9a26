"""What a user may write in config/kernels.yaml, read and checked."""

import math
from pathlib import Path

from pydantic import Field, PositiveInt

from fieldbench.plan.config import presets
from fieldbench.plan.config.models import ModelEntry, Models, Strict
from fieldbench.plan.config.reading import parse, read_yaml
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError

MOST = 4096  # points: a kernel is a matrix of as many rows and columns, and not the only one


class Span(Strict):
    """A lattice on which kernels are examined."""

    shape: tuple[PositiveInt, ...] = Field(
        min_length=1, max_length=3, description="Samples along each axis: one to three of them."
    )
    frequencies: list[PositiveInt] = Field(
        min_length=2, description="Periods along the first axis, below half its samples."
    )


class KernelsConfig(Strict):
    """config/kernels.yaml: whose kernels are examined, and where."""

    models: Models = Field(min_length=1, description="Names of models, as in a study.")
    budget: PositiveInt = Field(description="Ceiling on trainable numbers.")
    seeds: list[int] = Field([1234], min_length=1, description="Repeats.")
    places: dict[str, Span] = Field(min_length=1, description="Lattices, by a name.")
    steps: PositiveInt = Field(description="Steps of the training that measures frequencies.")
    settings: dict[str, ModelEntry] = Field(
        {}, description="Models whose settings differ from their defaults, as in a preset."
    )


def read_kernels(path: Path) -> KernelsConfig:
    """A checked file: every name in it exists, every frequency is one its place can show."""
    where = str(path)
    asked = parse(KernelsConfig, read_yaml(path), where)
    for name, entry in asked.settings.items():
        presets.check_entry("models", name, entry, where)
    for model in asked.models:
        if model not in asked.settings:
            registry.check_name("models", model, where)
    for place, at in asked.places.items():
        if not registry.is_name(place):
            raise UserError(
                f"{where}: the place '{place}' is not a usable name.",
                "Use small letters, digits and single hyphens, beginning with a letter.",
            )
        if (points := math.prod(at.shape)) > MOST:
            raise UserError(
                f"{where}: '{place}' has {points} points, and a kernel that number squared.",
                f"Take fewer samples: at most {MOST} points.",
            )
        if 2 * max(at.frequencies) >= at.shape[0]:
            raise UserError(
                f"{where}: {at.shape[0]} samples of '{place}' cannot show a frequency of "
                f"{max(at.frequencies)}.",
                "Take those of half the samples and above out of `frequencies`.",
            )
    _check_repeats(asked, where)
    return asked


def _check_repeats(asked: KernelsConfig, where: str) -> None:
    listed: dict[str, list] = {"models": asked.models, "seeds": asked.seeds}
    listed |= {f"frequencies of '{name}'": at.frequencies for name, at in asked.places.items()}
    for key, values in listed.items():
        if len(set(values)) < len(values):
            raise UserError(f"{where} lists one of its {key} twice.", "Take the second one out.")
