"""A run that asks the same fits for two resolutions."""

import csv

import pytest
from helpers import runs

PRESET = """\
training: {steps: 60, evaluations: 2}
signals:
  photo: {length: 24}
  solid: {length: 10}
tasks:
  placed: {kind: upscale, alignment: centre}
studies:
  fine:
    question: Do the fits hold more than they were shown?
    tasks: [represent, upscale, placed]
    signals: [photo, solid]
    models: [grid, relu-mlp]
    budgets: [600]
  coarse:
    question: And what they were shown?
    signals: [photo]
    models: [grid]
    budgets: [600]
"""


@pytest.fixture(scope="module")
def asked(project, tmp_path_factory):
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("upscale") / "clone")
    (folder / "fine.yaml").write_text(PRESET)
    return folder, runs.snakemake(folder, "fine.yaml", "--cores", "2", "fine")


def test_fits_are_trained_once_and_scored_where_they_are_asked(asked):
    folder, result = asked
    assert result.returncode == 0, result.stderr
    logs = list((folder / "results/fine/logs/fits/represent").rglob("*.log"))
    trained = [log for log in logs if "step 60" in log.read_text()]
    assert len(trained) == 4  # two models, two signals
    rows = read(folder)
    assert {r["task"] for r in rows} == {"represent", "upscale", "placed"}
    assert len(rows) == 3 * 2 * 4
    assert {r["samples"] for r in rows if r["task"] == "represent"} == {"576", "1000"}
    assert {r["samples"] for r in rows if r["task"] != "represent"} == {"9216", "8000"}


def test_floor_and_ceiling_hold_at_every_resolution(asked):
    rows = read(asked[0])
    for task in ("represent", "upscale", "placed"):
        for signal in ("photo", "solid"):
            found = {
                r["model"]: float(r["psnr"])
                for r in rows
                if (r["task"], r["signal"]) == (task, signal)
            }
            assert found["constant"] < found["grid"] < found["oracle"]
            assert found["oracle"] > 130


def test_a_study_by_its_name_makes_that_study_alone(asked):
    folder, _ = asked
    assert (folder / "results/fine/figures/fine/curves-psnr.png").is_file()
    assert not (folder / "results/fine/figures/coarse").exists()
    assert not (folder / "results/fine/tables/scores.csv").exists()


def test_a_dry_run_tells_the_fits_of_each_study(asked):
    folder, _ = asked
    told = runs.snakemake(folder, "fine.yaml", "--dry-run").stderr
    assert "fine: 4 fits and 6 controls, asked 16 more questions" in told
    assert "coarse: 1 fits and 2 controls" in told


def read(folder):
    with open(folder / "results/fine/tables/fine/scores.csv", newline="") as file:
        return list(csv.DictReader(file))
