"""The package as others install and cite it."""

import ast
import re
import sys
import tomllib

import yaml
from helpers.runs import PROJECT

from fieldbench.plan.entries import registry


def test_the_citation_is_of_this_version():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text())
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert f"## {project['version']}" in (PROJECT / "CHANGELOG.md").read_text()
    assert all(paper["title"] and paper["authors"] for paper in citation["references"])


def imported() -> set[str]:
    """The top-level names of all modules that the library imports."""
    found = set()
    for file in registry.LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names)


def test_the_package_asks_for_what_it_imports():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    every = [*project["dependencies"], *project["optional-dependencies"]["files"]]
    asked = dict(re.fullmatch(r"([\w-]+)>=([\d.]+)", one).groups() for one in every)
    modules = {"pillow": "PIL", "scikit-image": "skimage", "PyYAML": "yaml"}
    known = {modules.get(name, name) for name in asked}
    beside = {"fieldbench", "gsplat", "tinycudann"}  # GPU backends are never required
    comes_along = {"llvmlite", "urllib3"}  # with numba and requests
    assert imported() - known - beside - comes_along == set()
    lock = (PROJECT / "envs/requirements.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines_of(lock))
    assert [n for n, v in asked.items() if not f"{pinned[n]}.".startswith(f"{v}.")] == []


def lines_of(lock: list[str]) -> list[str]:
    return [line for line in lock if line and not line.startswith("#")]
