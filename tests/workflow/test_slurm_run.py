"""`snakemake --profile slurm` on a real Slurm: what it is asked for, and the same numbers."""

import re
from math import ceil
from pathlib import Path

import pytest
from conftest import Finished
from helpers import runs

from fieldbench.plan.jobs.run import Run

pytestmark = pytest.mark.slurm

SOON = ("--slurm-init-seconds-before-status-checks", "3")  # asked after every few seconds
SLURM = ("--profile", "slurm", *SOON)
SIZE = 30  # fits of seconds in a group, as slurm/config.yaml says


@pytest.fixture(scope="module")
def sent(cluster, project, tmp_path_factory):
    """The preset tiny, done by the cluster, with the jobs that it was asked for."""
    place = tmp_path_factory.mktemp("sent")
    folder, scratch = runs.copy_folder(project, place / "clone"), place / "tmp"
    scratch.mkdir()
    env = {"TMPDIR": str(scratch)}
    done = runs.snakemake(folder, "tiny", *SLURM, env=env, seconds=3 * runs.LONGEST)
    assert done.returncode == 0, done.stderr[-4000:]
    return Finished(folder, done.stdout, done.stderr), cluster.all_jobs()


def test_the_numbers_are_those_of_a_local_run(sent, finished):
    assert runs.digests(sent[0].folder) == runs.digests(finished.folder)
    drawn = runs.drawn(sent[0].folder)
    assert len(drawn) > 30 and drawn == runs.drawn(finished.folder)


def test_a_group_of_fits_asks_for_one_fit_and_the_time_of_all(sent):
    run = Run({"preset": "tiny", "results": "results"})
    minutes = [run.resources.runtime_minutes(cell, 1) for cell in run.cells.fits]
    memory = {run.resources.memory_mb(cell, 1) for cell in run.cells.fits}
    groups = fits_among(sent[1])
    assert len(groups) == ceil(len(minutes) / SIZE)
    assert sum(seconds(job["TimeLimit"]) for job in groups) == 60 * sum(minutes)
    for job in groups:
        assert (job["NumCPUs"], job["NumTasks"], job["NumNodes"]) == ("1", "1", "1")
        assert int(job["MinMemoryNode"].removesuffix("M")) in memory
        assert "gpu" not in job["TRES"] and job["JobState"] == "COMPLETED"
        assert job["Account"] == "(null)" and job["Partition"] == "main"
        assert job["JobName"].startswith("fieldbench_")


def test_a_second_run_sends_nothing(sent, cluster):
    before = len(cluster.all_jobs())
    done = runs.snakemake(sent[0].folder, "tiny", *SLURM)
    assert done.returncode == 0 and "Nothing to be done" in done.stderr
    assert len(cluster.all_jobs()) == before


def test_every_fit_has_its_log_and_slurm_keeps_those_of_failures_alone(sent):
    folder = sent[0].folder
    logs = {Path(name).with_suffix("") for name in runs.found(folder, "tiny/logs/fits/**/*")}
    fits = {str(Path(name).with_suffix("")) for name in runs.found(folder, "tiny/fits/**/*.h5")}
    assert fits and fits <= {str(log).replace("/logs/", "/", 1) for log in logs}
    assert runs.found(folder, "slurm-logs/**/*.log") == {}


def test_nothing_stays_behind(sent, cluster):
    assert cluster.jobs() == [] and runs.processes(sent[0].folder) == []
    assert list((sent[0].folder.parent / "tmp").glob("fieldbench-*")) == []


def test_a_group_with_a_gpu_asks_for_one(cluster, project, small, copied):
    folder, before = copied(project), len(cluster.all_jobs())
    words = (runs.SMALL_SCORES, *SLURM, "--set-resources", "fit_model:gpu=1")
    done = runs.snakemake(folder, "small.yaml", *words)
    assert done.returncode == 0, done.stderr[-4000:]
    (job,) = fits_among(cluster.all_jobs()[before:])
    assert job["TresPerJob"] == "gres:gpu:1" and job["NumCPUs"] == "1"
    assert job["NodeList"] == "n1", "which has the GPUs"
    assert runs.digests(folder) == runs.digests(small.folder)


SIGNAL = "results/small/signals/noise-b9-s1234.h5"


def test_the_environment_or_a_profile_names_the_partition(cluster, project, copied):
    folder = copied(project)
    (folder / "site").mkdir()
    (folder / "site/config.yaml").write_text(
        "default-resources: {mem_mb: 900, runtime: 7, group_slot: 1, slurm_partition: second}\n"
    )
    ways = {"main": ([], None), "second": ([], {"SBATCH_PARTITION": "second"})}
    ways["site"] = (["--profile", "site"], None)
    for way, (words, env) in ways.items():
        done = runs.snakemake(folder, "small.yaml", SIGNAL, "-F", *SLURM, *words, env=env)
        assert done.returncode == 0, done.stderr[-2000:]
        job = cluster.all_jobs()[-1]
        assert job["Partition"] == ("main" if way == "main" else "second")
        assert (job["NodeList"] == "n2") or way == "main"


def test_a_job_that_fails_asks_for_more_and_leaves_its_log(cluster, project, copied):
    folder, before = copied(project), len(cluster.all_jobs())
    broken = folder / "workflow/fieldbench/signals/bandlimited.py"
    broken.write_text(broken.read_text() + "\nraise OSError('no')\n")
    done = runs.snakemake(folder, "small.yaml", SIGNAL, *SLURM, "--retries", "1")
    assert done.returncode != 0
    jobs = cluster.all_jobs()[before:]
    assert [job["JobState"] for job in jobs] == ["FAILED", "FAILED"]
    minutes = [seconds(job["TimeLimit"]) for job in jobs]
    memory = [int(job["MinMemoryNode"].removesuffix("M")) for job in jobs]
    assert minutes[1] == 2 * minutes[0] and memory[1] == 2 * memory[0]
    kept = runs.found(folder, "slurm-logs/**/*.log")
    assert len(kept) == 2 and all(name in done.stderr for name in kept)


def fits_among(jobs: list[dict[str, str]]) -> list[dict[str, str]]:
    return [job for job in jobs if "fit_model" in job["Comment"]]


def seconds(limit: str) -> int:
    """Of [days-]hours:minutes:seconds."""
    days, hours, minutes, rest = re.fullmatch(r"(?:(\d+)-)?(\d+):(\d+):(\d+)", limit).groups()
    return ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(rest)
