"""Snakemake's cache between workflows: a second clone, or user, takes over what a first has made.

Whether an edit is served what was made without it, a dry run tells: it says of every output whether
it would be taken from the cache.
"""

import os
import pwd
import re
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest
from helpers import edits, other_user, rules, runs
from helpers.runs import edited
from test_bad_input import told

PRESET = "small.yaml"
OWN = """\
signals: {mine: {kind: file, path: mine.npy}}
studies: {main: {question: Why, signals: [mine], models: [grid], budgets: [100]}}
"""
AFTER_FITS = ("fits/*", "scores/*", "tables/*", "figures/*")
EVERYTHING = ("signals/*", "observations/*", *AFTER_FITS)
LABELS = ("figures/*", "*.md", "*.tex", "*/summary.csv", "*-by-model.csv")

# A file, what is replaced in it, and the outputs that are then not taken over: exactly these.
EDITS = {
    "the library": (
        "workflow/fieldbench/training/loop.py", "def train(", "NEW = 1\n\n\ndef train(", AFTER_FITS
    ),
    "a model": (
        f"workflow/{edits.SIREN}", *edits.SIREN_EDIT,
        ("fits/*/siren-*", "scores/*/siren*", "tables/*", "figures/*"),
    ),
    "steps": (PRESET, "steps: 600", "steps: 601", AFTER_FITS),
    "threads": (PRESET, "{steps", "{threads: 2, steps", AFTER_FITS),
    "the device": (PRESET, "signals:\n", "device: cuda\nsignals:\n", AFTER_FITS),
    "a label": ("config/figures.yaml", "name: SIREN", "name: Sine network", LABELS),
    "a signal's name": (PRESET, runs.SMALL, runs.SMALL.replace("noise", "other"), EVERYTHING),
    "the models' order": (PRESET, "[grid, siren]", "[siren, grid]", ("tables/*", "figures/*")),
}  # fmt: skip


@dataclass(frozen=True)
class Clones:
    """Two clones after a run each, and their one cache before and after the second run."""

    first: Path
    second: Path
    fresh: Path  # a third one, where nothing is run
    env: dict[str, str]
    before: dict[str, int]
    after: dict[str, int]


def entries(cache: Path) -> dict[str, int]:
    return {f.name: f.stat().st_mtime_ns for f in cache.iterdir()}


def second_run(folder: Path, env: dict[str, str]) -> None:
    """Run the preset in the second clone, as another user where there is one."""
    if not other_user.is_there():
        runs.run(folder, PRESET, env=env)
        return
    other_user.give(folder)
    other_user.share(Path(env["SNAKEMAKE_OUTPUT_CACHE"]))
    words = [*runs.SNAKEMAKE, "--cores", "2", "--config", f"preset={PRESET}"]
    done = other_user.run(words, folder, runs.surroundings() | env)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="module")
def clones(project):
    with tempfile.TemporaryDirectory(prefix="fieldbench-cache-") as name:
        place = Path(name)
        place.chmod(0o755)  # pytest's own folders are closed to others
        first, second, fresh = (runs.copy_folder(project, place / n) for n in "123")
        cache = place / "cache"
        cache.mkdir()
        env = {"SNAKEMAKE_OUTPUT_CACHE": str(cache)}
        usual = os.umask(0o077)  # what a user keeps to himself, entries of the cache are not
        try:
            runs.run(first, PRESET, env=env)
        finally:
            os.umask(usual)
        before = entries(cache)
        second_run(second, env)
        yield Clones(first, second, fresh, env, before, entries(cache))


def results(folder: Path) -> dict[str, Path]:
    """Every result and the entry of the cache that it is."""
    found = runs.found(folder, "small/**/*.*")
    of_here = ("/logs/", "summary.md")  # which say what this machine did
    links = {
        n: f.resolve()
        for n, f in found.items()
        if f.is_file() and not any(part in n for part in of_here)
    }
    assert all(found[name].is_symlink() for name in links), links
    assert sum("/fits/" in name for name in links) == runs.SMALL_FITS
    return links


def untouched(folder: Path) -> bool:
    """Whether a folder has no results, but for what plans keep of files of one's own."""
    return {f.name for f in (folder / "results").glob("*")} <= {"own-files"}


