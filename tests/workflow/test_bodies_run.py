"""Bodies through the whole pipeline: oriented points, distances, their scores, pictures, meshes."""

import csv

import numpy as np
import pytest
import trimesh
from helpers import runs

from fieldbench.results import store

PRESET = """\
training: {steps: 150, evaluations: 2, keep: last}
signals:
  ring: {kind: ring-distance, length: 20}
  balls: {kind: spheres, dims: 3, length: 12, label: 1}
tasks:
  signed-distance: {oriented: 1000, on_surface: 200, off_surface: 200}
models:
  mlp-identity-sine: {learning_rate: 1e-3}
studies:
  distances:
    question: Can distances be told from oriented points?
    tasks: [signed-distance]
    signals: [ring]
    models: [mlp-identity-sine]
    budgets: [3000]
    metrics: [chamfer, iou-inside, distance-error]
  volumes:
    question: And what is filled?
    signals: [balls]
    models: [grid]
    budgets: [500]
    metrics: [iou]
"""
RESULTS = "results/own"
SCORES = f"{RESULTS}/tables/distances/scores.csv"
FIGURES = [f"{RESULTS}/figures/distances/{look}/signed-distance/ring.png"
           for look in ("galleries", "surfaces")]  # fmt: skip
MESHES = [f"{RESULTS}/meshes/distances/signed-distance/ring{of}.ply"
          for of in ("", "/mlp-identity-sine")]  # fmt: skip
MESHES += [f"{RESULTS}/meshes/volumes/represent/balls{of}.ply" for of in ("", "/grid")]


@pytest.fixture(scope="module")
def made(project, tmp_path_factory):
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("bodies") / "clone")
    (folder / "own.yaml").write_text(PRESET)
    runs.run(folder, "own.yaml", SCORES, *FIGURES, *MESHES)
    return folder


def test_what_is_shown_are_oriented_points(made):
    file = made / RESULTS / "observations/signed-distance/ring.h5"
    arrays, facts = store.read(file, "observation")
    assert arrays["values"].shape == (1000, 6)
    assert facts["domain"] == "oriented points"
    assert facts["target"]["shape"] == [20, 20, 20]


def test_a_fit_is_between_floor_and_ceiling(made):
    with open(made / SCORES, newline="") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    assert {row["status"] for row in rows.values()} <= {"ok", "collapsed"}
    for metric, better in (("chamfer", -1), ("iou-inside", 1)):
        floor, fit, ceiling = (
            better * float(rows[model][metric])
            for model in ("constant", "mlp-identity-sine", "oracle")
        )
        assert floor < fit < ceiling
    assert float(rows["oracle"]["distance-error"]) < 1e-6


def test_pictures_are_drawn(made):
    assert all((made / figure).stat().st_size > 10_000 for figure in FIGURES)


def test_the_truths_mesh_is_closed_and_as_large_as_the_body(made):
    for file, signal in ((MESHES[0], "ring"), (MESHES[2], "balls-s1234")):
        mesh = trimesh.load_mesh(made / file)
        values = store.read(made / RESULTS / f"signals/{signal}.h5", "signal")[0]["values"]
        inside = (values < 0) if signal == "ring" else (values > 0.5)
        assert mesh.is_watertight
        assert mesh.volume == pytest.approx(inside.mean() * 8, rel=0.35)
        assert np.abs(mesh.bounds).max() < 1 + 1.01 / 12


def test_every_mesh_says_where_it_comes_from_and_comes_again_byte_by_byte(made):
    before = [(made / mesh).read_bytes() for mesh in MESHES]
    for content in before:
        assert b"\ncomment fieldbench: preset own, study " in content[:300]
    for mesh in MESHES:
        (made / mesh).unlink()
    runs.run(made, "own.yaml", *MESHES)
    assert [(made / mesh).read_bytes() for mesh in MESHES] == before
    told = runs.snakemake(made, "own.yaml", "explain", "--cores", "1", config=(f"of={MESHES[1]}",))
    assert "mesh of the surface of what mlp-identity-sine makes of ring" in told.stdout
    assert "made by this code from these results" in told.stdout
