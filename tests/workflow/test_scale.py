"""Thousands of jobs: what Snakemake itself takes to plan them, to run them and to find them done.

Seconds are the processor's, of Snakemake's own process: a machine may have other work. Plain jobs
of one line, run beside, tell what this machine and this Snakemake take at least.
"""

import json

import pytest
import yaml
from helpers import instant, runs

pytestmark = pytest.mark.slow
SIZES = (300, 1000, 3000)
PAPER = ("--config", "preset=paper")  # whose files nobody fetches here
LONGEST = 3600  # seconds for one run, on a machine that is busy with others
GIB = 2**30


def costed(folder, *words) -> instant.Costs:
    return instant.costed(folder, *words, timeout=LONGEST, env=runs.surroundings())


def jobs_in(folder) -> int:
    """How many outputs Snakemake has noted there, one a job."""
    return sum(1 for file in (folder / ".snakemake/metadata").rglob("*") if file.is_file())


def plain(folder, jobs: int, options: list[str]) -> instant.Costs:
    """The same number of jobs of one line, by the scheduler's same options."""
    folder.mkdir()
    (folder / "Snakefile").write_text(instant.PLAIN.format(jobs=jobs))
    (folder / "one.py").write_text(instant.PLAIN_SCRIPT)
    return costed(folder, *options, "--cores", "2")


def scheduling(project) -> list[str]:
    """The options of the project's own profile that decide what a job costs the scheduler."""
    profile = yaml.safe_load((project / "profiles/default/config.yaml").read_text())
    return [
        "--scheduler", profile["scheduler"],
        "--scheduler-subsample", str(profile["scheduler-subsample"]),
        "--scheduler-greedy-omit-prioritize-by-temp-and-input",
        "--rerun-triggers", *profile["rerun-triggers"],
        "--quiet", "all",
    ]  # fmt: skip


def test_instant_fits_through_the_real_executor(project, tmp_path):
    """A job costs Snakemake at most so much more than a plain one, however many there are."""
    told = {}
    for size in SIZES:
        folder = instant.make_instant(runs.copy_folder(project, tmp_path / f"clone{size}"))
        (folder / "many.yaml").write_text(instant.preset(size))
        words = ("results/many/tables/scores.csv", "--cores", "2", "--config", "preset=many.yaml")
        ours = costed(folder, *words)
        jobs, rows = jobs_in(folder), (folder / words[0]).read_text().count("\n") - 1
        assert 0.8 * size < jobs < 1.2 * size and rows > jobs / 2
        beside = plain(tmp_path / f"plain{size}", jobs, scheduling(folder))
        again = costed(folder, *words)
        told[jobs] = {
            "wall": ours.wall, "own": ours.own / jobs, "jobs": ours.jobs / jobs,
            "plain": beside.own / jobs, "MiB": ours.peak / 2**20, "again": again.own,
        }  # fmt: skip
        assert again.jobs < 1 and again.own < 10 + 0.01 * jobs, "nothing is to be done"
    print("\n".join(f"{jobs} jobs: {json.dumps(row)}" for jobs, row in told.items()))
    few, *_, many = told.values()
    assert all(row["own"] < 2 * row["plain"] + 0.02 for row in told.values()), told
    assert many["own"] < 1.5 * few["own"] + 0.005, f"the more jobs, the more each costs: {told}"
    assert many["MiB"] < 500


def test_the_paper_is_planned_and_found_done(project, tmp_path):
    """Every output made at once and empty; then Snakemake looks whether anything is to be done."""
    folder = runs.copy_folder(project, tmp_path / "clone")
    planned = costed(folder, "--dry-run", "--quiet", "all", *PAPER)
    made = costed(folder, "--touch", "--cores", "2", *PAPER)
    assert jobs_in(folder) > 14_000
    again = costed(folder, "--cores", "2", *PAPER)
    print(json.dumps({"planned": vars(planned), "made": vars(made), "again": vars(again)}))
    assert planned.own < 30 and planned.peak < 1.5 * GIB
    assert again.own < 60 and again.peak < 1.5 * GIB and again.jobs < 1
