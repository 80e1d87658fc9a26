"""Where entries lie: in the library, and in a folder of the user's own.

A user's folder has the library's subfolders, `models/`, `metrics/` and so on, as far as it needs
them. The process that reads the configuration puts its path into the environment, where every job
finds it, also one on another machine.
"""

import importlib
import os
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from fieldbench.plan.errors import UserError

LIBRARY = Path(__file__).resolve().parents[2]
ENTRIES = "FIELDBENCH_ENTRIES"  # the environment's name for the user's folder
OWN = "own_entries"  # the package that the user's files are modules of
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_remembering: list[Any] = []


def remembered(function: Callable) -> Any:
    """Keep a function's results until the user's folder is another one."""
    kept = cache(function)
    _remembering.append(kept)
    return kept


def own() -> Path | None:
    """The user's folder of entries, if there is one."""
    return Path(os.environ[ENTRIES]) if os.environ.get(ENTRIES) else None


def use(folder: str | None, kinds: tuple[str, ...]) -> None:
    """Make a folder, relative to where this process runs, the user's own; None: leave it be."""
    if folder is None:
        return
    path = Path(folder).expanduser().resolve()
    if not any((path / kind).is_dir() for kind in kinds):
        raise UserError(
            f"`entries` names {folder}, where none of the folders {', '.join(kinds)} is.",
            "Name a folder that has at least one of them, or remove the key.",
        )
    if os.environ.get(ENTRIES) != str(path):
        os.environ[ENTRIES] = str(path)
        forget()


def forget() -> None:
    """Drop all that is remembered of entries and their code."""
    for function in _remembering:
        function.cache_clear()
    for name in [n for n in sys.modules if n.split(".")[0] == OWN]:
        del sys.modules[name]


def is_name(word: str) -> bool:
    """Whether a word may name something: it becomes part of paths and of wildcards."""
    return _NAME.fullmatch(word) is not None


def file_of(kind: str, name: str) -> Path:
    """The source file of an entry: the user's if there is such, else the library's."""
    file = f"{name.replace('-', '_')}.py"
    folder = own()
    mine = folder / kind / file if folder else None
    return mine if mine and mine.is_file() else LIBRARY / kind / file


def listed(kind: str) -> tuple[str, ...]:
    """The name of every entry's file of a kind, sorted."""
    folder = own()
    where = folder / kind if folder else None
    shipped, mine = _names(LIBRARY / kind), _names(where) if where else set()
    if both := sorted(shipped & mine):
        raise UserError(
            f"{where} has an entry '{both[0]}', as fieldbench itself has.",
            "Rename your file: its name is the entry's.",
        )
    if odd := sorted(name for name in mine if not is_name(name)):
        raise UserError(
            f"{where} has a file {odd[0].replace('-', '_')}.py, which can name no entry.",
            "Use small letters, digits and single underscores, or begin it with an underscore.",
        )
    return tuple(sorted(shipped | mine))


def _names(folder: Path) -> set[str]:
    stems = (file.stem for file in folder.glob("*.py"))
    return {stem.replace("_", "-") for stem in stems if not stem.startswith("_")}


def load(file: Path) -> ModuleType:
    """Import an entry's file as a module of the library or of the user's package."""
    mine = own()
    if mine is None or not file.is_relative_to(mine):
        return importlib.import_module(f"fieldbench.{file.parent.name}.{file.stem}")
    if OWN not in sys.modules:
        package = ModuleType(OWN)
        package.__path__ = [str(mine)]
        sys.modules[OWN] = package
    return importlib.import_module(f"{OWN}.{file.parent.name}.{file.stem}")
