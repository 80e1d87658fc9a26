"""The profile for clusters, read without one."""

import re

import pytest
import yaml
from runs import PROJECT

from fieldbench.plan.estimates import GROUPS


def profile(name: str) -> dict:
    return yaml.safe_load((PROJECT / name / "config.yaml").read_text())


def keys(name: str) -> set[str]:
    """Keys that a profile has when one is named, those under another condition too."""
    read = profile(name)
    blocks = [block for key, block in read.items() if "?if" in key and "--profile" not in key]
    bare = {key for key in read if not key.startswith(("?", "__"))}
    return bare.union(*blocks)


def test_no_key_is_in_both_profiles():
    """The one of profiles/default would silently win."""
    slurm, default = keys("slurm"), keys("profiles/default")
    assert min(len(slurm), len(default)) > 5 and "cache" in default
    assert slurm & default == set()


def test_every_group_has_a_size_and_every_size_a_group():
    rules = "".join(file.read_text() for file in (PROJECT / "rules").glob("*.smk"))
    slurm = profile("slurm")
    assert set(slurm["groups"]) < set(re.findall(r"^(?:use )?rule (\w+)", rules, re.MULTILINE))
    assert set(slurm["group-components"]) == set(slurm["groups"].values()) | set(GROUPS)


def test_group_slot_makes_the_jobs_of_a_group_wait_for_each_other():
    slurm = profile("slurm")
    assert slurm["default-resources"]["group_slot"] == 1 == slurm["resources"]["group_slot"]
    assert slurm["set-resource-scopes"] == {"group_slot": "local", "gpu": "local"}


def test_jobs_are_asked_after_at_squeue_and_are_no_arrays():
    slurm = profile("slurm")
    assert slurm["slurm-status-command"] == "squeue"
    assert not any("array" in key for key in slurm)


@pytest.mark.parametrize("key", ["mem_mb", "runtime"])
def test_a_retry_asks_for_more(key):
    slurm = profile("slurm")
    assert slurm["retries"] > 0 and slurm["default-resources"][key].endswith("* attempt")
