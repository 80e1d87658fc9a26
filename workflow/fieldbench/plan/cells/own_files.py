"""Signals that are made of the user's own files, asked what they are when a run is planned.

Only the values of a file tell whether it can be a signal, so the signal itself is made, which may
load numpy and more. Its answer is kept below the folder of results, so that the many processes of
a run do not read the file again.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from fieldbench.plan.cells.plain import plain
from fieldbench.plan.cells.told import Told
from fieldbench.plan.config.presets import OWN_FILES
from fieldbench.plan.entries import digests, registry
from fieldbench.plan.errors import UserError


class UnreadableError(UserError):
    """A signal that its files cannot be read as."""


class OwnFiles:
    """The answers of signals; `results` is the folder below which they are kept, if they are."""

    def __init__(self, results: str | None = None):
        self.folder = Path(results, OWN_FILES) if results else None
        self.known: dict[str, Told | UnreadableError] = {}

    def told(self, kind: str, settings: dict[str, Any], paths: Iterable[str]) -> Told:
        """What a signal of these settings says; UnreadableError where its files cannot be read."""
        key = _key(kind, settings, paths)
        if key not in self.known:
            self.known[key] = self._kept(key) or self._asked(key, kind, settings)
        found = self.known[key]
        if isinstance(found, UnreadableError):
            raise found
        return found

    def _asked(self, key: str, kind: str, settings: dict[str, Any]) -> Told | UnreadableError:
        found: Told | UnreadableError
        try:
            found = Told.by(registry.load("signals", kind)(**settings))
        except UserError as error:
            found = UnreadableError(error.what, error.todo)
        except Exception as error:  # a fault of an entry's code, which must not hide the others
            found = UnreadableError(
                f"The signal {kind} cannot be made: {type(error).__name__}: {error}.",
                f"Correct signals/{kind.replace('-', '_')}.py.",
            )
        # A refusal is not kept: what is mended, as a right to read, may not show in size and time.
        if isinstance(found, Told):
            self._keep(key, found)
        return found

    def _kept(self, key: str) -> Told | None:
        if self.folder is None:
            return None
        try:
            return Told.of(json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):  # not there, or of another version
            return None

    def _keep(self, key: str, found: Told) -> None:
        if self.folder is None:
            return
        part = self.folder / f".{key}.{os.getpid()}.partial"
        with suppress(OSError):  # it is only kept to save time
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(plain(found)), encoding="utf-8")
            part.replace(self.folder / f"{key}.json")


def listed(path: str) -> list[str]:
    """The files of a path: itself, or those directly in it where it is a folder."""
    place = Path(path).expanduser()
    if not place.is_dir():
        return [str(place)]
    return sorted(str(f) for f in place.iterdir() if f.is_file() and not f.name.startswith("."))


def _key(kind: str, settings: dict[str, Any], paths: Iterable[str]) -> str:
    """A digest of all that an answer depends on: files by their sizes and times, and code."""
    files = [(file, *_status(file)) for path in paths for file in listed(path)]
    code = digests.stage("generate_signal", ("signals", kind))
    text = json.dumps([kind, settings, files, code], sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _status(file: str) -> tuple[int, int]:
    """Size in bytes and time of change; of what is not there, zeros."""
    try:
        status = Path(file).stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns
