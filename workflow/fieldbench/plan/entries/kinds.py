"""The kinds of entries: which facts and planning functions each may have, and their types."""

import dataclasses
from dataclasses import MISSING, dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from fieldbench.plan.entries.facts import (
    ActivationFacts,
    BasisFacts,
    EncodingFacts,
    ExportFacts,
    FigureFacts,
    MetricFacts,
    ModelFacts,
    SignalFacts,
    TableFacts,
    TaskFacts,
)


@dataclass(frozen=True)
class Kind:
    """What entries of one kind are held to."""

    facts: type
    functions: dict[str, str]  # the planning functions, with what each returns
    required: tuple[str, ...] = ()  # those that none may lack


KINDS = {
    "signals": Kind(
        SignalFacts,
        {
            "shape": "Samples along each axis. A signal with `files` may lack it: it is then made "
            "when a run is planned, and tells `shape`, `channels`, `holds`, `limits`, `rate`, "
            "`memory` and `facts` as attributes. A UserError of its constructor leaves it out.",
            "channels": "Values of a sample; 1 where there is no such function.",
            "rate": "Samples a second along the first axis, of what is heard or moves.",
            "needs": "The files of config/datasets.yaml that the job is given.",
            "finer": "The settings of the same signal at a finer resolution, or None.",
            "memory": "Bytes that generating it takes, where that is more than usual.",
        },
    ),
    "tasks": Kind(
        TaskFacts,
        {
            "impossible": "Why a signal of some shape cannot be asked for, or None.",
            "evaluations": "At how many points a step evaluates its model.",
            "shown": "How many points of a signal are shown.",
            "asks": "The shape and channels of what a model maps, where not the signal's.",
            "flops": "Operations of a step beside the model's own.",
        },
    ),
    "models": Kind(
        ModelFacts,
        {
            "parameters": "Its trainable numbers at some size; a complex one counts two.",
            "paper_size": "The size that was published for a budget.",
            "flops": "Operations of a training step at one point; six a parameter where none.",
        },
        ("parameters",),
    ),
    "metrics": Kind(MetricFacts, {}),
    "encodings": Kind(
        EncodingFacts,
        {
            "width": "How many features a point gets.",
            "parameters": "Its trainable numbers.",
        },
        ("width", "parameters"),
    ),
    "activations": Kind(ActivationFacts, {}),
    "bases": Kind(
        BasisFacts,
        {
            "parameters": "Trainable numbers of a layer.",
            "flops": "Operations of a layer's forward pass at one point.",
        },
        ("parameters",),
    ),
    "figures": Kind(FigureFacts, {"wanted": "The names of each drawing that a study gets."}),
    "tables": Kind(TableFacts, {"wanted": "The names of each table that a study gets."}),
    "exports": Kind(ExportFacts, {}),
}


def names(kind: str) -> tuple[str, ...]:
    """The facts that entries of a kind may declare."""
    return tuple(f.name for f in dataclasses.fields(KINDS[kind].facts))


def missing(kind: str, found: dict[str, Any]) -> list[str]:
    """The facts that a kind requires and that were not found."""
    fields = dataclasses.fields(KINDS[kind].facts)
    return [f.name for f in fields if f.default is MISSING and f.name not in found]


def meaning(kind: str, name: str) -> str:
    """The sentence that says what a fact is."""
    fields = {f.name: f for f in dataclasses.fields(KINDS[kind].facts)}
    return fields[name].metadata["means"]


def fits(kind: str, name: str, value: Any) -> bool:
    """Whether a value is of the type that a fact has."""
    return _is(value, _hints(kind)[name])


@cache
def _hints(kind: str) -> dict[str, Any]:
    return get_type_hints(KINDS[kind].facts)


def _is(value: Any, hint: Any) -> bool:
    """Whether a value is of a type. Done by hand: jobs need not load a library for it."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin is Literal:
        return any(value == one and type(value) is type(one) for one in inner)
    if origin is UnionType:
        return any(_is(value, one) for one in inner)
    if origin is dict:
        return isinstance(value, dict) and all(
            _is(k, inner[0]) and _is(v, inner[1]) for k, v in value.items()
        )
    if origin is tuple:
        kinds = inner[:1] * len(value) if isinstance(value, tuple) and ... in inner else inner
        return isinstance(value, tuple) and len(value) == len(kinds) and all(map(_is, value, kinds))
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, int | float if hint is float else hint)
