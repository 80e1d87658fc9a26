"""The HDF5 formats: a file is whole or absent, and explains itself.

Every file has the root attributes `format` (an integer), `kind` (signal, observation, fit or
score) and one attribute a fact; facts that are nested are JSON text. Arrays are plain datasets,
groups of arrays are groups. The group `timing` holds what differs from run to run; everything
else is the same for the same job. A file about several cells has a group `cells/<name>` for
each, with its facts and arrays, and what differs from run to run below `timing/<name>`. Plain h5py
reads it all.

HDF5 leaves the first bytes of a file, its user block, to whoever writes it: there stands the
SHA-256 of all that follows, and readers check it first, because HDF5 itself would take wrong
values for right ones, or not come back from a damaged index.
"""

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from fieldbench.plan.errors import UserError, cannot_write

FORMAT = 2
TIMING = "timing"
_BLOCK = 512  # the smallest user block
_HDF5 = b"\x89HDF\r\n\x1a\n"  # how an HDF5 file without such a block begins
CELLS = "cells"


@dataclass(frozen=True)
class Record:
    """What a file about several cells holds of one of them."""

    facts: dict[str, Any]
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    timing: dict[str, Any] = field(default_factory=dict)


def write(
    path: str | Path,
    kind: str,
    arrays: dict[str, np.ndarray],
    facts: dict[str, Any],
    timing: dict[str, Any] | None = None,
    cells: Mapping[str, Record] | None = None,
) -> None:
    """Write one file, whole or not at all. A name like `history/loss` makes a group."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", userblock_size=_BLOCK) as file:
        file.attrs["format"] = FORMAT
        file.attrs["kind"] = kind
        if {"format", "kind"} & facts.keys():
            raise ValueError("a fact may not be named format or kind: the file itself has those")
        _fill(file, "/", Record(facts, arrays, timing or {}))
        for name, record in sorted((cells or {}).items()):
            _fill(file, f"{CELLS}/{name}", record, f"{TIMING}/{name}")
    content = buffer.getbuffer()
    content[:_BLOCK] = _seal(hashlib.sha256(content[_BLOCK:]).hexdigest())
    write_whole(path, content)


def _fill(file: h5py.File, place: str, record: Record, timing: str = TIMING) -> None:
    group = file.require_group(place)
    for name, value in sorted(record.facts.items()):
        group.attrs[name] = _plain(value)
    for name, array in sorted(record.arrays.items()):
        group.create_dataset(name, data=array)
    for name, value in sorted(record.timing.items()):
        file.require_group(timing).attrs[name] = _plain(value)


def write_whole(path: str | Path, content: bytes | memoryview) -> None:
    """Fill a hidden neighbour, then rename it: readers see the old file, the new one, or none."""
    path = Path(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        with contextlib.suppress(OSError):  # where the folder is no folder, say
            partial.unlink()
        raise cannot_write(path, error) from error


def read(path: str | Path, kind: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """All arrays and facts of a file, checked to be whole and of that kind."""
    with _open(path, kind) as file:
        try:
            return _arrays(file), _facts(file)
        except OSError as error:
            raise _damaged(path) from error


def cells(path: str | Path, kind: str, arrays: bool = False) -> dict[str, Record]:
    """The records of a file about several cells, by their names; their arrays only if asked for."""
    with _open(path, kind) as file:
        timings = file.get(TIMING, {})
        found = {}
        try:
            for name, group in file.get(CELLS, {}).items():
                timing = _facts(timings[name]) if name in timings else {}
                found[name] = Record(_facts(group), _arrays(group) if arrays else {}, timing)
        except (OSError, RuntimeError) as error:
            raise _damaged(path) from error
        return found


def facts(path: str | Path, kind: str) -> dict[str, Any]:
    """The facts of a file, without its arrays."""
    with _open(path, kind) as file:
        return _facts(file)


def timing(path: str | Path, kind: str) -> dict[str, Any]:
    """What differs from run to run: seconds, peak memory, the machine."""
    with _open(path, kind) as file:
        return _facts(file[TIMING]) if TIMING in file else {}


def check(path: str | Path) -> None:
    """Raise unless every byte of a file is as it was written."""
    try:
        with open(path, "rb") as file:
            block = file.read(_BLOCK)
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise UserError(f"{path} is not there.", "Run snakemake again: it makes it.") from None
    except PermissionError:
        raise UserError(
            f"{path} cannot be read: permission denied.", "Give yourself the right to read it."
        ) from None
    except OSError as error:
        raise _damaged(path) from error
    if block.startswith(_HDF5):
        raise _foreign(path)
    if block != _seal(found):
        raise _damaged(path)


def digest(path: str | Path) -> str:
    """A digest of every dataset and attribute of a file but the group `timing`."""
    sha = hashlib.sha256()

    def add(name: str, item: h5py.HLObject) -> None:
        if name.split("/")[0] == TIMING:
            return
        sha.update(f"{name} {sorted((k, _exact(v)) for k, v in item.attrs.items())}\n".encode())
        if isinstance(item, h5py.Dataset):
            sha.update(f"{item.dtype} {item.shape}\n".encode())
            sha.update(np.ascontiguousarray(item[()]).tobytes())

    with h5py.File(path, "r") as file:
        add("", file)
        file.visititems(add)
    return sha.hexdigest()


def _exact(value: Any) -> str:
    """A text that differs wherever two attributes do, in value or in type."""
    return f"{value.dtype} {value.tolist()!r}" if hasattr(value, "dtype") else repr(value)


def _open(path: str | Path, kind: str) -> h5py.File:
    check(path)
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise _damaged(path) from error
    found, version = file.attrs.get("kind"), file.attrs.get("format")
    if version != FORMAT or found != kind:
        file.close()
        raise UserError(
            f"{path} is a {found} of format {version}, where a {kind} of format {FORMAT} "
            "was expected.",
            "Delete it and run snakemake again: it makes it anew.",
        )
    return file


def _seal(digest: str) -> bytes:
    """The user block of a file whose other bytes have that SHA-256."""
    return f"fieldbench sha256 {digest}\n".encode().ljust(_BLOCK, b"\0")


def _foreign(path: str | Path) -> UserError:
    return UserError(
        f"{path} is an HDF5 file, but not one of fieldbench's.",
        "Move it out of the results folder and run snakemake again.",
    )


def _damaged(path: str | Path) -> UserError:
    # Of a link into a cache the entry must go: it would be taken over again.
    which = Path(path).resolve() if Path(path).is_symlink() else "it"
    return UserError(
        f"{path} is not a whole HDF5 file: it was cut short or overwritten.",
        f"Delete {which} and run snakemake again, which makes it anew; `snakemake check` deletes "
        "every such file at once.",
    )


def _plain(value: Any) -> Any:
    if isinstance(value, (dict, list, tuple, bool)) or value is None or _is_json(value):
        return json.dumps(value, sort_keys=True)
    return value


def _facts(group: h5py.Group) -> dict[str, Any]:
    return {k: _rich(v) for k, v in group.attrs.items()}


def _arrays(group: h5py.Group) -> dict[str, np.ndarray]:
    """Every dataset at or below a group, by its path from there."""
    arrays: dict[str, np.ndarray] = {}

    def take(name: str, item: h5py.HLObject) -> None:
        if isinstance(item, h5py.Dataset):
            if item.external or item.is_virtual:  # ours never are: it reads other files
                raise OSError("an array that lies in another file")
            arrays[name] = item[()]

    group.visititems(take)
    return arrays


def _rich(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return json.loads(value) if _is_json(value) else value


def _is_json(value: Any) -> bool:
    """Whether a fact is read as JSON; a text that only looks so is written as JSON, quoted."""
    if not isinstance(value, str):
        return False
    return value[:1] in ("{", "[", '"') or value in ("true", "false", "null")
