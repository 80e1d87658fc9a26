"""Numbers printed elsewhere (config/published.yaml), and which of them a study answers."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from fieldbench.plan.config.models import Preset, Strict, Study
from fieldbench.plan.config.reading import parse, read_yaml
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError

FILE = registry.LIBRARY.parent.parent / "config" / "published.yaml"


class Over(Strict):
    """What the printed means are over, one fit each."""

    signals: PositiveInt = Field(description="How many signals.")
    what: str = Field(description="What they are, in the plural.")


class Block(Strict):
    """One table of printed numbers: a mean a model and budget."""

    title: str = Field(description="How tables and figures name it.")
    source: str = Field(description="Where it is printed: a name under `sources`.")
    metric: str = Field(description="The metric, by its name here.")
    over: Over
    tolerance: PositiveFloat = Field(
        description="Differences up to this count as none, in the metric's unit. Ours."
    )
    conventions: str = Field(description="What the numbers mean, where that is not plain.")
    budgets: list[PositiveInt] = Field(description="The columns.")
    values: dict[str, list[float]] = Field(description="Model to its numbers, one a budget.")

    @model_validator(mode="after")
    def _one_a_budget(self) -> "Block":
        for model, values in self.values.items():
            if len(values) != len(self.budgets):
                raise ValueError(
                    f"{model} has {len(values)} numbers for {len(self.budgets)} budgets"
                )
        return self


class Published(Strict):
    """config/published.yaml: numbers printed elsewhere, with their source."""

    sources: dict[str, str] = Field(description="Where numbers were printed, by a short name.")
    blocks: dict[str, Block] = Field(description="Tables of printed numbers, by a name.")


@cache
def read(path: Path = FILE) -> Published:
    """The printed numbers, checked: their models, metrics and sources exist."""
    found: Published = parse(Published, read_yaml(path), str(path))
    for name, block in found.blocks.items():
        place = f"{path}: block {name}"
        if not registry.is_name(name):
            raise UserError(
                f"{place} is not a usable name.", "Use small letters, digits and single hyphens."
            )
        registry.check_name("metrics", block.metric, place)
        for model in block.values:
            registry.check_name("models", model, place)
        if block.source not in found.sources:
            raise UserError(
                f"{place}: there is no source '{block.source}'.",
                registry.nearest(block.source, found.sources),
            )
    return found


def check(preset: Preset, where: str) -> None:
    """Raise a UserError where a study answers printed numbers that it cannot be compared with."""
    for name, study in preset.studies.items():
        for key in study.published:
            _check_answer(study, key, f"{where}: study {name}: published")


def _check_answer(study: Study, key: str, place: str) -> None:
    blocks = read().blocks
    if key not in blocks:
        raise UserError(f"{place}: there is no block '{key}'.", registry.nearest(key, blocks))
    block, place = blocks[key], f"{place} '{key}'"
    task, signals = place_of(study, key)
    if task is None:
        raise UserError(f"{place} names no task.", f"Add task: one of {', '.join(study.tasks)}.")
    for word, named, known in (("task", [task], study.tasks), ("signal", signals, study.signals)):
        for one in named:
            if one not in known:
                raise UserError(
                    f"{place}: the study has no {word} '{one}'.", registry.nearest(one, known)
                )
    if block.metric not in study.metrics:
        raise UserError(
            f"{place} is about {block.metric}, which the study does not score.",
            f"Add {block.metric} to the study's metrics.",
        )
    if not set(study.models) & set(block.values):
        raise UserError(
            f"{place}: the study has none of its models.",
            f"Add one of {', '.join(block.values)}, or take the block out of the study.",
        )
    if not set(study.budgets) & set(block.budgets):
        raise UserError(
            f"{place}: the study has none of its budgets.",
            f"Add one of {', '.join(map(str, block.budgets))}, or take the block out of the study.",
        )


def place_of(study: Study, key: str) -> tuple[str | None, list[str]]:
    """The task and signals of a study that answer a block; None where no single task does."""
    answer = study.published[key]
    only = study.tasks[0] if len(study.tasks) == 1 else None
    return answer.task or only, answer.signals or study.signals


def answers(study: Study) -> dict[str, dict[str, Any]]:
    """Each block that a study answers, in plain words: the numbers, and where ours are."""
    found = {}
    for key in study.published:
        task, signals = place_of(study, key)
        block = read().blocks[key]
        source = {"source": read().sources[block.source]}
        found[key] = block.model_dump() | source | {"task": task, "families": signals}
    return found
