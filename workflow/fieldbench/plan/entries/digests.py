"""Code is an input: a digest of the sources that a stage may reach.

The digest covers the stage's script, every module of the library it imports, directly or not, and
the entries it loads by name; and the installed version of every package of others that these name.
Comments, blank lines and docstrings do not count, so explaining a line re-runs nothing; changing
one re-runs exactly what could have used it, and so does another version of torch.
"""

import ast
import hashlib
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fieldbench.plan.entries import folders
from fieldbench.plan.entries.folders import LIBRARY, OWN, remembered
from fieldbench.plan.entries.registry import sources

WORKFLOW = LIBRARY.parent
SCRIPTS = WORKFLOW / "scripts"
RUNTIME = WORKFLOW / "runtime"
# Parts of scripts that start jobs, guard them and tell of them, and cannot change a number; tests
# hold that.
WITHOUT_EFFECT = set(RUNTIME.glob("*.py"))
# Packages that read, check, fetch or tell, and cannot change a number either.
CARRIERS = {"h5py", "psutil", "pydantic", "remotezip", "requests", "urllib3", "yaml"}
# Packages of a backend: they count where the plan names that backend, wherever they are installed.
OPTIONAL = {"gsplat", "tinycudann"}
# What is installed for a name that is imported, where it is not called the same, or not all.
INSTALLED = {
    "PIL": ("pillow",),
    "skimage": ("scikit-image", "scipy"),
    "trimesh": ("trimesh", "scipy"),
}


@remembered
def stage(script: str, *entries: tuple[str, str], backend: str = "torch") -> str:
    """The digest of scripts/<script>.py and of the (kind, name) entries it loads."""
    sha = hashlib.sha256()
    for path in sorted(_reached(script, entries)):
        sha.update(f"{_place(path)} {_scan(path)[0]}\n".encode())
    for name, number in versions(script, *entries, backend=backend).items():
        sha.update(f"{name} {number}\n".encode())
    return sha.hexdigest()[:16]


@remembered
def versions(
    script: str, *entries: tuple[str, str], backend: str = "torch"
) -> dict[str, str | None]:
    """The packages that count for a stage, and their installed versions; None: not installed."""
    named = {name for path in _reached(script, entries) for name in _scan(path)[2]}
    counted = (named - CARRIERS - OPTIONAL) | ({backend} & OPTIONAL)
    packages = {p for name in counted for p in INSTALLED.get(name, (name,))}
    return {package: installed(package) for package in sorted(packages)}


def _place(path: Path) -> str:
    """A file's place in the project, or in the user's own folder of entries."""
    if path.is_relative_to(WORKFLOW):
        return path.relative_to(WORKFLOW).as_posix()
    own = folders.own()
    return f"{OWN}/{(path.relative_to(own) if own else path).as_posix()}"


@remembered
def installed(package: str) -> str | None:
    """The version of a package that is installed, if it is."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@remembered
def _reached(script: str, entries: tuple[tuple[str, str], ...]) -> frozenset[Path]:
    """The project's files that a script and its entries may use."""
    todo = [SCRIPTS / f"{script}.py", *(f for entry in entries for f in sources(*entry))]
    seen: set[Path] = set()
    while todo:
        path = todo.pop()
        if path not in seen | WITHOUT_EFFECT:
            seen.add(path)
            todo += _scan(path)[1]
    return frozenset(seen)


@remembered
def _scan(path: Path) -> tuple[str, tuple[Path, ...], frozenset[str]]:
    """The digest of one file's code, the project's files that it imports, and others' packages."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    _drop_docstrings(tree)
    names = _imports(tree, path)
    found = [f for name in names if (f := _project_file(name))]
    others = _others([*names, *_looked_up(tree)])
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(found), others


def _others(names: Iterable[str]) -> frozenset[str]:
    """The packages among imported names that are neither Python's own nor the project's."""
    tops = {name.split(".")[0] for name in names} - sys.stdlib_module_names
    return frozenset(top for top in tops if _project_file(top) is None)


def _looked_up(tree: ast.Module) -> list[str]:
    """Names of packages that are only looked up, as `find_spec("lpips")` for a file of theirs."""
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args)
    return [
        first.value
        for call in calls
        if getattr(call.func, "id", "") == "find_spec"
        and isinstance(first := call.args[0], ast.Constant)
        and isinstance(first.value, str)
    ]


def _drop_docstrings(tree: ast.Module) -> None:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]


def _imports(tree: ast.Module, path: Path) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(_package(path)[: -node.level + 1 or None]) if node.level else ""
            module = ".".join(name for name in (above, node.module) if name)
            names += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return names


def _package(path: Path) -> list[str]:
    """The names of the package that a file is in."""
    return _place(path).split("/")[:-1]


def _project_file(name: str) -> Path | None:
    """The file of a module of the library or of a part shared by scripts, if it is one."""
    parts = name.split(".")
    root = WORKFLOW if parts[0] in ("fieldbench", "runtime") else SCRIPTS
    if parts[0] == OWN and (mine := folders.own()):
        root, parts = mine, parts[1:]
    for candidate in (
        root.joinpath(*parts).with_suffix(".py"),
        root.joinpath(*parts, "__init__.py"),
    ):
        if candidate.is_file():
            return candidate
    return None
