"""What exists: signals, tasks, models and metrics, one file each.

The plan must know what an entry can do without importing it, because importing a model loads
torch. So an entry says it in plain sight, and this module reads the source:

* literals of the module or of its class, such as `dims = (1, 2, 3)`;
* the keyword arguments of the class's constructor and their defaults: its settings;
* module-level functions such as `parameters(...)`: plain arithmetic that uses nothing but its
  arguments, `math` and other such functions of the same file.

A contract test holds every entry to this.
"""

import ast
import difflib
import importlib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fieldbench.plan.errors import UserError

LIBRARY = Path(__file__).resolve().parent.parent
CLASSES = {"signals": "Signal", "tasks": "Task", "models": "Model", "metrics": "Metric"}
# What a job gives an entry beside its settings: the training to a model, files to who `needs` them.
GIVEN = {
    "models": ("dims", "channels", "shape", "size", "generator"),
    "signals": ("files",),
    "metrics": ("files",),
}
_NO_DEFAULT = object()
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Declaration:
    """What an entry's source says of it."""

    kind: str
    name: str
    facts: dict[str, Any]  # literals of the module and its class
    settings: dict[str, Any]  # constructor arguments and their defaults; not the GIVEN ones
    functions: dict[str, Callable]  # planning functions


def file_of(kind: str, name: str) -> Path:
    """The source file of an entry."""
    return LIBRARY / kind / f"{name.replace('-', '_')}.py"


def names(kind: str) -> tuple[str, ...]:
    """Every entry of a kind, sorted."""
    files = (LIBRARY / kind).glob("*.py")
    return tuple(sorted(f.stem.replace("_", "-") for f in files if not f.stem.startswith("_")))


def is_name(word: str) -> bool:
    """Whether a word may name something: it becomes part of paths and of wildcards."""
    return _NAME.fullmatch(word) is not None


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that helps who misspelt `word`."""
    known = sorted(str(k) for k in known)
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else f"Choose one of: {', '.join(known)}."


def check_name(kind: str, name: str, where: str) -> None:
    """Raise a UserError when there is no such entry."""
    if name not in names(kind):
        singular = kind.removesuffix("s")
        raise UserError(f"{where}: there is no {singular} '{name}'.", nearest(name, names(kind)))


@cache
def declare(kind: str, name: str) -> Declaration:
    """Read an entry's declaration from its source, without importing it."""
    tree = ast.parse(file_of(kind, name).read_text(encoding="utf-8"))
    entry = next(
        (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == CLASSES[kind]), None
    )
    if entry is None:
        raise UserError(
            f"{kind}/{name.replace('-', '_')}.py defines no class {CLASSES[kind]}.",
            "Every file of that folder is an entry: name its class so, or start the file "
            "name with an underscore.",
        )
    facts = _literals(tree.body) | _literals(entry.body)
    settings = {k: v for k, v in _settings(entry).items() if k not in GIVEN.get(kind, ())}
    return Declaration(kind, name, facts, settings, _planning_functions(tree, facts))


def load(kind: str, name: str) -> type:
    """Import an entry and return its class. May load torch."""
    module = importlib.import_module(f"fieldbench.{kind}.{name.replace('-', '_')}")
    return getattr(module, CLASSES[kind])


def _literals(body: list[ast.stmt]) -> dict[str, Any]:
    found = {}
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


def _settings(entry: ast.ClassDef) -> dict[str, Any]:
    for node in entry.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            return {a.arg: ast.literal_eval(d) if d else _NO_DEFAULT for a, d in pairs}
    return {}


def required(declaration: Declaration) -> tuple[str, ...]:
    """The constructor arguments that have no default."""
    return tuple(k for k, v in declaration.settings.items() if v is _NO_DEFAULT)


def _planning_functions(tree: ast.Module, facts: dict[str, Any]) -> dict[str, Callable]:
    """Compile the module-level functions on their own, with `math` and the literals in reach."""
    nodes = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.decorator_list]
    for node in nodes:
        node.returns = None
        for arg in node.args.args + node.args.kwonlyargs:
            arg.annotation = None
    scope: dict[str, Any] = {"math": math, **facts}
    exec(compile(ast.Module(nodes, []), "<planning functions>", "exec"), scope)
    return {node.name: scope[node.name] for node in nodes}
