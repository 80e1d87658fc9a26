"""Snakemake's cache between workflows: a second clone takes over what a first one has made."""

import pytest
import runs
from runs import edited

PRESET = "small.yaml"


@pytest.fixture(scope="module")
def cached(project, tmp_path_factory):
    """Two clones after a run each, with one cache."""
    place = tmp_path_factory.mktemp("cache")
    (place / "cache").mkdir()
    env = {"SNAKEMAKE_OUTPUT_CACHE": str(place / "cache")}
    folders = [runs.copy_folder(project, place / name) for name in ("first", "second")]
    for folder in folders:
        runs.run(folder, PRESET, env=env)
    return *folders, env


def trained(folder) -> set[str]:
    """The fits whose script ran there: it leaves a log."""
    logs = runs.found(folder, "*/logs/fits/**/*.log")
    return {name.split("/")[-1].removesuffix(".log") for name in logs}


def fits(folder) -> dict:
    return runs.found(folder, "*/fits/**/*.h5")


def test_second_clone_trains_nothing(cached, small):
    first, second, env = cached
    assert len(trained(first)) >= 4 and trained(second) == set()
    assert len(fits(second)) == runs.SMALL_FITS
    for name, fit in fits(second).items():
        assert fit.is_symlink() and str(fit.resolve()).startswith(env["SNAKEMAKE_OUTPUT_CACHE"])
        assert fit.resolve() == fits(first)[name].resolve()
    assert runs.drawn(second) == runs.drawn(first) == runs.drawn(small.folder)
    assert runs.digests(second) == runs.digests(small.folder)


def test_an_edited_model_is_trained_and_the_others_are_taken_over(cached):
    first, second, env = cached
    siren = second / "workflow/fieldbench/models/siren.py"
    with edited(siren, "omega: float = 90.0", "omega: float = 80.0"):
        runs.run(second, PRESET, env=env)
    assert trained(second) == {"siren-200-s1234"}
    same = {n for n, fit in fits(second).items() if fit.resolve() == fits(first)[n].resolve()}
    assert set(fits(second)) - same == {n for n in fits(second) if "siren-" in n}


def test_no_word_of_caches_where_there_is_none(small, cached):
    assert "cach" not in small.stderr.lower()
