"""Check that a file is the expected one: by size, by checksum, or by the first one fetched."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from fieldbench.downloads.locks import locked
from fieldbench.downloads.telling import Voice
from fieldbench.plan.config.datasets import SUMS, Pinned
from fieldbench.plan.errors import UserError


def fault(path: Path, pinned: Pinned) -> str | None:
    """The fault of a file, as the end of a sentence about it; None where it has none."""
    size = path.stat().st_size
    if pinned.bytes is not None and size != pinned.bytes:
        return f"has {size:,} bytes instead of {pinned.bytes:,}"
    if size > pinned.largest:
        return f"has {size:,} bytes, more than the {pinned.largest:,} allowed"
    if pinned.sha256 and _hash(path, hashlib.sha256) != pinned.sha256:
        return "has another SHA-256 than config/datasets.yaml gives"
    if pinned.git_blob and _git_blob(path, size) != pinned.git_blob:
        return "has another git blob id than config/datasets.yaml gives"
    return None


def _hash(path: Path, begin: Callable) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, begin).hexdigest()


def _git_blob(path: Path, size: int) -> str:
    """The id that `git hash-object` gives: the SHA-1 of a short head and the content."""
    return _hash(path, lambda: hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False))


def hold_to_first(path: Path, name: str, downloads: Path, voice: Voice) -> None:
    """Note the SHA-256 of an unpinned file; refuse a file that differs from the note.

    `name` is the path below `downloads`, where `sha256sum -c` can check the notes.
    """
    digest = _hash(path, hashlib.sha256)
    sums = downloads / SUMS
    with locked(sums, voice):
        text = sums.read_text(encoding="utf-8") if sums.exists() else ""
        lines = (line.partition("  ") for line in text.splitlines())
        noted = {noted_name: first for first, gap, noted_name in lines if gap}
        if name not in noted:
            voice.tell(f"no checksum of {name} is known beforehand: noted in {sums}")
            _write(sums, f"{text}{digest}  {name}\n")
        elif noted[name] != digest:
            raise UserError(
                f"{name} is not the file that was fetched at first: its SHA-256 is {digest}, "
                f"and {sums} has {noted[name]}.",
                f"If the new file is right, remove the line of {name} from {sums}; if not, put the "
                "old file below the folder that `datasets` in config/config.yaml names.",
            )


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.part")
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
