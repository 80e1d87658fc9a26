"""Sets of signals and printed numbers, from a preset to their tables, by a real run."""

import csv
from pathlib import Path

import numpy as np
import pytest
import yaml
from helpers import runs

PRESET = {
    "training": {"steps": 4, "evaluations": 1},
    "signals": {"cat": {"kind": "photo", "length": 12}, "star": {"length": 12}},
    "studies": {
        "two": {
            "question": "Do numbers of several signals come together?",
            "signals": ["cat", "star"],
            "models": ["grid", "relu-mlp"],
            "budgets": [300, 10000],
            "sets": {"both": ["cat", "star"]},
            "published": {"div2k-fitting": {}},
        }
    },
}
TABLES = [
    "scores.csv",
    "summary.csv",
    "sets/summary.csv",
    "sets/psnr.md",
    "published.csv",
    "published-ranks.csv",
    "published.md",
    "published.tex",
    "timings-by-model.md",
]
FIGURES = [
    "gaps-psnr.png",
    "sets/gaps-psnr.png",
    "sets/curves-psnr.png",
    "published/div2k-fitting.png",
]


@pytest.fixture(scope="module")
def results(project, tmp_path_factory) -> Path:
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("numbers") / "clone")
    (folder / "two.yaml").write_text(yaml.safe_dump(PRESET))
    wanted = [f"results/two/tables/two/{name}" for name in TABLES]
    wanted += [f"results/two/figures/two/{name}" for name in FIGURES]
    runs.run(folder, "two.yaml", *wanted)
    return folder / "results/two"


def rows(results: Path, name: str) -> list[dict[str, str]]:
    with open(results / "tables/two" / name, newline="") as file:
        return list(csv.DictReader(file))


def fits(results: Path, model: str, budget: str) -> dict[str, float]:
    return {
        r["signal"]: float(r["psnr"])
        for r in rows(results, "scores.csv")
        if (r["model"], r["budget"]) == (model, budget)
    }


def test_a_set_is_the_mean_of_its_signals_with_paired_gaps(results):
    grid, mlp = (fits(results, model, "300") for model in ("grid", "relu-mlp"))
    values = list(mlp.values())
    (row,) = (
        r
        for r in rows(results, "sets/summary.csv")
        if (r["model"], r["budget"]) == ("relu-mlp", "300")
    )
    assert (row["family"], row["n"], row["pairs"], row["reference"]) == ("both", "2", "2", "grid")
    assert float(row["mean"]) == pytest.approx(np.mean(values))
    assert float(row["std"]) == pytest.approx(np.std(values))
    assert (float(row["low"]), float(row["high"])) == (min(values), max(values))
    gaps = [mlp[signal] - grid[signal] for signal in ("cat", "star")]
    assert float(row["gap"]) == pytest.approx(np.mean(gaps))
    assert float(row["gap_low"]) == pytest.approx(min(gaps))
    assert {r["family"] for r in rows(results, "summary.csv")} == {"cat", "star"}


def test_printed_numbers_are_beside_the_mean_of_the_budget_they_share(results):
    (row,) = rows(results, "published.csv")  # relu-mlp is not printed, a budget of 300 neither
    mean = np.mean(list(fits(results, "grid", "10000").values()))
    assert (row["model"], row["budget"], row["printed"]) == ("grid", "10000", "21.92")
    assert float(row["value"]) == pytest.approx(mean)
    assert float(row["difference"]) == pytest.approx(min(mean, 100) - 21.92)
    assert (row["signals"], row["of"], row["what"]) == ("2", "10", "images")
    assert [r["kendall"] for r in rows(results, "published-ranks.csv")] == [""]


def test_all_that_was_asked_for_is_there(results):
    for name in TABLES:
        assert (results / "tables/two" / name).stat().st_size > 0
    for name in FIGURES:
        assert (results / "figures/two" / name).read_bytes().startswith(b"\x89PNG")
