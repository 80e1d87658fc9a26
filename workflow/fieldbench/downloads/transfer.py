"""Download one URL into one file, resumed where an earlier try was cut.

Beside a partial file lies a note of where it comes from: its URL and the server's mark of that
content (ETag, or Last-Modified). Only the same URL is resumed, and only if the server says by
`If-Range` that it still has that content, or if a checksum will tell.
"""

import json
import os
from pathlib import Path

import requests

from fieldbench.downloads.faults import CutError, RefusedError
from fieldbench.downloads.telling import Progress, Voice
from fieldbench.downloads.web import Patience, again, failures, session
from fieldbench.plan.config.datasets import Pinned
from fieldbench.plan.targets.data_files import public

AT_ONCE = 1 << 16  # bytes


def download(
    url: str, part: Path, pinned: Pinned, voice: Voice, patience: Patience, name: str
) -> bool:
    """Fill `part` with the content of a URL; True if an earlier try was resumed."""
    with session() as asking, Progress(voice, name, pinned.bytes) as progress:
        transfer = _Transfer(asking, url, part, pinned, patience, progress)
        again(transfer.once, lambda: _size(part), voice, patience)
        return transfer.resumed


def forget(part: Path) -> None:
    """Delete a partial file and its note."""
    for file in (part, _note(part)):
        file.unlink(missing_ok=True)


class _Transfer:
    def __init__(
        self,
        asking: requests.Session,
        url: str,
        part: Path,
        pinned: Pinned,
        patience: Patience,
        progress: Progress,
    ):
        self.asking, self.url, self.part, self.pinned = asking, url, part, pinned
        self.patience, self.progress = patience, progress
        self.resumed = False

    def once(self) -> None:
        have, mark = self._have()
        if have == self.pinned.bytes:
            self.resumed = True
            return
        headers = {"Range": f"bytes={have}-"} if have else {}
        if have and mark:
            headers["If-Range"] = mark
        with (
            failures(),
            self.asking.get(
                self.url, headers=headers, stream=True, timeout=self.patience.timeout
            ) as answer,
        ):
            start, total = self._start(answer, have)
            if start == 0:
                forget(self.part)  # before the note: it must never speak of other bytes
            self._note(answer)
            self._receive(answer, start, total)

    def _have(self) -> tuple[int, str | None]:
        """The number of bytes that may be kept, and the server's mark of their content."""
        size = _size(self.part)
        try:
            note = json.loads(_note(self.part).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            note = {}
        same = note.get("url") == public(self.url) and (note.get("mark") or self.pinned.known)
        if same and 0 < size <= self.pinned.largest:
            return size, note.get("mark")
        forget(self.part)
        return 0, None

    def _start(self, answer: requests.Response, have: int) -> tuple[int, int | None]:
        """The offset of the bytes to come, and the size of the whole, as the server says."""
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise RefusedError("the server packs the file for the way, so its size is not known")
        start, total = 0, answer.headers.get("Content-Length")
        if answer.status_code == 206:
            first, _, total = answer.headers.get("Content-Range", "").partition("/")
            start = have
            if first.partition("-")[0] != f"bytes {have}":
                forget(self.part)
                raise CutError("the server sent another range than was asked for")
        elif answer.status_code != 200:
            forget(self.part)  # 416: there is less than we have, so ours is not the start of it
            raise CutError(f"the server answers {answer.status_code} {answer.reason}")
        size = int(total) if total and total.isdigit() else None
        if size is not None and self.pinned.bytes not in (None, size):
            raise RefusedError(f"the server has {size:,} bytes instead of {self.pinned.bytes:,}")
        if size is not None and size > self.pinned.largest:
            raise RefusedError(
                f"the server has {size:,} bytes, more than the {self.pinned.largest:,} allowed"
            )
        return start, size

    def _note(self, answer: requests.Response) -> None:
        tag = answer.headers.get("ETag", "")
        mark = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")
        _note(self.part).write_text(
            json.dumps({"url": public(self.url), "mark": mark}), encoding="utf-8"
        )

    def _receive(self, answer: requests.Response, start: int, total: int | None) -> None:
        self.resumed |= start > 0
        have = start
        with open(self.part, "ab") as file:
            self.progress.at(have)
            for block in answer.iter_content(AT_ONCE):
                have += len(block)
                if have > self.pinned.largest:
                    raise RefusedError(f"the server sends more than {self.pinned.largest:,} bytes")
                file.write(block)
                self.progress.at(have)
            file.flush()
            os.fsync(file.fileno())
        if have < (total or self.pinned.bytes or 0):
            raise CutError("the connection was cut")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.from")
