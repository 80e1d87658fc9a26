"""How many fits run at once: by the profiles of the project, and without one."""

import sys
from contextlib import contextmanager

import pytest
import yte
from helpers.runs import PROJECT


@contextmanager
def typed(monkeypatch, *words, **named):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["snakemake", *words])
        patch.delenv("SNAKEMAKE_PROFILE", raising=False)
        for name, value in named.items():
            patch.setenv(name, value)
        yield


def profile(name):
    return yte.process_yaml((PROJECT / name / "config.yaml").read_text())


def test_without_a_profile_each_gpu_takes_one_fit(monkeypatch):
    with typed(monkeypatch, CUDA_VISIBLE_DEVICES="0,3"):
        assert profile("profiles/default")["resources"]["gpu"] == 2


@pytest.mark.parametrize("words", [("--profile", "profiles/gpu"), ("--profile=profiles/gpu",)])
def test_no_key_of_a_profile_is_overruled(monkeypatch, words):
    """Of two profiles Snakemake takes a key whole from one, the default's first."""
    with typed(monkeypatch, *words, CUDA_VISIBLE_DEVICES="0,1", FIELDBENCH_FITS_PER_GPU="3"):
        usual = profile("profiles/default")
        own = profile("profiles/gpu")
        assert own["resources"]["gpu"] == 6
    with typed(monkeypatch, SNAKEMAKE_PROFILE="profiles/gpu"):
        assert profile("profiles/default") == usual
    assert not usual.keys() & own.keys() - {"__use_yte__"}


def test_every_profile_says_how_much_at_once(monkeypatch):
    files = [*PROJECT.glob("*/config.yaml"), *PROJECT.glob("profiles/*/config.yaml")]
    named = [f for f in files if "__use_yte__" in f.read_text() and f.parent.name != "default"]
    assert named
    for file in named:
        with typed(monkeypatch, "--profile", str(file.parent)):
            said = profile(file.parent.relative_to(PROJECT))
        assert said["resources"]["group_slot"] == 1 and said["resources"]["gpu"] >= 1
        assert "cores" in said or "jobs" in said
