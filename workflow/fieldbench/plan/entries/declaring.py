"""Check what an entry's source declares against its kind; say every fault in two sentences."""

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from fieldbench.plan.entries import kinds, source_code
from fieldbench.plan.entries.kinds import KINDS
from fieldbench.plan.entries.source_code import Source, where
from fieldbench.plan.errors import UserError


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that helps who misspelt `word`."""
    known = sorted(str(k) for k in known)
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else f"Choose one of: {', '.join(known)}."


def held(kind: str, file: Path, read: Source) -> tuple[Any, dict[str, Callable]]:
    """Check and return the typed facts and the planning functions of an entry's file."""
    found = _facts(kind, file, read)
    return found, _functions(kind, file, read, found)


def _facts(kind: str, file: Path, read: Source) -> Any:
    known = kinds.names(kind)
    for name, value in read.facts.items():
        if name not in known:
            raise UserError(
                f"{where(file)} declares `{name}`, which is no fact of {kind}.",
                f"{nearest(name, known)} A constant of your own is written in capitals.",
            )
        if not kinds.fits(kind, name, value):
            raise UserError(
                f"{where(file)} declares `{name}` as {value!r}.",
                f"It must be of another type. {kinds.meaning(kind, name)}",
            )
    for name in [n for n in known if n in read.outside]:
        raise UserError(
            f"{where(file)} declares `{name}` beside its class.", "Move it into the class's body."
        )
    for name in [n for n in known if n in read.unclear]:
        raise UserError(
            f"{where(file)} computes `{name}`, where the plan reads the file without running it.",
            "Write its value out, as a number, text or tuple.",
        )
    if missing := kinds.missing(kind, read.facts):
        raise _missing(kind, file, missing[0])
    made = KINDS[kind].facts(**read.facts)
    if hasattr(made, "lacking") and (name := made.lacking()):
        raise _missing(kind, file, name)
    return made


def _missing(kind: str, file: Path, name: str) -> UserError:
    return UserError(
        f"{where(file)} does not declare `{name}`.",
        f"Write it into the class, as in `{name} = ...`. {kinds.meaning(kind, name)}",
    )


def _functions(kind: str, file: Path, read: Source, made: Any) -> dict[str, Callable]:
    known = KINDS[kind].functions
    needed = [n for n in KINDS[kind].required if n not in read.functions]
    if kind == "signals" and not made.files and "shape" not in read.functions:
        needed = ["shape"]
    if needed:
        raise UserError(
            f"{where(file)} has no planning function `{needed[0]}`.",
            f"Define it beside the class. It returns: {known[needed[0]]}",
        )
    for name in read.functions:
        if name not in known and name[0] != "_" and name not in read.used:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            todo = f"Did you mean '{near[0]}'?" if near else f"Rename it to `_{name}`, or use it."
            raise UserError(
                f"{where(file)} defines `{name}`, which nothing uses and the plan does not know.",
                todo,
            )
    found = {name: function for name, function in read.functions.items() if name in known}
    for name, function in found.items():
        if lost := source_code.absent(function):
            raise UserError(
                f"{where(file)}: the planning function `{name}` uses `{lost}`, which is not there.",
                "Planning functions run without their file's imports: use their arguments, `math`, "
                "and constants and functions of the same file.",
            )
    return found
