"""Differential equations through the whole pipeline: planned, solved, scored and drawn."""

import csv

import pytest
from helpers import runs
from PIL import Image

from fieldbench.results import store

PRESET = """\
training: {steps: 150, evaluations: 1, batch: 200, keep: last, schedule: cosine}
signals:
  source: {kind: radiated, length: 16, wavenumber: 6, deviation: 0.1}
  disc: {kind: slowness, length: 16}
  ring: {kind: pulse, frames: 6, length: 12, deviation: 0.2, peak: 1.0}
tasks:
  helmholtz: {emphasis: 0.01}
  waveform-inversion: {sources: 2, nodes: 96, wavenumber: 6}
  wave: {initial: 50}
models:
  mlp-identity-sine: {omega: 10, learning_rate: 2.0e-3, hidden_layers: 2}
studies:
  equations:
    question: Does a model find a field from its equation?
    tasks: [helmholtz, waveform-inversion, wave]
    signals: [source, disc, ring]
    models: [mlp-identity-sine]
    budgets: [2000]
    metrics: [relative-l2]
"""
PAIRS = [("helmholtz", "source"), ("waveform-inversion", "disc"), ("wave", "ring")]
SCORES = "results/equations/tables/equations/scores.csv"
GALLERIES = "results/equations/figures/equations/galleries"
PICTURES = [f"{GALLERIES}/{task}/{signal}.png" for task, signal in PAIRS]


@pytest.fixture(scope="module")
def solved(project, tmp_path_factory):
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("equations") / "clone")
    (folder / "equations.yaml").write_text(PRESET)
    runs.run(folder, "equations.yaml", SCORES, *PICTURES)
    return folder


def test_each_task_has_its_own_signal_and_finds_something(solved):
    with open(solved / SCORES, newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["task"], row["signal"]) for row in rows} == set(PAIRS)
    assert {row["status"] for row in rows} <= {"ok", "collapsed"}
    errors = {(r["task"], r["model"]): float(r["relative-l2"]) for r in rows}
    assert all(errors[task, "oracle"] < 1e-6 for task, _ in PAIRS)
    assert errors["helmholtz", "mlp-identity-sine"] < 0.9


def test_a_model_maps_what_its_task_asks_for(solved):
    made = "results/equations/fits/waveform-inversion/disc/mlp-identity-sine-2000-s1234.h5"
    arrays, _ = store.read(solved / made, "fit")
    assert arrays["reconstruction"].shape == (16, 16, 1)
    seen, facts = store.read(
        solved / "results/equations/observations/waveform-inversion/disc.h5", "observation"
    )
    assert facts["channels"] == 5
    assert seen["beside/sources"].shape == (2, 2)


def test_signed_fields_are_red_and_blue(solved):
    colours = Image.open(solved / PICTURES[0]).convert("RGB").getcolors(10**6)
    kinds = {(r > b + 60, b > r + 60) for _, (r, g, b) in colours}
    assert {(True, False), (False, True)} <= kinds
