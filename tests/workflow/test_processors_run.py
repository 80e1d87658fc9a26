"""Numbers of two kinds of processor: never mixed, and equal where the configuration says so.

Other kinds are made of this one by variables that choose instructions.
"""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from helpers import runs

from fieldbench.results import store

PRESET = "small.yaml"
OTHER = {"ATEN_CPU_CAPABILITY": "default", "NUMBA_CPU_NAME": "generic", "MKL_CBWR": "COMPATIBLE"}
COMMON = ("processor=common",)


def numbers(folder):
    """The reconstruction of every fit."""
    files = runs.found(folder, "*/fits/**/*.h5")
    return {n: store.read(f, "fit")[0]["reconstruction"] for n, f in files.items()}


def same(one, other):
    """The names of the fits that are equal in every number."""
    assert one.keys() == other.keys()
    return {name for name in one if np.array_equal(one[name], other[name])}


@pytest.fixture(scope="module")
def common(project, tmp_path_factory):
    """Two clones after a run each, as on two kinds of processor, with `processor: common`."""
    place, found = tmp_path_factory.mktemp("processors"), {}
    for name, env in {"plain": {}, "other": OTHER}.items():
        folder = runs.copy_folder(project, place / name)
        done = runs.run(folder, PRESET, runs.SMALL_SCORES, config=COMMON, env=env)
        assert "processor common x86_64" in done.stderr
        found[name] = folder
    return found


def test_common_numbers_are_equal_on_two_kinds_of_processor(common, small):
    assert runs.digests(common["plain"]) == runs.digests(common["other"])
    # Which says something only where the kinds differ.
    assert same(numbers(common["plain"]), numbers(small.folder)) < numbers(small.folder).keys()


def test_results_of_another_kind_of_processor_are_told_and_not_taken(small, copied):
    folder = copied(small.folder)
    shutil.rmtree(folder / "results/small/scores")
    shutil.rmtree(folder / "results/small/tables")
    shutil.rmtree(folder / ".snakemake")  # so that Snakemake sees nothing of it
    failed = runs.snakemake(folder, PRESET, "--cores", "2", runs.SMALL_SCORES, env=OTHER)
    assert failed.returncode == 1 and "made by other code or settings" in failed.stderr
    fit = "of=results/small/fits/represent/noise-b9-s1234/siren-150-s1234.h5"
    told = runs.run(folder, PRESET, "explain", config=(fit,), env=OTHER).stdout
    assert "other processor: " in told and "ATEN_CPU_CAPABILITY=default" in told


def test_another_kind_of_processor_makes_everything_anew(small):
    words = (runs.SMALL_SCORES, "--dry-run")
    done = runs.run(small.folder, PRESET, *words)
    assert "Nothing to be done" in done.stdout + done.stderr
    done = runs.run(small.folder, PRESET, *words, env=OTHER)
    assert "Nothing to be done" not in done.stdout + done.stderr


JOB = """
import sys
from types import SimpleNamespace as Job
sys.path.insert(0, "workflow/scripts")
import _job
from fieldbench.plan import processor
params = {"job": {"processor": sys.argv[1] or processor.here().label}}
job = Job(rule="fit_model", params=params, input=[], output=["a.h5"], log=[], resources={})
_job.run(lambda job: print("computed"), job)
"""


def test_a_job_begins_on_the_planned_kind_of_processor_only(project):
    own, other = (
        subprocess.run(
            [sys.executable, "-c", JOB, planned],
            cwd=project, env=runs.surroundings(), capture_output=True, text=True,
        )
        for planned in ("", "x86_64 Other 1-1 AVX2 [01234567]")
    )  # fmt: skip
    assert own.returncode == 0 and own.stdout == "computed\n"
    assert other.returncode == 1 and other.stdout == ""
    assert "fit_model: This job was planned for the processor x86_64 Other 1-1" in other.stderr
    assert "Set `processor: common` in config/config.yaml" in other.stderr
    assert "Traceback" not in other.stderr
