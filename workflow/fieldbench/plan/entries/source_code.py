"""What an entry's source says of it, read without importing it: importing a model loads torch.

* literals of the module or of its class, such as `dims = (1, 2, 3)`;
* the keyword arguments of the class's constructor and their defaults: its settings;
* module-level functions such as `parameters(...)`: plain arithmetic that uses nothing but its
  arguments, `math` and other such functions of the same file.
"""

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldbench.plan.errors import UserError

NO_DEFAULT = object()


@dataclass(frozen=True)
class Source:
    """What one file says."""

    facts: dict[str, Any]  # literals of the module and its class
    settings: dict[str, Any]  # keyword arguments of the constructor; NO_DEFAULT where none
    functions: dict[str, Callable]


def read(file: Path, name: str) -> Source:
    """What a file says of its class of that name."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    entry = next((n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name), None)
    if entry is None:
        raise UserError(
            f"{file.parent.name}/{file.name} defines no class {name}.",
            "Every file of that folder is an entry: name its class so, or start the file "
            "name with an underscore.",
        )
    facts = _literals(tree.body) | _literals(entry.body)
    return Source(facts, _settings(entry), _planning_functions(tree, facts))


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
            return {a.arg: ast.literal_eval(d) if d else NO_DEFAULT for a, d in pairs}
    return {}


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
