"""Read an entry's declarations without importing it, since importing a model loads torch.

* literals in its class's body, such as `dims = (1, 2, 3)`: its facts;
* the keyword arguments of the class's constructor and their defaults: its settings;
* module-level functions such as `parameters(...)`: planning functions, plain arithmetic that uses
  nothing but its arguments, `math`, and literals and other such functions of the same file.

What a kind of entry may declare stands in facts.py.
"""

import __future__

import ast
import builtins
import dis
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from fieldbench.plan.errors import UserError

NO_DEFAULT = object()
_UNKNOWN = object()  # the value of what is no literal


@dataclass(frozen=True)
class Source:
    """The declarations of one file."""

    facts: dict[str, Any]  # public literals of the class, in small letters
    outside: frozenset[str]  # what the module assigns beside the class
    unclear: frozenset[str]  # what the class assigns in small letters and is no literal
    settings: dict[str, Any]  # keyword arguments of the constructor; NO_DEFAULT where none
    functions: dict[str, Callable]  # module-level functions, planning functions among them
    used: frozenset[str]  # every name that the file's code mentions


def read(file: Path, name: str) -> Source:
    """Read what a file says of its class of that name."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise UserError(
            f"{where(file)}, line {error.lineno}, is not Python: {error.msg}.", "Correct that line."
        ) from None
    entry = next((n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name), None)
    if entry is None:
        raise UserError(
            f"{where(file)} defines no class {name}.",
            "Every file of that folder is an entry: name its class so, or start the file "
            "name with an underscore.",
        )
    literals = _literals(entry.body)
    public = {k: v for k, v in literals.items() if k[0] != "_" and k == k.lower()}
    facts = {k: v for k, v in public.items() if v is not _UNKNOWN}
    unclear = frozenset(public) - frozenset(facts)
    outside = _literals(tree.body)
    known = {k: v for k, v in (outside | literals).items() if v is not _UNKNOWN}
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    functions = _functions(tree, known)
    return Source(
        facts, frozenset(outside), unclear, _settings(entry, file), functions, frozenset(used)
    )


def where(file: Path) -> str:
    """Name a file of an entry by its kind's folder and its own name."""
    return f"{file.parent.name}/{file.name}"


def _literals(body: list[ast.stmt]) -> dict[str, Any]:
    """The names that a body assigns, and their values where those are literals."""
    found = {}
    for node in body:
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        if isinstance(targets[0], ast.Name) and node.value is not None:
            try:
                found[targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                found[targets[0].id] = _UNKNOWN
    return found


def _settings(entry: ast.ClassDef, file: Path) -> dict[str, Any]:
    for node in entry.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            return {a.arg: _default(a.arg, d, file) for a, d in pairs}
    return {}


def _default(setting: str, node: ast.expr | None, file: Path) -> Any:
    if node is None:
        return NO_DEFAULT
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise UserError(
            f"{where(file)}: the default of `{setting}` is {ast.unparse(node)}.",
            "Write it as a plain number, text, tuple, True, False or None: the plan reads it.",
        ) from None


def _functions(tree: ast.Module, known: dict[str, Any]) -> dict[str, Callable]:
    """Compile the module-level functions on their own, with `math` and the literals in reach."""
    nodes = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.decorator_list]
    found: dict[str, Callable] = {}
    scope: dict[str, Any] = {"math": math, **known}
    for node in nodes:
        # Annotations are not looked at: the plan has no torch that they could name.
        code = compile(
            ast.Module([node], []), node.name, "exec",
            flags=__future__.annotations.compiler_flag, dont_inherit=True,
        )  # fmt: skip
        try:
            exec(code, scope)
        except Exception:  # a default that only the whole module can make: of no planning function
            scope.pop(node.name, None)
            continue
        found[node.name] = scope[node.name]
    return found


def absent(function: Callable) -> str | None:
    """The first undefined name in a planning function, or in one that it calls."""
    todo, seen = [function], set()
    while todo:
        for name in _globals(todo.pop().__code__):
            if name not in function.__globals__ and not hasattr(builtins, name):
                return name
            inner = function.__globals__.get(name)
            if callable(inner) and hasattr(inner, "__code__") and name not in seen:
                seen.add(name)
                todo.append(inner)
    return None


def _globals(code: CodeType) -> Iterator[str]:
    """The names that a function's code looks up outside of it."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _globals(inner)
