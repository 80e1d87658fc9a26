"""A slot each: real locks, real processes, and a real run on GPUs that are there in name only."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from helpers import runs
from helpers.runs import PROJECT

from fieldbench.results import store

GPUS = "2,GPU-5e1f"  # named as a user may: by number and by identity
JOB = """
import os, sys, time
sys.path[:0] = sys.argv[1:3]
from runtime import gpu_slots
gpu_slots.take(1)
slot = gpu_slots.slot().facts()["slot"]
assert slot.startswith(f"GPU {os.environ['CUDA_VISIBLE_DEVICES']}, "), slot
print("has", slot, flush=True)
for order in sys.stdin:
    if order == "alone\\n":
        print("was shared", gpu_slots.slot().be_alone(), flush=True)
"""
PATIENCE = 30  # seconds for what happens at once on an idle machine


class Job:
    """A process that takes a slot, and holds it until it is told to end."""

    def __init__(self, folder, gpus=GPUS, places=2):
        surroundings = runs.surroundings() | {"CUDA_VISIBLE_DEVICES": gpus}
        words = [sys.executable, "-c", JOB, PROJECT / "workflow", PROJECT / "workflow"]
        self.process = subprocess.Popen(
            words,
            cwd=folder,
            env=surroundings | {"FIELDBENCH_GPU_PLACES": str(places)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.told = ""

    def says(self, word):
        """Whether it has printed this by now."""
        self.told += (self.process.stdout.read() or b"").decode()
        return word in self.told

    @property
    def slot(self):
        """The GPU and the place that it has, or None."""
        self.says("")
        found = re.search(r"has GPU (\S+), place (\d+) of \d+\n", self.told)
        return (found[1], int(found[2])) if found else None

    def wait(self, word="has GPU"):
        runs.wait_until(lambda: self.says(word), PATIENCE, f"a job says {word!r}")
        return self

    def be_alone(self):
        self.process.stdin.write(b"alone\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)


@pytest.fixture
def job(tmp_path):
    """Starts jobs in one folder; none outlives the test."""
    (tmp_path / ".snakemake/gpus").mkdir(parents=True)
    started = []

    def start(**how):
        started.append(Job(tmp_path, **how))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def test_places_are_taken_breadth_first(job):
    slots = [job().wait().slot for _ in range(4)]
    assert slots == [("2", 1), ("GPU-5e1f", 1), ("2", 2), ("GPU-5e1f", 2)]


def test_eight_at_once_share_four_slots_and_no_slot_twice(job):
    jobs, ended, four = (
        [job() for _ in range(8)],
        [],
        sorted((gpu, place) for gpu in GPUS.split(",") for place in (1, 2)),
    )

    def holding():
        return [one for one in jobs if one not in ended and one.slot]

    for _ in range(2):
        runs.wait_until(lambda: len(holding()) == 4, PATIENCE, "four slots")
        time.sleep(0.5)  # for one too many
        assert sorted(one.slot for one in holding()) == four
        for one in holding():
            ended.append(one)
            one.end()


def test_a_killed_jobs_slot_is_free_at_once(job):
    first, second = job(places=1).wait(), job(places=1).wait()
    third = job(places=1)
    time.sleep(0.5)
    assert third.slot is None and second.slot == ("GPU-5e1f", 1)
    first.kill()
    assert third.wait().slot == ("2", 1)


def test_files_that_are_left_over_mean_nothing(job, tmp_path):
    for name in ("2.place-0", "2.door"):
        (tmp_path / ".snakemake/gpus" / name).write_text("12345")
    assert job().wait().slot == ("2", 1)


def test_who_must_be_alone_waits_for_the_others_and_keeps_new_ones_away(job):
    neighbour, large = job(gpus="0").wait(), job(gpus="0").wait()
    large.be_alone()
    new = job(gpus="0")
    time.sleep(0.7)
    assert not large.says("was shared") and new.slot is None
    neighbour.end()
    large.wait("was shared True")
    time.sleep(0.5)
    assert new.slot is None
    large.end()
    assert new.wait().slot == ("0", 1)


def test_two_that_must_be_alone_do_not_wait_for_each_other(job):
    both = [job(gpus="0").wait(), job(gpus="0").wait()]
    for one in both:
        one.be_alone()
    runs.wait_until(lambda: any(j.says("was shared True") for j in both), PATIENCE, "one is alone")
    first, second = sorted(both, key=lambda j: not j.says("was shared True"))
    assert not second.says("was shared")
    first.end()
    second.wait("was shared True")


def test_one_place_a_gpu_is_never_shared(job):
    one = job(places=1).wait()
    one.be_alone()
    one.wait("was shared False")


def test_a_run_by_the_profile_gives_every_fit_a_slot_and_the_same_numbers(project, small, copied):
    """The GPUs are names and the fits compute on the CPU; all else is as it is with GPUs."""
    folder = copied(project)
    named = {"CUDA_VISIBLE_DEVICES": GPUS, "FIELDBENCH_FITS_PER_GPU": "2"}
    words = ("--cores", "4", "--profile", "profiles/gpu", "--set-resources", "fit_model:gpu=1")
    runs.run(folder, "small.yaml", runs.SMALL_SCORES, *words, env=named)
    fits = runs.found(folder, "*/fits/**/*.h5").values()
    slots = Counter(store.timing(file, "fit")["slot"] for file in fits)
    assert sum(slots.values()) == runs.SMALL_FITS
    known = {f"GPU {gpu}, place {place} of 2" for gpu in GPUS.split(",") for place in (1, 2)}
    assert set(slots) <= known and {slot.split()[1] for slot in slots} == {"2,", "GPU-5e1f,"}
    for log in runs.found(folder, "*/logs/fits/**/*.log").values():
        assert log.read_text().splitlines()[0] in slots
    assert runs.digests(folder) == runs.digests(small.folder)


def test_a_run_without_gpus_knows_no_slots(small):
    assert not (small.folder / ".snakemake/gpus").exists()
    assert "slot" not in store.timing(
        next(iter(runs.found(small.folder, "*/fits/**/*.h5").values())), "fit"
    )


def test_a_folder_that_takes_no_files_is_said_before_any_job(project, copied):
    folder = copied(project)
    (folder / ".snakemake").mkdir(exist_ok=True)
    (folder / ".snakemake/gpus").write_text("no folder")
    done = runs.snakemake(
        folder, "small.yaml", "--cores", "1", runs.SMALL_SCORES, env={"CUDA_VISIBLE_DEVICES": "0"}
    )
    assert done.returncode != 0 and ".snakemake/gpus cannot be written" in done.stderr
    assert "Traceback" not in done.stderr and not runs.found(folder, "*/signals/*")


LOADED = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
from runtime import fork_server
called = set()
def watch(frame, event, _):
    if event == "call" and "torch/cuda/" in frame.f_code.co_filename:
        called.add(frame.f_code.co_name)
sys.setprofile(watch)
for library in fork_server.LIBRARIES:
    if library.startswith("torch"):
        importlib.import_module(library)
while_loading = sorted(called & {"is_available", "device_count", "_lazy_init"})
sys.modules["torch"].cuda.is_available()
print(while_loading, "is_available" in called)
"""


def test_the_warm_process_leaves_cuda_to_its_children():
    """A child could neither choose its GPU nor use any after its parent had looked for them."""
    words = [sys.executable, "-c", LOADED, PROJECT / "workflow"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "[] True\n"
