"""Tomography through the whole pipeline: a phantom that is no square, its views, and its slices."""

import csv

import numpy as np
import pytest
from helpers import runs
from helpers.runs import edited
from skimage.data import shepp_logan_phantom
from skimage.transform import resize

from fieldbench.results import store

PRESET = """\
training:
  steps: 150
  evaluations: 3
  batch: 500
  by_task: {tomography: {keep: last, batch: all}}
signals:
  head: {kind: file, path: head.npy}
tasks:
  scan: {kind: tomography, detectors: full}
models:
  grid-tv: {tv: 1.0}
  ffn: {features: 16, sigma: 1.0, learning_rate: 1e-2}
studies:
  slices:
    question: Can a slice be told from its views?
    tasks: [scan]
    signals: [head]
    models: [grid-tv, ffn]
    budgets: [600]
    metrics: [psnr, ssim]
"""
RESULTS = "results/head"
SCORES = f"{RESULTS}/tables/slices/scores.csv"
GALLERY = f"{RESULTS}/figures/slices/galleries/scan/head.png"
MODELS = ("grid-tv", "ffn")


@pytest.fixture(scope="module")
def scanned(project, tmp_path_factory):
    """A folder where the preset has run, its tables and its gallery."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("scan") / "clone")
    head = resize(shepp_logan_phantom()[:, 30:-30], (48, 40), anti_aliasing=True)
    np.save(folder / "head.npy", head.astype(np.float32).clip(0, 1))
    (folder / "head.yaml").write_text(PRESET)
    runs.run(folder, "head.yaml", SCORES, GALLERY)
    return folder


def test_the_observation_is_a_sinogram(scanned):
    file = scanned / RESULTS / "observations/scan/head.h5"
    arrays, facts = store.read(file, "observation")
    angles, detectors, channels = arrays["values"].shape
    assert (angles, channels) == (100, 1)
    assert detectors > np.hypot(48, 40)
    assert facts["domain"] == "sinogram"
    assert facts["seen"]["shape"] == facts["target"]["shape"] == [48, 40]


@pytest.mark.parametrize("metric", ["psnr", "ssim"])
def test_every_model_is_between_floor_and_ceiling(scanned, metric):
    with open(scanned / SCORES, newline="") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    assert {row["status"] for row in rows.values()} <= {"ok", "collapsed"}
    for model in MODELS:
        floor, ceiling = (float(rows[control][metric]) for control in ("constant", "oracle"))
        assert floor < float(rows[model][metric]) < ceiling


@pytest.mark.parametrize("model", MODELS)
def test_a_fit_is_trained_as_its_task_asks_and_gives_a_slice(scanned, model):
    file = scanned / RESULTS / f"fits/scan/head/{model}-600-s1234.h5"
    arrays, facts = store.read(file, "fit")
    assert (facts["kept"], facts["training"]["batch"]) == ("last", "all")
    assert arrays["reconstruction"].shape == (48, 40, 1)
    first, *_, last = arrays["history/loss"]
    assert last < 0.1 * first


def test_the_gallery_is_drawn_and_an_edit_of_the_projector_fits_anew(scanned):
    assert (scanned / GALLERY).stat().st_size > 10_000
    projector = scanned / "workflow/fieldbench/tasks/_projector.py"
    with edited(projector, "BORDER = 2", "BORDER = 3"):
        planned = runs.planned(scanned, "head.yaml")
    assert {"observations/scan/head.h5", "fits/scan/head/ffn-600-s1234.h5"} <= planned
    assert "observations/represent/head.h5" not in planned
