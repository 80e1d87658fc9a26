"""What exists: signals, tasks, models and metrics, one file each.

The plan must know what an entry can do without importing it, so an entry says it in plain sight, as
source_code.py has it.

A model may be a frame for parts: it names their kinds (`made_of = ("encodings", "activations")`),
and every choice of parts is a model of its own, named after them: `mlp-rff-sine`. Its settings are
the frame's and the parts'; the frame's functions get those of each part by what it is, as in
`encoding.width(...)`, and each part's literals, as in `activation.learned`.

A contract test holds every entry to this.
"""

import difflib
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fieldbench.plan.entries import declaring, folders, source_code
from fieldbench.plan.entries.declaring import nearest
from fieldbench.plan.entries.folders import LIBRARY, file_of, is_name, remembered
from fieldbench.plan.errors import UserError

__all__ = ["LIBRARY", "file_of", "is_name", "nearest"]

PARTS = {"encodings": "Encoding", "activations": "Activation", "bases": "Basis"}
CLASSES = {"signals": "Signal", "tasks": "Task", "models": "Model", "metrics": "Metric"} | PARTS
CLASSES |= {"figures": "Figure", "tables": "Table", "exports": "Export"}
# What a job gives an entry beside its settings: the training to a model, files to who `needs` them,
# a frame to its parts; and a frame its parts.
GIVEN = {
    "models": ("dims", "channels", "shape", "size", "generator"),
    "signals": ("files",),
    "metrics": ("files",),
    "encodings": ("dims", "shape", "generator"),
    "activations": ("first",),
    "bases": ("fan_in", "fan_out", "first", "generator"),
}


@dataclass(frozen=True)
class Declaration:
    """An entry's declarations: its facts, settings and planning functions."""

    kind: str
    name: str
    facts: Any  # the object of facts.py that its kind has
    settings: dict[str, Any]  # constructor arguments and their defaults; not the GIVEN ones
    functions: dict[str, Callable[..., Any]]  # planning functions


def sources(kind: str, name: str) -> tuple[Path, ...]:
    """The source files that an entry is made from: its own, or its frame's and its parts'."""
    made = _made(name) if kind == "models" else None
    return tuple(file_of(*entry) for entry in made) if made else (file_of(kind, name),)


def parts() -> dict[str, tuple[str, str]]:
    """What composed models are made from, frames and parts, by name: its kind and name."""
    found = {frame: ("models", frame) for frame in frames()}
    taken = dict.fromkeys(names("models"), "models") | dict.fromkeys(found, "models")
    for kind, name in [(part, name) for part in PARTS for name in names(part)]:
        if name in taken:
            raise UserError(
                f"Two entries are called '{name}': one of {taken[name]}, one of {kind}.",
                "Rename one of the two files: what a preset says of parts goes by their names.",
            )
        taken[name], found[name] = kind, (kind, name)
    return found


def names(kind: str) -> tuple[str, ...]:
    """Every entry of a kind that is one file, sorted; frames alone are none."""
    return tuple(n for n in folders.listed(kind) if not _is_frame(kind, n))


def own(kind: str) -> tuple[str, ...]:
    """Every entry of a kind that is the user's."""
    return tuple(n for n in folders.listed(kind) if not file_of(kind, n).is_relative_to(LIBRARY))


def composed() -> tuple[str, ...]:
    """Every model that is a frame with parts, frame by frame."""
    return tuple(
        "-".join([frame, *parts])
        for frame in frames()
        for parts in itertools.product(*map(names, declare("models", frame).facts.made_of))
    )


def frames() -> tuple[str, ...]:
    """Every model file that is a frame for parts."""
    return tuple(n for n in folders.listed("models") if _is_frame("models", n))


def exists(kind: str, name: str) -> bool:
    """Whether there is such an entry, of one file or composed."""
    return name in names(kind) or (kind == "models" and _made(name) is not None)


def _made(name: str) -> tuple[tuple[str, str], ...] | None:
    """The frame and the parts of a composed model, each as (kind, name)."""
    for frame in frames():
        if not name.startswith(f"{frame}-"):
            continue
        kinds = declare("models", frame).facts.made_of
        for parts in itertools.product(*map(names, kinds)):
            if name == "-".join([frame, *parts]):
                return (("models", frame), *zip(kinds, parts, strict=True))
    return None


