"""Which pictures the plan asks for, and what each shows."""

import numpy as np
import pytest

PRESET = """
signals:
  noise: {{kind: bandlimited, length: 16, label: [5, 7, 9]}}
  volume: {{kind: bandlimited, dims: 3, length: 8}}
  balls: {{kind: spheres, dims: 3, length: 8}}
  own: {{kind: file, path: {path}}}
  line: {{kind: bandlimited, dims: 1, length: 64}}
models: {{ffn: {{features: 16}}}}
studies:
  flat:
    question: One?
    signals: [noise, line]
    models: [grid, ffn]
    budgets: [30, 500]
    seeds: [3, 4]
  bodies:
    question: Two?
    signals: [volume, balls, own]
    models: [grid]
    budgets: [100, 400]
    metrics: [psnr, iou]
  once:
    question: Three?
    signals: [own]
    models: [grid]
    budgets: [400]
"""


@pytest.fixture
def run(tmp_path, plan):
    np.save(tmp_path / "own.npy", np.zeros((6, 6, 6), bool))
    return plan(PRESET.format(path=tmp_path / "own.npy"))


def figures(run, study, kind):
    """The names of a study's figures of a kind."""
    start = f"{run.paths.root}/figures/{study}/{kind}/"
    found = [t.removeprefix(start) for t in run.targets.of(study) if t.startswith(start)]
    assert all(f"{name[:-4]}.png" in found for name in found)
    return {name[:-4] for name in found}


def test_a_sheet_shows_the_gallerys_signal_at_every_budget(run):
    assert figures(run, "flat", "sheets") == {"represent/noise"}  # a line has no picture
    cells = run.targets.studies["flat"].sheets["represent", "noise"]
    assert {(c.model, c.budget) for c in cells} == {
        (m, b) for m, b in [("grid", 30), ("grid", 500), ("ffn", 30), ("ffn", 500)]
    } & {(c.model, c.budget) for c in run.cells.fits}
    assert {c.signal for c in cells} == {"noise-b7-s3"} and {c.seed for c in cells} == {3}


def test_one_budget_needs_no_sheet(run):
    assert figures(run, "once", "sheets") == set()
    assert figures(run, "once", "galleries") == {"represent/own"}


def test_surfaces_are_drawn_of_bodies_only(run):
    assert figures(run, "bodies", "surfaces") == {"represent/balls", "represent/own"}
    assert figures(run, "once", "surfaces") == set()  # nobody asks for IoU, so it may be anything
    assert figures(run, "flat", "surfaces") == set()
    (cell,) = run.targets.studies["bodies"].surfaces["represent", "own"]
    assert (cell.model, cell.budget) == ("grid", 400)
