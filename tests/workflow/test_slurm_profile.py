"""The profile for clusters, and how a cluster is asked, without one."""

import asyncio
import contextlib
import logging
import shutil
from types import SimpleNamespace

import pytest
import snakemake_executor_plugin_slurm as plugin
import yaml
from helpers.runs import PROJECT
from runtime import snakemake_patches
from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo


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


def asked_in_vain() -> list:
    """The jobs that Snakemake's plugin for Slurm still knows after asking where nobody answers."""
    executor = object.__new__(plugin.Executor)
    settings = plugin.ExecutorSettings(status_command="squeue", init_seconds_before_status_checks=3)
    executor.workflow = SimpleNamespace(executor_settings=settings)
    executor.logger, executor.run_uuid = logging.getLogger("slurm"), "fieldbench_0"
    executor.status_rate_limiter = contextlib.AsyncExitStack()
    executor.next_seconds_between_status_checks = 3
    executor._status_query_failures = executor._status_query_calls = 0
    executor._status_query_total_seconds, executor._status_query_cycle_rows = 0.0, []
    executor._status_query_min_seconds = executor._status_query_max_seconds = 0.0

    async def known() -> list:
        jobs = [SubmittedJobInfo(job=None, external_jobid="1", aux={})]
        return [job.external_jobid async for job in executor.check_active_jobs(jobs)]

    return asyncio.run(known())


def test_no_job_is_forgotten_while_the_controller_is_away(monkeypatch, tmp_path):
    (tmp_path / "which").symlink_to(shutil.which("which"))  # and none of Slurm's commands
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(plugin, "query_job_status", plugin.query_job_status)  # as it is, afterwards
    assert asked_in_vain() == [], "the plugin has been mended: be_patient can go"
    snakemake_patches.be_patient()
    assert asked_in_vain() == ["1"]
