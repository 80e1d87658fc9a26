"""Files from elsewhere: what config/datasets.yaml lists, who needs what, and where it lies.

A signal names the files it needs by a planning function `needs`, a metric by a literal `needs`.
Every one of them becomes `<results>/downloads/<path>`, which a download rule makes: of the user's
own `datasets` folder, of the `mirror`, or of the network, in this order.
"""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import Field, PositiveInt, model_validator

from fieldbench.plan import registry
from fieldbench.plan.config import Config, Preset, Strict, parse, read_yaml
from fieldbench.plan.errors import UserError
from fieldbench.plan.paths import DOWNLOADS

# Segments that begin with a letter or digit: no way out of the folder, nothing hidden.
SAFE_PATH = r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$"
SAFE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
URL = r"^https?://[^\s]+$"
SHA256 = r"^[0-9a-f]{64}$"
SHA1 = r"^[0-9a-f]{40}$"
ARCHIVES = "archives"  # below downloads: whole archives, where single members cannot be had
SUMS = "SHA256SUMS"
ASKING = 5.0  # seconds that a mirror may take to say whether it has a file


class Pinned(Strict):
    """What is known of a file before it is fetched."""

    bytes: PositiveInt | None = Field(None, description="Its size, where that is known.")
    at_most: PositiveInt | None = Field(
        None, description="A bound on its size, where the size is not known."
    )
    sha256: str | None = Field(None, pattern=SHA256, description="Its SHA-256, where known.")
    git_blob: str | None = Field(
        None, pattern=SHA1, description="What `git hash-object` says of it, where that is known."
    )

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if (self.bytes is None) == (self.at_most is None):
            raise ValueError("give either bytes or at_most")
        return self

    @property
    def largest(self) -> int:
        """No more bytes than this are ever written."""
        return self.bytes or self.at_most or 0

    @property
    def known(self) -> bool:
        """Whether its content can be told from any other."""
        return bool(self.sha256 or self.git_blob)


class Archive(Pinned):
    """A ZIP or TAR file that holds some of the files."""

    name: str = Field(pattern=SAFE_NAME, description="Its name below downloads/archives.")
    url: str = Field(pattern=URL, description="Where it is.")


class Member(Strict):
    """A place: a member of an archive."""

    archive: str = Field(description="The archive's name, in the same collection.")
    member: str = Field(min_length=1, description="The member's name, as the archive has it.")


class File(Pinned):
    """A file that can be downloaded."""

    path: str = Field(
        pattern=SAFE_PATH,
        description="Its place below downloads, in a mirror and in a datasets folder.",
    )
    places: list[str | Member] = Field(
        min_length=1, description="URLs and members of archives, in the order they are tried."
    )

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.path.split("/")[0] in (ARCHIVES, SUMS):
            raise ValueError(f"the path may not begin with {self.path.split('/')[0]}")
        for place in self.places:
            if isinstance(place, str) and not re.match(URL, place):
                raise ValueError(f"{place!r} is no http or https URL")
        return self


class Collection(Strict):
    """Files of one origin."""

    about: str = Field(description="What they are.")
    source: str = Field(description="Where they come from, and how that is known.")
    terms: str = Field(description="What one may do with them.")
    archives: dict[str, Archive] = Field({}, description="Archives, by a name.")
    files: dict[str, File] = Field(
        min_length=1, description="Files, by the keys that ask for them."
    )

    @model_validator(mode="after")
    def _archives_are_there(self) -> Self:
        for key, file in self.files.items():
            for place in file.places:
                if isinstance(place, Member) and place.archive not in self.archives:
                    raise ValueError(f"{key}: there is no archive '{place.archive}'")
        return self


class DatasetsConfig(Strict):
    """config/datasets.yaml: every file that a run may fetch, pinned."""

    collections: dict[str, Collection] = Field(
        min_length=1, description="Collections by a name; each has a download rule."
    )


@dataclass(frozen=True, eq=False)
class Dataset:
    """A file, its key, and the collection that it belongs to."""

    key: str
    family: str
    collection: Collection
    file: File


class Catalogue:
    """config/datasets.yaml, read and checked; files are looked up by their key or path."""

    def __init__(self, path: Path):
        self.where = str(path)
        self.collections = parse(DatasetsConfig, read_yaml(path), self.where).collections
        self.by_key: dict[str, Dataset] = {}
        self.by_path: dict[str, Dataset] = {}
        for family, collection in self.collections.items():
            for key, file in collection.files.items():
                self._add(Dataset(key, family, collection, file))

    def _add(self, dataset: Dataset) -> None:
        for name in (dataset.family, dataset.key):
            if not registry.is_name(name):
                raise UserError(
                    f"{self.where}: '{name}' is not a usable name.",
                    "Use small letters, digits and single hyphens, beginning with a letter.",
                )
        if dataset.key in self.by_key or dataset.file.path in self.by_path:
            raise UserError(
                f"{self.where} lists '{dataset.key}' or its path twice.", "Rename one of the two."
            )
        self.by_key[dataset.key] = self.by_path[dataset.file.path] = dataset

    def get(self, key: str, who: str) -> Dataset:
        """The dataset of a key that `who` needs."""
        if key not in self.by_key:
            raise UserError(
                f"{who} needs the file '{key}', which {self.where} does not list.",
                registry.nearest(key, self.by_key),
            )
        return self.by_key[key]

    def paths(self, *families: str, but: Iterable[str] = ()) -> list[str]:
        """The paths of these collections; without any, of all but some."""
        wanted = families or set(self.collections) - set(but)
        return [d.file.path for d in self.by_key.values() if d.family in wanted]