def told_of(folder: Path, preset: str, env: dict[str, str], *words: str) -> dict[str, bool]:
    """Every output of a run in a fresh clone, and whether it would be taken from the cache."""
    done = runs.snakemake(folder, preset, "--dry-run", *words, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    said = re.findall(r"Output file results/\w+/(\S+) will be (obtained|written)", done.stdout)
    assert said and untouched(folder)
    return {name: how == "obtained" for name, how in said}


def test_every_result_has_an_entry_of_its_own(clones):
    """Else two jobs would have one key, and the second get what the first has made."""
    made = results(clones.first)
    assert len(set(made.values())) == len(made) == len(clones.before)


def test_second_clone_makes_nothing(clones, small):
    assert results(clones.second) == results(clones.first)
    assert clones.after == clones.before
    assert runs.drawn(clones.second) == runs.drawn(small.folder)
    assert runs.digests(clones.second) == runs.digests(small.folder)


def test_another_user_shares_what_a_closed_umask_kept(clones):
    if not other_user.is_there():
        pytest.skip("only root can be somebody else")
    owners = {file.lstat().st_uid for file in runs.found(clones.second, "small/**/*.h5").values()}
    assert owners == {pwd.getpwnam(other_user.NAME).pw_uid}


def test_links_are_as_good_as_files(clones):
    """Nothing is due where all is there, also once the variable is no longer set."""
    assert runs.recover(clones.first).returncode == 0
    assert runs.planned(clones.first, PRESET) == set()


@pytest.mark.parametrize(("file", "old", "new", "made"), EDITS.values(), ids=EDITS)
def test_what_is_not_the_same_is_not_taken_over(clones, file, old, new, made):
    with edited(clones.fresh / file, old, new):
        outputs = told_of(clones.fresh, PRESET, clones.env)
    expected = {n for n in outputs if any(fnmatch(n, pattern) for pattern in made)}
    assert {name for name, taken in outputs.items() if not taken} == expected
    assert all(any(fnmatch(n, pattern) for n in outputs) for pattern in made)


def test_what_another_torch_has_made_is_not_taken_over(clones, tmp_path):
    about = tmp_path / "torch-99.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 99.0\n")
    env = clones.env | {"PYTHONPATH": str(tmp_path)}
    outputs = told_of(clones.fresh, PRESET, env)
    assert {name for name, taken in outputs.items() if taken} == {"signals/noise-b9-s1234.h5"}


def test_own_data_count_by_what_they_hold(clones):
    """Elsewhere they are the same; changed, under the same name, they are not."""
    values = np.linspace(0, 1, 64).reshape(8, 8)
    for folder, path in ((clones.first, "mine.npy"), (clones.fresh, "other.npy")):
        (folder / "own.yaml").write_text(OWN.replace("mine.npy", path))
        np.save(folder / path, values)
    target = "results/own/signals/mine.h5"
    runs.run(clones.first, "own.yaml", target, env=clones.env)
    assert told_of(clones.fresh, "own.yaml", clones.env, target) == {"signals/mine.h5": True}
    np.save(clones.fresh / "other.npy", values.T)
    assert told_of(clones.fresh, "own.yaml", clones.env, target) == {"signals/mine.h5": False}


def test_an_entry_that_was_cut_or_deleted_is_made_again(clones):
    """A damaged one is named; once it is gone its links go too, and it alone is made."""
    folder, before = clones.first, results(clones.first)
    name = "small/fits/represent/noise-b9-s1234/siren-200-s1234.h5"
    whole = before[name].read_bytes()
    before[name].write_bytes(whole[:1000])
    score = next(n for n in before if re.search(r"/scores/.*/siren(-200-s1234)?\.h5", n))
    before[score].unlink()
    asked = (PRESET, f"results/{score}")
    told(runs.snakemake(folder, *asked, env=clones.env), f"Delete {before[name]} and run")

    before[name].unlink()
    done = runs.run(folder, *asked, env=clones.env)
    assert "1 results are no longer in the cache" in done.stderr
    assert results(folder) == before and before[name].stat().st_size == len(whole)


def test_a_cache_that_cannot_be_used_is_told_before_anything_runs(clones):
    env = {"SNAKEMAKE_OUTPUT_CACHE": str(clones.fresh / "none")}
    told(
        runs.snakemake(clones.fresh, PRESET, env=env), "which SNAKEMAKE_OUTPUT_CACHE names, is not"
    )
    assert untouched(clones.fresh)


def test_no_word_of_caches_where_there_is_none(small):
    assert "cach" not in small.stderr.lower()


def test_every_rule_is_cached_but_what_is_of_this_place():
    """Downloads stay where they are; the rest is about this machine, or about what is here."""
    texts = rules.texts()
    outside = {"download_dataset", "measure_steps", "forecast_fits", "estimate"}
    outside |= {"list_cells", "explain", "check", "write_summary", "name_unreadable", "tidy"}
    outside |= {f"{verb}_throughput" for verb in ("measure", "collect")}
    assert outside <= set(texts)
    assert {name for name, text in texts.items() if "    cache: CACHE\n" not in text} == outside
