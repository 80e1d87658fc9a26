"""A folder of a user's own entries, made from the templates or from a few lines."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import new_entry

from fieldbench.plan.entries import folders, registry

METRIC = """
class Metric:
    label = "Own"
    unit = ""
    better = "lower"
    limits = (0, 1)
    dims = (1, 2, 3)
"""
MODEL = """
def parameters(size, **_):
    return size


class Model:
    dims = (1, 2, 3)
    derivatives = 1
    learning_rate = 1e-3

    def __init__(self, *, dims, channels, shape, size, generator, width: int = 3):
        pass
"""
SIGNAL = """
def shape(*, length, **_):
    return (length, length)


class Signal:
    dims = (2,)

    def __init__(self, *, length: int = 9):
        pass
"""


def write(folder: Path, kind: str, name: str, text: str | None = None) -> Path:
    """Write an entry of these lines, or of the template of its kind."""
    if text is None:
        return new_entry.write(kind, name, folder)
    file = folder / kind / f"{name.replace('-', '_')}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


@contextmanager
def used(folder: Path) -> Iterator[Path]:
    """Let the registry have a folder for a while."""
    before = os.environ.get(folders.ENTRIES)
    try:
        folders.use(str(folder), tuple(registry.CLASSES))
        folders.forget()
        yield folder
    finally:
        os.environ.pop(folders.ENTRIES, None)
        if before:
            os.environ[folders.ENTRIES] = before
        folders.forget()