def needs_of_signal(kind: str, settings: dict[str, Any]) -> tuple[str, ...]:
    """The keys of the files that a signal is made from, in the order its class takes them."""
    declared = registry.declare("signals", kind)
    needs = declared.functions.get("needs")
    return tuple(needs(**(declared.settings | settings))) if needs else ()


def needs_of_metric(name: str) -> tuple[str, ...]:
    """The keys of the files that a metric reads, in the order its class takes them."""
    return tuple(registry.declare("metrics", name).facts.get("needs", ()))


class Places:
    """Where a run finds files from elsewhere, as config/config.yaml says."""

    def __init__(self, config: Config):
        self.downloads = Path(config.results) / DOWNLOADS
        self.own = Path(config.datasets).expanduser() if config.datasets else None
        self.mirror = config.mirror.rstrip("/") if config.mirror else None
        self.network = config.network

    @cached_property
    def mirror_folder(self) -> Path | None:
        """The mirror, where it is a folder."""
        if self.mirror is None or self.mirror.startswith(("http://", "https://")):
            return None
        if self.mirror.startswith("file://"):
            return Path(urllib.parse.unquote(urllib.parse.urlsplit(self.mirror).path))
        return Path(self.mirror).expanduser()

    def mirror_url(self, path: str) -> str:
        """The address of a file, where the mirror is a server."""
        return f"{self.mirror}/{urllib.parse.quote(path)}"

    def check(self) -> None:
        """Raise a UserError for a folder that is not there."""
        if self.mirror and (scheme := re.match(r"(?!https?:|file:)\w[\w+.-]*://", self.mirror)):
            raise UserError(
                f"The mirror {self.mirror} cannot be asked: nothing here speaks {scheme[0]}.",
                "Give `mirror` as a folder, or as a file://, http:// or https:// address.",
            )
        for key, folder in (("datasets", self.own), ("mirror", self.mirror_folder)):
            if folder is not None and not folder.is_dir():
                raise UserError(
                    f"The folder {folder} is not there.",
                    f"Mend `{key}` in config/config.yaml, or take it out.",
                )

    def at_hand(self, path: str, ask: bool) -> bool:
        """Whether a file can be had without the network; `ask`: a mirror may be asked over HTTP."""
        folders = (self.own, self.downloads, self.mirror_folder)
        if any(folder is not None and (folder / path).is_file() for folder in folders):
            return True
        return ask and self.mirror is not None and self.mirror_folder is None and self._asked(path)

    def _asked(self, path: str) -> bool:
        request = urllib.request.Request(self.mirror_url(path), method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=ASKING):
                return True
        except (OSError, ValueError, urllib.error.HTTPError):
            return False


class Supplies:
    """The files that a run needs, and whether they can be had.

    `checks` is for the process that begins a run: it alone asks a mirror over HTTP and refuses
    what cannot be had. A job's own process, perhaps on a machine without a network, takes over
    what has been decided: its files are there by the time it starts.
    """

    def __init__(self, config: Config, catalogue: Catalogue, checks: bool):
        self.catalogue = catalogue
        self.places = Places(config)
        self.checks = checks
        if checks:
            self.places.check()

    @property
    def pattern(self) -> str:
        return f"{self.places.downloads}/{{file}}"

    def path(self, dataset: Dataset) -> str:
        """Where a file lies once it has been fetched."""
        return f"{self.places.downloads}/{dataset.file.path}"

    def of_signal(self, name: str, kind: str, settings: dict[str, Any]) -> list[Dataset]:
        keys = needs_of_signal(kind, settings)
        return [self.catalogue.get(key, f"Signal '{name}'") for key in keys]

    def of_metric(self, name: str) -> list[Dataset]:
        return [self.catalogue.get(key, f"Metric {name}") for key in needs_of_metric(name)]

    def absent(self, datasets: Iterable[Dataset]) -> list[Dataset]:
        """Those that cannot be had; with a network, every one is taken to be downloadable."""
        if self.places.network:
            return []
        return [d for d in datasets if not self.places.at_hand(d.file.path, ask=self.checks)]

    def require(self, datasets: Iterable[Dataset]) -> None:
        """Raise a UserError that names what cannot be had."""
        if self.checks and (missing := self.absent(datasets)):
            paths = ", ".join(d.file.path for d in missing)
            raise UserError(
                f"This preset needs files that are not here, and `network` is false: {paths}.",
                "Put them below the folder that `datasets` or `mirror` in config/config.yaml "
                "names, or set `network: true`.",
            )

    def without_absent_metrics(self, preset: Preset) -> tuple[Preset, dict[str, list[str]]]:
        """The preset without those of its optional metrics whose files cannot be had."""
        left_out: dict[str, list[str]] = {}
        for metric in preset.optional_metrics:
            if missing := self.absent(self.of_metric(metric)):
                left_out[metric] = [d.file.path for d in missing]
        studies = {
            name: study.model_copy(
                update={"metrics": [m for m in study.metrics if m not in left_out]}
            )
            for name, study in preset.studies.items()
        }
        for name, study in studies.items():
            if not study.metrics:
                raise UserError(
                    f"Study {name} has no metric whose files can be had.",
                    "Add psnr to its metrics, or make the files available.",
                )
        return preset.model_copy(update={"studies": studies}), left_out
