"""Fetch a file of config/datasets.yaml from the nearest source that has it.

Our own rather than pooch's: pooch neither resumes a cut download nor bounds its size, and follows
redirects from https to http.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from fieldbench.downloads import archives, checks
from fieldbench.downloads.faults import RefusedError, WithoutRangesError
from fieldbench.downloads.locks import locked
from fieldbench.downloads.telling import Voice, megabytes
from fieldbench.downloads.transfer import download, forget
from fieldbench.downloads.web import Patience
from fieldbench.plan.config.datasets import ARCHIVES, Archive, Dataset, Member, Pinned
from fieldbench.plan.errors import UserError, cannot_write
from fieldbench.plan.targets.data_files import Sources, public


@dataclass(frozen=True)
class Whole:
    """A member of an archive that its server gives only whole."""

    of: Member


Source = str | Path | Member | Whole  # a URL, a file of a mirror's folder, or a member
PART = ".part"  # the ending of partial files, which are hidden beside the files they become


def fetch(
    dataset: Dataset, sources: Sources, voice: Voice | None = None, patience: Patience | None = None
) -> None:
    """Write `<downloads>/<path>`, whole and checked; raise a UserError if no source has it."""
    job = _Fetch(dataset, sources, voice or Voice(), patience or Patience())
    try:
        with locked(job.target, job.voice):
            job.run()
    except OSError as error:
        raise cannot_write(job.target, error) from error


class _Fetch:
    def __init__(self, dataset: Dataset, sources: Sources, voice: Voice, patience: Patience):
        self.dataset, self.file, self.sources = dataset, dataset.file, sources
        self.voice, self.patience = voice, patience
        self.target = sources.downloads / self.file.path
        self.part = _part(self.target)
        self.archive_folder = sources.downloads / ARCHIVES

    def run(self) -> None:
        """Try one source after the other until one gives the right file."""
        if self.target.exists() and checks.fault(self.target, self.file) is None:
            self.voice.say(f"{self.target} is there already")
            return
        if self._use_own():
            return
        order, reasons = self._in_order(), []
        while order:
            source = order.pop(0)
            try:
                self._from(source)
            except RefusedError as why:
                if isinstance(why, WithoutRangesError) and isinstance(source, Member):
                    order.append(Whole(source))  # many times as much, so after all others
                reasons.append(f"{self._where(source)}: {why}")
                self.voice.say(f"not from {reasons[-1]}")
                continue
            self._keep(source)
            return
        raise self._in_vain(reasons)

    def _use_own(self) -> bool:
        """Link to the file in the user's own folder; False if it is not there."""
        own = self.sources.own and self.sources.own / self.file.path
        if not own or not own.is_file():
            return False
        try:
            why = checks.fault(own, self.file)
        except OSError as error:
            why = f"cannot be read ({error.strerror})"
        if why:
            raise UserError(
                f"{own} is not the expected file: it {why}.",
                "Put the right file there, or remove this one so that it is fetched.",
            )
        self._hold(own, self.file, self.file.path)
        link = self.target.with_name(f".{self.target.name}.link")
        link.unlink(missing_ok=True)
        link.symlink_to(own.absolute())
        os.replace(link, self.target)
        self.voice.tell(f"{self.file.path}: used where it is, {own}")
        return True

    def _in_order(self) -> list[Source]:
        order: list[Source] = []
        if self.sources.mirror_folder is not None:
            order.append(self.sources.mirror_folder / self.file.path)
        elif self.sources.mirror is not None:
            order.append(self.sources.mirror_url(self.file.path))
        return order + (self.file.places if self.sources.network else [])

    def _from(self, source: Source) -> None:
        """Fill the partial file from a source and check it."""
        if isinstance(source, Path):
            self._copy(source)
        elif isinstance(source, Member):
            self._unpack(source, by_ranges=True)
        elif isinstance(source, Whole):
            self._unpack(source.of, by_ranges=False)
        else:
            _load(source, self.part, self.file, self.voice, self.patience, self.file.path)
            return
        _check(self.part, self.file)

    def _copy(self, source: Path) -> None:
        if not source.is_file():
            raise RefusedError("it is not there")
        if not os.access(source, os.R_OK):
            raise RefusedError("it may not be read")
        if source.stat().st_size > self.file.largest:
            raise RefusedError("it is too large")
        forget(self.part)
        with open(source, "rb") as reading, open(self.part, "wb") as file:
            shutil.copyfileobj(reading, file)
            file.flush()
            os.fsync(file.fileno())

    def _unpack(self, source: Member, by_ranges: bool) -> None:
        forget(self.part)
        archive = self._archive(source)
        whole = self.archive_folder / archive.name
        if by_ranges and archives.is_zip(archive) and not whole.exists():
            archives.take_remotely(
                archive, source.member, self.part, self.file, self.voice, self.patience
            )
            return
        with locked(whole, self.voice):
            if not whole.exists():
                self._load_whole(archive, whole)
        archives.take(whole, source.member, self.part, self.file, self.voice)

    def _archive(self, source: Member) -> Archive:
        return self.dataset.collection.archives[source.archive]

    def _load_whole(self, archive: Archive, whole: Path) -> None:
        size = f" of {megabytes(archive.bytes)}" if archive.bytes else ""
        self.voice.tell(f"fetching the archive {archive.name}{size}, to be kept in {whole.parent}")
        part = _part(whole)
        _load(archive.url, part, archive, self.voice, self.patience, archive.name)
        self._hold(part, archive, f"{ARCHIVES}/{archive.name}")
        _finish(part, whole)

    def _hold(self, path: Path, pinned: Pinned, name: str) -> None:
        """Hold a file without a known checksum to the one that was fetched first."""
        if pinned.known:
            return
        try:
            checks.hold_to_first(path, name, self.sources.downloads, self.voice)
        except UserError:
            if path.suffix == PART:
                forget(path)
            raise

    def _keep(self, source: Source) -> None:
        self._hold(self.part, self.file, self.file.path)
        size = self.part.stat().st_size
        _finish(self.part, self.target)
        self.voice.tell(f"{self.file.path}: {megabytes(size)} from {self._where(source)}")

    def _where(self, source: Source) -> str:
        """The name of a source in messages."""
        if isinstance(source, Member):
            return f"{source.member} of {self._archive(source).url}"
        if isinstance(source, Whole):
            return f"{source.of.member} of all of {self._archive(source.of).url}"
        return public(str(source))

    def _in_vain(self, reasons: list[str]) -> UserError:
        if not self.sources.network:
            reasons.append("the network may not be used (`network` is false)")
        if not self.file.places:
            reasons.append("no address offers it as a single file")
        folder = self.sources.own or "DATASETS"
        named = "" if self.sources.own else " with `datasets: DATASETS`"
        return UserError(
            f"{self.file.path} cannot be fetched: {'; '.join(reasons)}.",
            f"Put it at {folder}/{self.file.path}{named} in config/config.yaml, or set `mirror:` "
            "there to a copy that has it, or try again later.",
        )


def _load(
    url: str, part: Path, pinned: Pinned, voice: Voice, patience: Patience, name: str
) -> None:
    """Download and check a file; fetch it again from its start if a resumed one is wrong."""
    for _ in range(2):
        resumed = download(url, part, pinned, voice, patience, name)
        why = checks.fault(part, pinned)
        if why is None:
            return
        forget(part)
        if not resumed:
            break
        voice.say(f"{name} {why} after it was resumed; fetching it from its start")
    raise RefusedError(f"what came {why}")


def _check(part: Path, pinned: Pinned) -> None:
    if why := checks.fault(part, pinned):
        forget(part)
        raise RefusedError(f"what came {why}")


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}{PART}")


def _finish(part: Path, target: Path) -> None:
    os.replace(part, target)
    forget(part)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
