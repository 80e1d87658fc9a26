"""What goes wrong is told in two sentences: what, and what to do. And nothing is lost by it."""

import copy
import os
import re
import shutil
import subprocess
from contextlib import contextmanager, suppress

import numpy as np
import pytest
import yaml
from helpers import runs

from fieldbench.results import store

SCORES = runs.SMALL_SCORES
RUN = ("small.yaml", SCORES)
SMALL = yaml.safe_load(runs.SMALL)
# A model of the user's own, which is no good in 1D or 3D and names a backend that few have.
FLAT = """
def parameters(size, *, channels, **_):
    return size * channels


class Model:
    dims = (2,)
    backends = ("torch", "tinycudann")
    learning_rate = 1e-3
    derivatives = 0
"""

# What stands where in the preset; what is told, and what is to be done about it.
PRESETS = {
    "misspelt model": ("models", ["sirne"], "there is no model 'sirne'.", "Did you mean 'siren'?"),
    "negative budget": ("budgets", [-5], "is -5, which is not allowed", "Change it;"),
    "budget too small": ("budgets", [3], "can do none of its cells", "Raise the budget"),
    "empty study": ("models", [], "is empty: it lists no models.", "Add models"),
    "impossible dimension": ("models", ["flat"], "flat does 2D, solid is 3D", "other signals"),
}


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory):
    """A clone for runs that end before their first job."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("bad") / "clone")
    (folder / "workflow/fieldbench/models/flat.py").write_text(FLAT)
    return folder


def told(done, *words: str) -> None:
    """The run failed, and one line of what it said holds these words; no traceback with it."""
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    pattern = ".*".join(re.escape(word) for word in words)
    line = re.search(rf"^.*{pattern}.*$", said, re.MULTILINE)
    assert line, f"nobody said {words}:\n{said}"
    assert len(re.findall(r"[.?](?= |$)", line[0])) >= 2, f"not two sentences: {line[0]}"
    assert "Traceback" not in said and "Error in group" not in said, said


def refused(folder, preset: str, *words: str, config: tuple[str, ...] = ()) -> None:
    """The plan alone finds the fault: no job has begun."""
    told(runs.snakemake(folder, preset, config=config), *words)
    assert not (folder / "results").exists()


def test_misspelt_preset(folder):
    refused(folder, "tyni", "There is no preset 'tyni'.", "Did you mean 'tiny'?")


def test_a_fit_that_the_preset_does_not_make(folder):
    for model, why in (("meyer", ", because helmholtz takes second derivatives"), ("mayer", ".")):
        fit = f"results/inr-bench-small/fits/helmholtz/radiated/kan-{model}-10000-s1234.h5"
        done = runs.snakemake(folder, "inr-bench-small", fit)
        told(done, f"makes no {fit}{why}", "See `snakemake list_cells`")


def test_misspelt_key_on_the_command_line(folder):
    words = "unknown key 'reslts'.", "Did you mean 'results'?"
    refused(folder, "tiny", *words, config=("reslts=elsewhere",))


@pytest.mark.parametrize(("key", "value", *"wt"), PRESETS.values(), ids=PRESETS)
def test_preset(folder, key, value, w, t):
    preset = copy.deepcopy(SMALL)
    preset["studies"]["main"][key] = value
    if value == ["flat"]:
        preset["signals"] = {"solid": {"length": 8}}
        preset["studies"]["main"]["signals"] = ["solid"]
    (folder / "bad.yaml").write_text(yaml.safe_dump(preset))
    refused(folder, "bad.yaml", w, t)


def test_missing_backend(folder):
    preset = copy.deepcopy(SMALL)
    preset["models"] = {"flat": {"backend": "tinycudann"}}
    preset["studies"]["main"]["models"] = ["flat"]
    (folder / "bad.yaml").write_text(yaml.safe_dump(preset))
    refused(folder, "bad.yaml", "'tinycudann', whose package is not installed here.", "Install it")


def test_damaged_fits(small, copied):
    """Each broken file is named, one command clears them all, and they alone are made again.

    The tables must be due: Snakemake does not look for a lost fit whose tables are there.
    """
    folder = copied(small.folder)
    root = folder / "results"
    names = [f"small/fits/represent/noise-b9-s1234/siren-{n}-s1234.h5" for n in (150, 200)]
    cut, overwritten = (root / name for name in names)
    cut.write_bytes(cut.read_bytes()[:1000])
    content = bytearray(overwritten.read_bytes())
    place = content.index(store.read(overwritten, "fit")[0]["reconstruction"].tobytes())
    content[place] ^= 1  # HDF5 takes the wrong value for the right one
    overwritten.write_bytes(content)
    shutil.rmtree(root / "small/scores")
    shutil.rmtree(root / "small/tables")
    before = runs.stamps(folder)
    done = runs.snakemake(folder, *RUN)
    told(
        done, cut.name, "Delete it and run snakemake again", "`snakemake check` deletes every such"
    )
    assert runs.stamps(folder) == before

    everything = len(runs.found(folder, "small/**/*.h5"))
    cleared = runs.run(folder, "small.yaml", "check")
    assert f"2 of {everything} HDF5 files" in cleared.stdout
    assert all(name in cleared.stdout for name in names)
    runs.run(folder, *RUN)
    after = runs.stamps(folder)
    assert {n for n in after if after[n] != before[n]} == set(names)
    assert runs.digests(folder) == runs.digests(small.folder)


def test_own_array_with_a_hole(project, copied):
    folder = copied(project)
    values = np.linspace(0, 1, 16 * 16).reshape(16, 16)
    values[3, 4] = np.nan
    np.save(folder / "mine.npy", values)
    preset = copy.deepcopy(SMALL)
    preset["signals"] = {"noise": {"kind": "file", "path": "mine.npy"}}
    (folder / "own.yaml").write_text(yaml.safe_dump(preset))
    told(runs.snakemake(folder, "own.yaml"), "mine.npy holds values that are no numbers", "Fill")
    assert runs.found(folder, "**/fits/**/*.h5") == {}


@contextmanager
def disk(place, size: str):
    """A small disk of its own there."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a disk can be filled and locked only where this user may mount one")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place) -> None:
    """Leave not a byte free on that disk, also while others write to it."""
    with suppress(OSError), open(place / "filler", "wb", buffering=0) as filler:
        while True:
            filler.write(bytes(2**16))


