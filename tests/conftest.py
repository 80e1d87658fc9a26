"""`--entries=FOLDER` holds a user's own entries to the contract, and tests nothing else."""

import os
from pathlib import Path
from typing import Any

import pytest

from fieldbench.plan.entries import folders, registry

CONTRACT = Path(__file__).parent / "contract"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--entries", help="a folder of own entries: only these are tested")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder known before any test asks which entries there are."""
    if folder := config.getoption("--entries"):
        folders.use(str(config.invocation_params.dir / folder), tuple(registry.CLASSES))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the contract's tests of entries that are the user's, or composed of such."""
    if not config.getoption("--entries"):
        return
    mine = _own_names()
    kept = [item for item in items if CONTRACT in item.path.parents and _is_of(item, mine)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _own_names() -> set[str]:
    """The user's entries, and the models that have one of them as a part."""
    folder = Path(os.environ[folders.ENTRIES])
    found = {name for kind in registry.CLASSES for name in registry.own(kind)}
    made = registry.composed()
    return found | {
        n for n in made if any(folder in f.parents for f in registry.sources("models", n))
    }


def _is_of(item: pytest.Item, names: set[str]) -> bool:
    values: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    return any(isinstance(value, str) and value in names for value in values.values())
