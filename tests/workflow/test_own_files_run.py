"""Own files of several kinds, some of which cannot be read: the others get their tables."""

import csv
import gzip

import nibabel
import numpy as np
import pytest
import soundfile
import tifffile
import trimesh
import yaml
from helpers import runs
from helpers.dicom_files import write_series
from PIL import Image

from fieldbench.results import store

RNG = np.random.default_rng(8)
GOOD = {
    "picture": {"path": "picture.png", "reduced": 2},
    "slices": {"path": "slices", "range": [-1024, 2000]},
    "stack": {"path": "stack.tif", "range": "type"},
    "packed": {"path": "packed.nii.gz", "range": [-1000, 1000], "crop": 6},
    "sound": {"path": "sound.flac", "channel": 1, "first": 10, "length": 200},
    "ball": {"path": "ball.obj", "length": 8},
}
BAD = {"dark": {"path": "dark.npy"}, "cut": {"path": "cut.nii.gz"}}
STUDY = {"question": "Q?", "models": ["grid"], "budgets": [60], "metrics": ["psnr"]}
REASONS = {
    "dark": "dark.npy holds values from 0 to 4095, of type uint16",
    "cut": "cut.nii.gz cannot be read",
}


def write_files(folder):
    Image.fromarray(RNG.integers(0, 256, (16, 20, 3), np.uint8)).save(folder / "picture.png")
    hounsfield = RNG.integers(-1024, 2000, (4, 6, 7))
    write_series(folder / "slices", hounsfield, [2, 0, 3, 1])
    pages = RNG.integers(0, 4096, (5, 6, 7)).astype(np.uint16)
    tifffile.imwrite(folder / "stack.tif", pages, photometric="minisblack")
    volume = RNG.integers(-2000, 2000, (8, 8, 8)).astype(np.int16)
    nibabel.Nifti1Image(volume, np.eye(4)).to_filename(folder / "packed.nii.gz")
    soundfile.write(folder / "sound.flac", RNG.uniform(-1, 1, (300, 2)), 8000)
    trimesh.creation.icosphere(subdivisions=2).export(folder / "ball.obj")
    dark = np.linspace(0, 4095, 120).astype(np.uint16)
    np.save(folder / "dark.npy", dark.reshape(10, 12))
    (folder / "cut.nii.gz").write_bytes(gzip.compress(b"words" * 99))


def write_preset(folder, signals):
    """A preset of two studies: of all signals, and of one that can be read."""
    every = {name: {"kind": "file", **own} for name, own in signals.items()}
    studies = {
        "main": STUDY | {"signals": list(signals), "sets": {"all": list(signals)}},
        "other": STUDY | {"signals": ["stack"]},
    }
    preset = {"training": {"steps": 3, "evaluations": 1}, "signals": every, "studies": studies}
    (folder / "own.yaml").write_text(yaml.safe_dump(preset))


def rows(folder, study):
    with open(folder / f"results/own/tables/{study}/scores.csv") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ended(project, tmp_path_factory):
    """The folder of a run of six good and two bad files, and what it said."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("own") / "clone")
    write_files(folder)
    write_preset(folder, GOOD | BAD)
    return folder, runs.snakemake(folder, "own.yaml", "--cores", "2")


def test_six_of_eight_get_their_tables_and_the_run_ends_with_the_reasons(ended):
    folder, done = ended
    assert done.returncode != 0
    assert {row["signal"] for row in rows(folder, "main")} == set(GOOD)
    assert {row["status"] for row in rows(folder, "main")} <= {"ok", "collapsed"}
    assert {row["signal"] for row in rows(folder, "other")} == {"stack"}
    assert (folder / "results/own/tables/scores.csv").is_file()
    assert list((folder / "results/own/figures/main").rglob("*.pdf"))
    said = done.stdout + done.stderr
    start, end = said.split("nothing was made of signals that cannot be read:")
    for name, reason in REASONS.items():
        assert f"left out: {name}. {reason}" in start
        assert f"{name}: {reason}" in end
    assert ".smk" not in said and "Traceback" not in said


def test_a_study_of_what_can_be_read_ends_well(ended):
    folder, _ = ended
    assert runs.snakemake(folder, "own.yaml", "other", "--cores", "2").returncode == 0
    assert runs.snakemake(folder, "own.yaml", "main", "--cores", "2").returncode != 0


def test_a_dry_run_and_the_list_of_cells_name_them(ended):
    folder, _ = ended
    for words in (["-n"], ["list_cells", "--cores", "1"]):
        done = runs.snakemake(folder, "own.yaml", *words)
        assert done.returncode == 0, done.stderr
        for name, reason in REASONS.items():
            assert name in done.stdout + done.stderr and reason in done.stdout + done.stderr


def test_the_range_is_recorded_so_that_it_can_be_undone(ended):
    folder, _ = ended
    arrays, facts = store.read(folder / "results/own/signals/packed.h5", "signal")
    assert facts["own"]["range"] == [-1000, 1000]
    assert facts["own"]["spacing"] == [1, 1, 1]
    stored = np.asarray(nibabel.load(folder / "packed.nii.gz").dataobj)[1:7, 1:7, 1:7]
    undone = arrays["values"][..., 0] * 2000 - 1000
    np.testing.assert_allclose(undone, stored.clip(-1000, 1000), atol=1e-9)


def test_a_folder_is_one_signal_and_each_of_its_files_is_known(ended):
    folder, _ = ended
    arrays, facts = store.read(folder / "results/own/signals/slices.h5", "signal")
    assert arrays["values"].shape == (4, 6, 7, 1)
    assert facts["entry"]["settings"]["path"] == "slices"
    assert [source["file"] for source in facts["data"]] == [f"IM{n:04}" for n in range(4)]


def test_files_are_read_once_for_all_the_processes_of_a_run(ended):
    folder, _ = ended
    kept = folder / "results/own-files"
    before = {file.name: file.stat().st_mtime_ns for file in kept.iterdir()}
    assert len(before) == len(GOOD)
    runs.snakemake(folder, "own.yaml", "-n")
    assert {file.name: file.stat().st_mtime_ns for file in kept.iterdir()} == before


def test_once_the_files_are_mended_the_rest_alone_is_made(ended, copied):
    folder = copied(ended[0])
    before = runs.stamps(folder)
    mended = BAD | {"dark": {"path": "dark.npy", "range": "data"}}
    nibabel.Nifti1Image(RNG.random((5, 5, 5)), np.eye(4)).to_filename(folder / "cut.nii.gz")
    write_preset(folder, GOOD | mended)
    runs.run(folder, "own.yaml", "results/own/tables/scores.csv")
    after = runs.stamps(folder)
    assert {row["signal"] for row in rows(folder, "main")} == set(GOOD | BAD)
    assert {name: after[name] for name in before} == before


def test_a_study_that_has_nothing_left_is_refused_at_once(project, copied):
    folder = copied(project)
    write_files(folder)
    write_preset(folder, {"picture": GOOD["picture"], "stack": {"path": "stack.tif"}})
    done = runs.snakemake(folder, "own.yaml", "--cores", "2")
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("Study other has no signal that can be read. stack.tif holds values")
    assert runs.found(folder, "own/**/*.h5") == {}