def check_name(kind: str, name: str, where: str) -> None:
    """Raise a UserError when there is no such entry."""
    if not exists(kind, name):
        what = singular(kind)
        raise UserError(f"{where}: there is no {what} '{name}'.", nearest_entry(kind, name))


def nearest_entry(kind: str, name: str, others: Iterable[str] = ()) -> str:
    """A sentence that names the entries nearest to a misspelt one, one composed model at most."""
    if kind == "models" and name in frames():
        first = next(c for c in composed() if c.startswith(f"{name}-"))
        return f"Name its parts as well, as in '{first}'."
    if kind == "models" and (close := difflib.get_close_matches(name, composed(), 1, 0.8)):
        return f"Did you mean '{close[0]}'?"
    return nearest(name, {*names(kind), *others})


@remembered
def declare(kind: str, name: str) -> Declaration:
    """Read an entry's declaration from its source, without importing it."""
    if kind == "models" and not file_of(kind, name).is_file() and (made := _made(name)):
        return _composed(name, [declare(*entry) for entry in made])
    file = file_of(kind, name)
    read = source_code.read(file, CLASSES[kind])
    facts, functions = declaring.held(kind, file, read)
    given = {*GIVEN.get(kind, ()), *map(singular, getattr(facts, "made_of", ()))}
    settings = {k: v for k, v in read.settings.items() if k not in given}
    return Declaration(kind, name, facts, settings, functions)


def _is_frame(kind: str, name: str) -> bool:
    return bool(getattr(declare(kind, name).facts, "made_of", ()))


def singular(kind: str) -> str:
    """What one entry of a kind is called."""
    return {"bases": "basis"}.get(kind, kind.removesuffix("s"))


def _composed(name: str, made: list[Declaration]) -> Declaration:
    """The declaration of a composed model: its frame's and its parts', merged.

    A model can be differentiated as often as its least part: the fact `derivatives`.
    """
    frame, *parts = made
    settings = {k: v for entry in made for k, v in entry.settings.items()}
    if len(settings) < sum(len(entry.settings) for entry in made):
        raise UserError(
            f"Two of the parts of {name} have a setting of the same name.", "Rename one of the two."
        )
    facts = replace(frame.facts, made_of=(), derivatives=min(p.facts.derivatives for p in parts))
    functions: dict[str, Callable[..., Any]] = {
        n: partial(_with_parts, f, parts) for n, f in frame.functions.items()
    }
    if not all("flops" in part.functions for part in parts if part.kind == "bases"):
        functions.pop("flops", None)
    return Declaration("models", name, facts, settings, functions)


def _with_parts(function: Callable, parts: list[Declaration], *given: Any, **known: Any) -> Any:
    """Call a frame's planning function; each part's functions know that part's own settings."""
    for part in parts:
        own = {k: known[k] for k in part.settings}
        bound = {n: partial(f, **own) for n, f in part.functions.items()}
        known[singular(part.kind)] = SimpleNamespace(**vars(part.facts), **bound)
    return function(*given, **known)


def load(kind: str, name: str) -> type:
    """Import an entry and return its class. May load torch."""
    if kind == "models" and not file_of(kind, name).is_file() and (made := _made(name)):
        return _assembled(name, *made)
    return getattr(folders.load(file_of(kind, name)), CLASSES[kind])


@remembered
def _assembled(name: str, frame: tuple[str, str], *parts: tuple[str, str]) -> type:
    """The class of a composed model: its frame, given its parts' classes with their settings."""
    base: Any = load(*frame)
    classes = {part: load(*part) for part in parts}

    def begin(self: Any, **given: Any) -> None:
        for (kind, part), made in classes.items():
            own = {k: given.pop(k) for k in declare(kind, part).settings if k in given}
            given[singular(kind)] = partial(made, **own)
        base.__init__(self, **given)

    return type(base.__name__, (base,), {"__init__": begin, "__doc__": f"{name}, composed."})


def required(declaration: Declaration) -> tuple[str, ...]:
    """The constructor arguments that have no default."""
    return tuple(k for k, v in declaration.settings.items() if v is source_code.NO_DEFAULT)
