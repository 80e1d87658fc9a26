"""The folder of Snakemake's cache between workflows, and links into it: told, or mended."""

import os
import subprocess

import pytest
from helpers import trial

from fieldbench.plan import shared_cache
from fieldbench.plan.entries import digests
from fieldbench.plan.errors import UserError
from fieldbench.plan.outputs import cached_folders


def refused(monkeypatch, folder, *words):
    monkeypatch.setenv(shared_cache.VARIABLE, str(folder))
    with pytest.raises(UserError) as caught:
        shared_cache.check()
    assert all(word in str(caught.value) for word in words), caught.value


def test_without_a_cache_all_is_well(monkeypatch):
    monkeypatch.delenv(shared_cache.VARIABLE, raising=False)
    for _ in range(2):
        assert shared_cache.folder() is None
        shared_cache.check()
        monkeypatch.setenv(shared_cache.VARIABLE, "")


def test_a_folder_that_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv(shared_cache.VARIABLE, str(tmp_path))
    shared_cache.check()


def test_a_folder_that_is_not_there_or_has_no_full_name(monkeypatch, tmp_path):
    refused(monkeypatch, tmp_path / "none", "is not there", "Make it")
    (tmp_path / "file").write_text("")
    refused(monkeypatch, tmp_path / "file", "is not there")
    monkeypatch.chdir(tmp_path)
    refused(monkeypatch, "cache", "whatever folder", f"={tmp_path}/cache")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
def test_a_full_disk(monkeypatch, tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may mount no disk")
    try:
        refused(monkeypatch, tmp_path, "is full", "Free some space")
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest.fixture
def results(tmp_path):
    """Results of a preset: a file, a link to an entry, and one to an entry that is gone."""
    fits = tmp_path / "results/fits/represent"
    (tmp_path / "cache").mkdir()
    fits.mkdir(parents=True)
    (tmp_path / "cache/entry.h5").write_text("whole")
    (fits / "file.h5").write_text("whole")
    (fits / "link.h5").symlink_to(tmp_path / "cache/entry.h5")
    (fits / "dead.h5").symlink_to(tmp_path / "cache/gone.h5")
    return tmp_path / "results"


def test_a_link_whose_entry_was_deleted_goes_and_nothing_else(results):
    (results / "fits/mine.h5").symlink_to("elsewhere.h5")  # somebody's own
    assert shared_cache.drop_dead_links(str(results)) == [f"{results}/fits/represent/dead.h5"]
    left = {f.name for f in results.rglob("*.h5")}
    assert left == {"file.h5", "link.h5", "mine.h5"}
    assert shared_cache.drop_dead_links(str(results)) == []


@pytest.mark.parametrize("folder", ["meshes", *cached_folders()])
def test_dead_links_go_from_every_folder_that_the_cache_may_write(results, folder):
    (results / folder / "below").mkdir(parents=True, exist_ok=True)
    link = results / folder / "below/dead"
    link.symlink_to(results.parent / "cache/gone")
    assert str(link) in shared_cache.drop_dead_links(str(results))
    assert not link.is_symlink()


def test_a_cache_that_is_away_as_a_whole_is_told_and_no_link_goes(results):
    (results.parent / "cache").rename(results.parent / "unmounted")
    with pytest.raises(UserError, match=r"which is not there\. Bring it back"):
        shared_cache.drop_dead_links(str(results))
    assert (results / "fits/represent/dead.h5").is_symlink()
    assert shared_cache.drop_dead_links(str(results / "nothing")) == []


FIT = ("fit_model", ("models", "instant-ngp"), ("tasks", "represent"), ("signals", "photo"))


def test_versions_that_count_are_those_of_what_is_used():
    counted = digests.versions(*FIT)
    assert {"torch", "numpy", "numba", "scikit-image"} <= set(counted)
    assert not {"tinycudann", "gsplat", "h5py", "pandas", "pydantic"} & set(counted)
    assert all(counted.values())
    assert set(digests.versions(*FIT, backend="tinycudann")) == set(counted) | {"tinycudann"}
    assert "lpips" in digests.versions("score_fits", ("metrics", "lpips-vgg"))
    assert "torch" not in digests.versions("draw_figure", ("figures", "heatmap"))


def test_every_package_is_known_by_its_name():
    """A name that nothing is installed under would count as None whatever its version."""
    scripts = [f.stem for f in digests.SCRIPTS.glob("[a-z]*.py")]
    counted = {p: v for script in scripts for p, v in digests.versions(script).items()}
    assert counted and [p for p, v in counted.items() if v is None] == []


def test_another_version_changes_the_digest_of_what_uses_it(tmp_path):
    about = tmp_path / "torch-99.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 99.0\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    ask = "from fieldbench.plan.entries.digests import stage; "
    ask += f"print(stage(*{FIT!r}), stage('draw_figure', ('figures', 'heatmap')))"
    plain, faked = (trial.python(text).stdout.split() for text in (ask, code + ask))
    assert plain[0] != faked[0] and plain[1] == faked[1]
