"""A file of config/datasets.yaml to its place below downloads: from the nearest that has it."""

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
from fieldbench.plan.targets.data_files import Places, public


@dataclass(frozen=True)
class Whole:
    """A place: a member of an archive whose server gives no parts of it."""

    of: Member


Place = str | Path | Member | Whole  # a URL, a file of a mirror's folder, or a member
PART = ".part"  # the ending of partial files, which are hidden beside their places


def fetch(
    dataset: Dataset, places: Places, voice: Voice | None = None, patience: Patience | None = None
) -> None:
    """Make `<downloads>/<path>`, whole and checked, or raise a UserError."""
    job = _Fetch(dataset, places, voice or Voice(), patience or Patience())
    try:
        with locked(job.target, job.voice):
            job.run()
    except OSError as error:
        raise cannot_write(job.target, error) from error


class _Fetch:
    def __init__(self, dataset: Dataset, places: Places, voice: Voice, patience: Patience):
        self.dataset, self.file, self.places = dataset, dataset.file, places
        self.voice, self.patience = voice, patience
        self.target = places.downloads / self.file.path
        self.part = _part(self.target)
        self.archive_folder = places.downloads / ARCHIVES

    def run(self) -> None:
        """Try one place after the other; the first whose file is right wins."""
        if self.target.exists() and checks.fault(self.target, self.file) is None:
            self.voice.say(f"{self.target} is there already")
            return
        if self._use_own():
            return
        order, reasons = self._in_order(), []
        while order:
            place = order.pop(0)
            try:
                self._from(place)
            except RefusedError as why:
                if isinstance(why, WithoutRangesError):
                    order.append(Whole(place))  # many times as much, so after all others
                reasons.append(f"{self._where(place)}: {why}")
                self.voice.say(f"not from {reasons[-1]}")
                continue
            self._keep(place)
            return
        raise self._in_vain(reasons)

    def _use_own(self) -> bool:
        """Link to the file in the user's own folder, if it is there."""
        own = self.places.own and self.places.own / self.file.path
        if not own or not own.is_file():
            return False
        try:
            why = checks.fault(own, self.file)
        except OSError as error:
            why = f"cannot be read ({error.strerror})"
        if why:
            raise UserError(
                f"{own} is not the file that is meant: it {why}.",
                "Put the right one there, or take it away so that it is fetched.",
            )
        self._hold(own, self.file, self.file.path)
        link = self.target.with_name(f".{self.target.name}.link")
        link.unlink(missing_ok=True)
        link.symlink_to(own.absolute())
        os.replace(link, self.target)
        self.voice.tell(f"{self.file.path}: used where it is, {own}")
        return True

    def _in_order(self) -> list[Place]:
        order: list[Place] = []
        if self.places.mirror_folder is not None:
            order.append(self.places.mirror_folder / self.file.path)
        elif self.places.mirror is not None:
            order.append(self.places.mirror_url(self.file.path))
        return order + (self.file.places if self.places.network else [])

    def _from(self, place: Place) -> None:
        """Fill the partial file from a place, and check it."""
        if isinstance(place, Path):
            self._copy(place)
        elif isinstance(place, Member):
            self._unpack(place, by_ranges=True)
        elif isinstance(place, Whole):
            self._unpack(place.of, by_ranges=False)
        else:
            _load(place, self.part, self.file, self.voice, self.patience, self.file.path)
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

    def _unpack(self, place: Member, by_ranges: bool) -> None:
        forget(self.part)
        archive = self._archive(place)
        whole = self.archive_folder / archive.name
        if by_ranges and archives.is_zip(archive) and not whole.exists():
            archives.take_remotely(
                archive, place.member, self.part, self.file, self.voice, self.patience
            )
            return
        with locked(whole, self.voice):
            if not whole.exists():
                self._load_whole(archive, whole)
        archives.take(whole, place.member, self.part, self.file, self.voice)

    def _archive(self, place: Member) -> Archive:
        return self.dataset.collection.archives[place.archive]

    def _load_whole(self, archive: Archive, whole: Path) -> None:
        size = f" of {megabytes(archive.bytes)}" if archive.bytes else ""
        self.voice.tell(f"fetching the archive {archive.name}{size}, to be kept in {whole.parent}")
        part = _part(whole)
        _load(archive.url, part, archive, self.voice, self.patience, archive.name)
        self._hold(part, archive, f"{ARCHIVES}/{archive.name}")
        _finish(part, whole)

    def _hold(self, path: Path, pinned: Pinned, name: str) -> None:
        """What is pinned nowhere must be what it was at first."""
        if pinned.known:
            return
        try:
            checks.hold_to_first(path, name, self.places.downloads, self.voice)
        except UserError:
            if path.suffix == PART:
                forget(path)
            raise

    def _keep(self, place: Place) -> None:
        self._hold(self.part, self.file, self.file.path)
        size = self.part.stat().st_size
        _finish(self.part, self.target)
        self.voice.tell(f"{self.file.path}: {megabytes(size)} from {self._where(place)}")

    def _where(self, place: Place) -> str:
        """A place, for people."""
        if isinstance(place, Member):
            return f"{place.member} of {self._archive(place).url}"
        if isinstance(place, Whole):
            return f"{place.of.member} of all of {self._archive(place.of).url}"
        return public(str(place))

    def _in_vain(self, reasons: list[str]) -> UserError:
        if not self.places.network:
            reasons.append("the network may not be asked (`network` is false)")
        if not self.file.places:
            reasons.append("no address has it as it is")
        folder = self.places.own or "DATASETS"
        named = "" if self.places.own else " with `datasets: DATASETS`"
        return UserError(
            f"{self.file.path} cannot be had: {'; '.join(reasons)}.",
            f"Put it at {folder}/{self.file.path}{named} in config/config.yaml, or set `mirror:` "
            "there to a copy that has it, or try again later.",
        )


def _load(
    url: str, part: Path, pinned: Pinned, voice: Voice, patience: Patience, name: str
) -> None:
    """Download and check; what was resumed and is wrong is fetched once more from its start."""
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
