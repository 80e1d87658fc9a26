"""Code is an input: a digest of the sources that a stage may reach.

The digest covers the stage's script, every module of the library it imports, directly or not, and
the entries it loads by name. Comments, blank lines and docstrings do not count, so explaining a
line re-runs nothing; changing one re-runs exactly what could have used it.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

from fieldbench.plan.registry import LIBRARY, file_of

WORKFLOW = LIBRARY.parent
SCRIPTS = WORKFLOW / "scripts"
# Parts of scripts that start jobs and tell of them, and cannot change a number; tests hold that.
WITHOUT_EFFECT = {SCRIPTS / f"{name}.py" for name in ("_warm", "_progress", "_slots")}


@cache
def stage(script: str, *entries: tuple[str, str]) -> str:
    """The digest of scripts/<script>.py and of the (kind, name) entries it loads."""
    todo = [SCRIPTS / f"{script}.py", *(file_of(kind, name) for kind, name in entries)]
    seen: set[Path] = set()
    while todo:
        path = todo.pop()
        if path not in seen | WITHOUT_EFFECT:
            seen.add(path)
            todo += _scan(path)[1]
    sha = hashlib.sha256()
    for path in sorted(seen):
        sha.update(f"{path.relative_to(WORKFLOW).as_posix()} {_scan(path)[0]}\n".encode())
    return sha.hexdigest()[:16]


@cache
def _scan(path: Path) -> tuple[str, tuple[Path, ...]]:
    """The digest of one file's code, and the project's files that it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    _drop_docstrings(tree)
    found = [f for name in _imports(tree) if (f := _project_file(name))]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(found)


def _drop_docstrings(tree: ast.Module) -> None:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]


def _imports(tree: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def _project_file(name: str) -> Path | None:
    """The file of a module of the library or of a part shared by scripts, if it is one."""
    parts = name.split(".")
    root = WORKFLOW if parts[0] == "fieldbench" else SCRIPTS
    for candidate in (
        root.joinpath(*parts).with_suffix(".py"),
        root.joinpath(*parts, "__init__.py"),
    ):
        if candidate.is_file():
            return candidate
    return None
