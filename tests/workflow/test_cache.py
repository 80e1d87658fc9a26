"""Snakemake's cache between workflows: a second clone takes over what a first one has made."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import runs
from runs import edited

PRESET = "small.yaml"


@dataclass(frozen=True)
class Clones:
    """Two clones after a run each, and their one cache before and after the second run."""

    first: Path
    second: Path
    env: dict[str, str]
    before: dict[str, int]
    after: dict[str, int]


@pytest.fixture(scope="module")
def clones(project, tmp_path_factory):
    place = tmp_path_factory.mktemp("cache")
    (place / "cache").mkdir()
    env = {"SNAKEMAKE_OUTPUT_CACHE": str(place / "cache")}
    folders, entries = [], []
    for name in ("first", "second"):
        folders.append(runs.copy_folder(project, place / name))
        runs.run(folders[-1], PRESET, env=env)
        entries.append({f.name: f.stat().st_mtime_ns for f in (place / "cache").iterdir()})
    return Clones(*folders, env, *entries)


def fits(folder) -> dict[str, Path]:
    """Every fit and the entry of the cache that it is."""
    found = runs.found(folder, "*/fits/**/*.h5")
    assert len(found) == runs.SMALL_FITS and all(fit.is_symlink() for fit in found.values())
    return {name: fit.resolve() for name, fit in found.items()}


def test_second_clone_makes_nothing(clones, small):
    assert fits(clones.second) == fits(clones.first)
    assert clones.after == clones.before
    assert runs.drawn(clones.second) == runs.drawn(small.folder)
    assert runs.digests(clones.second) == runs.digests(small.folder)


def test_an_edited_model_is_trained_and_the_others_are_taken_over(clones):
    siren = clones.second / "workflow/fieldbench/models/siren.py"
    with edited(siren, "omega: float = 90.0", "omega: float = 80.0"):
        runs.run(clones.second, PRESET, env=clones.env)
    old, new = fits(clones.first), fits(clones.second)
    assert {n for n in new if new[n] != old[n]} == {n for n in new if "/siren-" in n}
    assert not {new[n].name for n in new if "/siren-" in n} & set(clones.after)


def test_no_word_of_caches_where_there_is_none(small):
    assert "cach" not in small.stderr.lower()
