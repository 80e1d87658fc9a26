"""What the tests of downloads share: a site, a file on it, and little patience."""

import hashlib
import random
from pathlib import Path

import pytest

from fieldbench.downloads.fetch import fetch
from fieldbench.downloads.telling import Voice
from fieldbench.downloads.web import Patience
from fieldbench.plan.config.datasets import Archive, Collection, Dataset, File
from fieldbench.plan.config.models import Config
from fieldbench.plan.errors import UserError
from fieldbench.plan.targets.data_files import Sources

HASTY = Patience(tries=3, first_wait=0.01, longest_wait=0.05, connect=2.0, silence=0.25)
CONTENT = random.Random(0).randbytes(700_000)
HALF = len(CONTENT) // 2
THING = "/thing.bin"  # where the site has it


def pins(content=CONTENT):
    """A file that is known to the last byte."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def unknown(content=CONTENT):
    """A file of which only a bound is known."""
    return {"at_most": 2 * len(content)}


def dataset(*places, path="some/thing.bin", archives=None, **pinned):
    """A dataset at these places; without pins, known to the last byte."""
    file = File(path=path, places=list(places), **(pinned or pins()))
    archives = {name: Archive(**about) for name, about in (archives or {}).items()}
    about = {"about": "a", "source": "s", "terms": "t"}
    collection = Collection(**about, archives=archives, files={"thing": file})
    return Dataset("thing", "things", collection, file)


def places(tmp_path, **config):
    return Sources(Config(results=str(tmp_path / "results"), **config))


def fetched(wanted, at, patience=HASTY) -> Path:
    """Fetch a dataset; the file that came of it."""
    fetch(wanted, at, Voice(), patience)
    return at.downloads / wanted.file.path


def leftovers(at) -> list[str]:
    """What lies below downloads beside locks and notes of checksums: nothing partial, we hope."""
    found = (f for f in at.downloads.rglob("*") if f.is_file() or f.is_symlink())
    return sorted(f.name for f in found if f.suffix != ".lock" and f.name != "SHA256SUMS")


def refused(wanted, at, *words, patience=HASTY):
    """Fetching fails with these words, two sentences, and nothing at the file's place."""
    with pytest.raises(UserError) as caught:
        fetched(wanted, at, patience)
    for word in words:
        assert word in caught.value.what, caught.value
    assert caught.value.what.endswith(".") and caught.value.todo.endswith(".")
    assert not (at.downloads / wanted.file.path).exists()
    return caught.value
