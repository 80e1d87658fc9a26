"""Unpack one member of an archive, and nothing else.

A name inside an archive is only ever compared, never used as a path; links and devices are refused;
no more bytes are unpacked than the member may have.
"""

import gzip
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import requests
from remotezip import RangeNotSupported, RemoteFetcher, RemoteIOError, RemoteZip, RemoteZipError

from fieldbench.downloads.faults import CutError, RefusedError, WithoutRangesError
from fieldbench.downloads.telling import Progress, Voice
from fieldbench.downloads.web import Patience, again, failures, session
from fieldbench.plan.config.datasets import Archive, Pinned

AT_ONCE = 1 << 16  # bytes
MOST_PACKED = 100  # times that an archive's content may be larger than itself


def is_zip(archive: Archive) -> bool:
    """Whether an archive is a ZIP, by its name."""
    return archive.name.lower().endswith(".zip")


def take_remotely(
    archive: Archive, member: str, part: Path, pinned: Pinned, voice: Voice, patience: Patience
) -> None:
    """Read one member of a ZIP file on a server by range requests."""

    class Fetcher(RemoteFetcher):
        """A fetcher that knows the size of the archive and never reads beyond it."""

        def get_file_size(self) -> int:
            return archive.bytes or super().get_file_size()

    def once() -> None:
        with session() as asking, failures(), _damages(archive.name):
            asking.hooks["response"].append(lambda answer, **_: _check_size(answer, archive))
            try:
                with RemoteZip(
                    archive.url,
                    session=asking,
                    fetcher=Fetcher,
                    support_suffix_range=False,
                    timeout=patience.timeout,
                ) as remote:
                    _from_zip(remote, member, part, pinned, voice)
            except RangeNotSupported:
                raise WithoutRangesError("the server gives no part of the archive") from None
            except RemoteIOError as error:
                raise error.__context__ or error from None  # what the line said, for `failures`
            except RemoteZipError:
                raise WithoutRangesError("the server gives other parts than asked for") from None
            except EOFError:
                raise CutError("the connection was cut") from None

    again(once, lambda: 0, voice, patience)


def _check_size(answer: requests.Response, archive: Archive) -> None:
    total = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if archive.bytes is not None and total.isdigit() and int(total) != archive.bytes:
        raise RefusedError(
            f"the server's {archive.name} has {int(total):,} bytes instead of {archive.bytes:,}"
        )


def take(path: Path, member: str, part: Path, pinned: Pinned, voice: Voice) -> None:
    """Unpack one member of an archive on disk."""
    with _damages(path.name):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                _from_zip(packed, member, part, pinned, voice)
        else:
            with (
                _unpacked(path) as stream,
                tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as tar,
            ):
                _from_tar(tar, member, part, pinned, voice)


@contextmanager
def _damages(name: str) -> Iterator[None]:
    """Turn what a reader raises for a damaged archive into a RefusedError."""
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError):
        raise RefusedError(f"the archive {name} is damaged") from None
    except (NotImplementedError, RuntimeError):  # so zipfile says that it cannot unpack
        raise RefusedError(f"the archive {name} is packed in an unknown way") from None


def _from_zip(
    packed: zipfile.ZipFile, member: str, part: Path, pinned: Pinned, voice: Voice
) -> None:
    try:
        info = packed.getinfo(member)
    except KeyError:
        raise RefusedError(f"the archive has no member {member}") from None
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.is_dir() or kind not in (0, stat.S_IFREG) or info.flag_bits & 1:
        raise RefusedError(f"{member} of the archive is no plain file")
    with packed.open(info) as source:
        _copy(source, info.file_size, part, pinned, voice, member)


def _from_tar(tar: tarfile.TarFile, member: str, part: Path, pinned: Pinned, voice: Voice) -> None:
    for info in tar:
        if info.name.removeprefix("./") != member:
            continue
        if not info.isreg() or info.issparse():
            raise RefusedError(f"{member} of the archive is no plain file")
        _copy(cast(IO[bytes], tar.extractfile(info)), info.size, part, pinned, voice, member)
        return
    raise RefusedError(f"the archive has no member {member}")


def _copy(
    source: IO[bytes], size: int, part: Path, pinned: Pinned, voice: Voice, name: str
) -> None:
    if size > pinned.largest or pinned.bytes not in (None, size):
        raise RefusedError(f"{name} of the archive says that it has {size:,} bytes")
    have = 0
    with open(part, "wb") as file, Progress(voice, name, size) as progress:
        while block := source.read(AT_ONCE):
            have += len(block)
            if have > size:
                raise RefusedError(f"{name} of the archive is larger than it says")
            file.write(block)
            progress.at(have)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _unpacked(path: Path) -> Iterator["_Bounded"]:
    """The bytes of a TAR file, unpacked where it is gzipped."""
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        most = MOST_PACKED * path.stat().st_size
        if packed:
            with gzip.GzipFile(fileobj=file) as stream:
                yield _Bounded(stream, most)
        else:
            yield _Bounded(file, most)


class _Bounded:
    """A stream that refuses to give more than a number of bytes."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, most: int):
        self.stream, self.left = stream, most

    def read(self, count: int) -> bytes:
        if count > self.left:
            raise RefusedError(f"the archive unpacks to more than {MOST_PACKED} times its size")
        block = self.stream.read(count)
        self.left -= len(block)
        return block
