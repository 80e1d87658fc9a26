"""Views of a scene through the whole pipeline: others are shown, and these are asked back."""

import csv

import pytest
from helpers import runs

from fieldbench.results import store

PRESET = """\
training:
  steps: 60
  evaluations: 2
  by_task: {radiance-field: {batch: 100}}
signals:
  scene: {length: 12, views: 6, held: 5}
  photo: {length: 24}
tasks:
  views: {kind: radiance-field, samples: 16, resolution: 32}
models:
  grid: {learning_rate: 0.2}
studies:
  unseen:
    question: What does a scene look like from where nobody stood?
    tasks: [views]
    signals: [scene, photo]
    models: [grid, mlp-neff-relu]
    budgets: [1500, 3000]
    metrics: [psnr]
"""
RESULTS = "results/unseen"
SCORES = f"{RESULTS}/tables/unseen/scores.csv"
GALLERY = f"{RESULTS}/figures/unseen/galleries/views/scene.png"


@pytest.fixture(scope="module")
def seen(project, tmp_path_factory):
    """A folder where the preset has run, its table and its gallery."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("views") / "clone")
    (folder / "unseen.yaml").write_text(PRESET)
    runs.run(folder, "unseen.yaml", SCORES, GALLERY)
    return folder


def test_no_view_that_is_asked_back_is_shown(seen):
    arrays, facts = store.read(seen / RESULTS / "observations/views/scene.h5", "observation")
    assert arrays["values"].shape == (6, 12, 12, 3)
    assert arrays["beside/cameras"].shape == (6, 3, 4)
    assert arrays["beside/asked"].shape == (5, 3, 4)
    assert facts["target"]["shape"] == [5, 12, 12]
    assert (facts["domain"], facts["channels"]) == ("views", 4)


def test_every_model_is_between_floor_and_ceiling(seen):
    with open(seen / SCORES, newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["status"] for row in rows} <= {"ok", "collapsed"}
    assert {row["family"] for row in rows} == {"scene"}, "a photograph holds no views"
    scores = {(row["model"], row["budget"]): float(row["psnr"]) for row in rows}
    (floor,) = (s for (model, _), s in scores.items() if model == "constant")
    (ceiling,) = (s for (model, _), s in scores.items() if model == "oracle")
    for budget in ("1500", "3000"):
        assert floor < scores["grid", budget] < ceiling


def test_a_fit_has_the_views_in_their_shape(seen):
    file = seen / RESULTS / "fits/views/scene/mlp-neff-relu-3000-s1234.h5"
    arrays, facts = store.read(file, "fit")
    assert arrays["reconstruction"].shape == (5, 12, 12, 3)
    assert facts["training"]["batch"] == 100


def test_the_gallery_is_drawn_and_no_sheet_of_slices_is(seen):
    assert (seen / GALLERY).stat().st_size > 10_000
    assert not any("sheets" in name for name in runs.planned(seen, "unseen.yaml"))
