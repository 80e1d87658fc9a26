"""Files from elsewhere, as config/datasets.yaml lists them: each with its places and its pins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import Field, PositiveInt, model_validator

from fieldbench.plan.config.models import Strict
from fieldbench.plan.config.reading import parse, read_yaml
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError

# Segments that begin with a letter or digit: no way out of the folder, nothing hidden.
SAFE_PATH = r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$"
SAFE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
URL = r"^https?://[^\s]+$"
SHA256 = r"^[0-9a-f]{64}$"
SHA1 = r"^[0-9a-f]{40}$"
ARCHIVES = "archives"  # below downloads: whole archives, where single members cannot be had
SUMS = "SHA256SUMS"


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
        description="URLs and members of archives, in the order they are tried. Empty where the "
        "file is made of others: only a mirror or a datasets folder can have it."
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
