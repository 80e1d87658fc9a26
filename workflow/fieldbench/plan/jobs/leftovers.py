"""Figures, tables and files for players that a preset made once and makes no more."""

from collections.abc import Container, Sequence
from pathlib import Path

from fieldbench.plan.outputs import OUTPUTS

KINDS = ("figure", "table", "media")  # rows of the table of outputs; nothing else is ever removed
NAMED = 5  # files that are named where many are left over


def find(root: Path, planned: Container[str]) -> list[Path]:
    """The files for readers below a preset's results that are not among those planned (paths)."""
    folders = dict.fromkeys(folder for kind in KINDS for folder in OUTPUTS[kind].folders)
    files = (file for folder in folders for file in (root / folder).rglob("*"))
    return sorted(f for f in files if _is_shown(f) and str(f) not in planned)


def describe(files: Sequence[Path]) -> str:
    """The names of some files in one line, the first few of many."""
    names = ", ".join(map(str, files[:NAMED]))
    return names + (f" and {len(files) - NAMED} more" if len(files) > NAMED else "")


def remove(files: Sequence[Path]) -> None:
    """Delete files, and the folders that are empty then."""
    for file in files:
        file.unlink()
    for folder in sorted({folder for file in files for folder in file.parents}, reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _is_shown(file: Path) -> bool:
    return (file.is_file() or file.is_symlink()) and not file.name.startswith(".")
