"""Figures, tables and files for players that a preset made once and makes no more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fieldbench.plan.outputs import OUTPUTS

KINDS = ("figure", "table", "media")  # rows of the table of outputs; nothing else is ever removed
NAMED = 5  # files that are named where many are left over


def find(run: Any) -> list[Path]:
    """The files for readers below a run's results that its preset does not make.

    None while the plan lacks a signal or a metric that the preset asks for: with it, they would be
    made.
    """
    if run.cells.unreadable or run.left_out:
        return []
    root, planned = Path(run.paths.root), run.jobs
    folders = dict.fromkeys(folder for kind in KINDS for folder in OUTPUTS[kind].folders)
    files = (file for folder in folders for file in (root / folder).rglob("*"))
    return sorted(f for f in files if _is_shown(f) and str(f) not in planned)


def describe(files: Sequence[Path]) -> str:
    """A sentence on some files that names them, the first few of many."""
    names = ", ".join(map(str, files[:NAMED]))
    names += f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    many = "One file is" if len(files) == 1 else f"{len(files)} files are"
    return f"{many} left of what this preset no longer makes: {names}."


def remove(files: Sequence[Path]) -> None:
    """Delete files, and the folders that are empty then."""
    for file in files:
        file.unlink()
    for folder in sorted({folder for file in files for folder in file.parents}, reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _is_shown(file: Path) -> bool:
    return (file.is_file() or file.is_symlink()) and not file.name.startswith(".")
