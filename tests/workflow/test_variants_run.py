"""Composed models on two tasks, one not for all of them: a run ranks and draws them."""

import csv
import re

import pytest
import yaml
from helpers import runs

PRESET = {
    "training": {"steps": 4, "evaluations": 1},
    "signals": {"photo": {"length": 12}},
    "models": {"mlp-rff-tanh": {"learning_rate": 1e30}},
    "studies": {
        "main": {
            "question": "Which encoding, which activation, which basis?",
            "tasks": ["represent", "poisson-laplacian"],
            "signals": ["photo"],
            "models": [
                {"mlp": [["identity", "rff"], ["relu", "tanh"]]},
                {"kan": [["fourier", "taylor"]]},
            ],
            "budgets": [1500],
            "metrics": ["psnr"],
        }
    },
}
TABLES, FIGURES = "results/variants/tables", "results/variants/figures"
SHOWN = [
    *(f"{TABLES}/main/rankings/{task}/psnr.md" for task in ("represent", "poisson-laplacian")),
    f"{TABLES}/main/rankings/represent/psnr.csv",
    f"{TABLES}/overview.md",
    f"{FIGURES}/overview.png",
    f"{FIGURES}/main/galleries/represent/photo.png",
    f"{FIGURES}/main/convergence.png",
    *(
        f"{FIGURES}/main/{folder}/poisson-laplacian/photo-psnr.png"
        for folder in ("compositions", "bases", "sizes", "timings")
    ),
]


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory):
    """Done, with figures of at most three models."""
    copy = runs.copy_folder(project, tmp_path_factory.mktemp("variants") / "clone")
    (copy / "variants.yaml").write_text(yaml.safe_dump(PRESET))
    look = copy / "config/figures.yaml"
    look.write_text(look.read_text().replace("readable: 12", "readable: 3"))
    runs.run(copy, "variants.yaml", *SHOWN)
    return copy


def test_all_are_ranked_or_told_why_not(folder):
    first, second = ((folder / name).read_text() for name in SHOWN[:2])
    with open(folder / SHOWN[2], newline="") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    assert len(rows) == 8 and float(rows["kan-taylor"]["training_seconds"]) > 0
    assert sorted(row["rank"] for row in rows.values() if row["rank"]) == ["1", "2", "3", "4", "5"]
    assert rows["mlp-rff-tanh"]["state"] == "failed"
    assert "RFF · Tanh" in first.split("Not ranked")[1]
    assert re.search(r"RFF · ReLU +\| impossible .*second derivatives", second)


def test_figures_are_drawn(folder):
    for name in SHOWN[4:]:
        assert (folder / name).read_bytes().startswith(b"\x89PNG")


def test_the_overview_is_over_both_tasks(folder):
    lines = (folder / f"{TABLES}/overview.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("| ")][2:]
    assert len(rows) == 6 and any("impossible" in row for row in rows)


def test_they_are_as_planned_and_nothing_is_made_again(folder):
    assert not set(SHOWN) & {f"results/variants/{n}" for n in runs.planned(folder, "variants.yaml")}
    done = runs.snakemake(
        folder, "variants.yaml", "explain", "--cores", "1", config=(f"of={FIGURES}/overview.png",)
    )
    assert "made by this code from these results" in done.stdout + done.stderr