def test_results_on_a_locked_disk_and_on_a_full_one(folder):
    with disk(folder / "results", "8m") as results:
        subprocess.run(["mount", "-o", "remount,ro", str(results)], check=True)
        told(runs.snakemake(folder, *RUN), "cannot be written", "Make the folder writable")
        subprocess.run(["mount", "-o", "remount,rw", str(results)], check=True)
        fill(results)
        told(runs.snakemake(folder, *RUN), "the disk is full.", "Free some space")
    results.rmdir()


def fill_under_a_run(folder, place, messages) -> None:
    """Fill a disk when the first fit of a run is there; the run fails, and says why."""
    with open(messages, "w") as said:
        process = subprocess.Popen(
            [*runs.SNAKEMAKE, "--cores", "2", SCORES, "--config", "preset=small.yaml"],
            cwd=folder, env=runs.surroundings(), stdout=said, stderr=said,
        )  # fmt: skip
        runs.wait_until(lambda: runs.stamps(folder), runs.LONGEST, "the first fit")
        fill(place)
        assert process.wait(timeout=runs.LONGEST) != 0
    said = messages.read_text()
    assert "the disk is full. Free some space" in said, said


def test_a_disk_that_fills_up_under_snakemakes_own_notes(project, tmp_path):
    """Then every job succeeds, and Snakemake gives up without calling its hooks."""
    folder = runs.copy_folder(project, tmp_path / "clone")
    with disk(folder / ".snakemake", "8m") as place:
        fill_under_a_run(folder, place, tmp_path / "messages.txt")


def test_a_disk_that_fills_up_under_a_run(project, small, tmp_path):
    with disk(tmp_path / "disk", "256m") as place:
        folder = runs.copy_folder(project, place / "clone")
        fill_under_a_run(folder, place, tmp_path / "messages.txt")
        before = runs.trained(folder)
        for file in (folder / "results").rglob("*.h5"):
            store.check(file)  # whole, or not there
        assert list((folder / "results").rglob(".*.partial")) == []

        (place / "filler").unlink()
        assert runs.recover(folder).returncode == 0
        runs.run(folder, *RUN)
        after = runs.trained(folder)
        assert before and {n: after[n] for n in before} == before
        assert runs.digests(folder) == runs.digests(small.folder)
