"""`snakemake throughput`: a benchmark of its own, small here, through Snakemake for real."""

import base64
import csv
import itertools
import json

import pytest
import yaml
from helpers import edits, runs
from helpers.runs import edited

from fieldbench.results import store

ASKED = {
    "models": ["grid", "siren"],
    "budgets": [400],
    "places": {"2d": {"shape": [24, 20]}, "3d": {"shape": [8, 8, 8]}},
    "device": "cpu",
    "measuring": {
        "seconds": 0.01,
        "most_pairs": 5,
        "machine": {"cpu": {"matrix": [128], "copy_mb": 2}},
    },
}
CONFIG = ("throughput=asked.yaml",)
CELLS = {"2d/grid-400", "2d/siren-400", "3d/grid-400", "3d/siren-400"}


@pytest.fixture(scope="module")
def measured(project, tmp_path_factory):
    """A clone where the benchmark has been run, and what the run said."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("throughput") / "clone")
    (folder / "asked.yaml").write_text(yaml.safe_dump(ASKED))
    return folder, runs.run(folder, "tiny", "throughput", config=CONFIG)


def planned(folder, *words) -> str:
    done = runs.snakemake(folder, "tiny", "-n", "--cores", "1", *words, config=CONFIG)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_table_has_a_row_a_model_budget_and_place(measured):
    folder, _ = measured
    with open(folder / "results/throughput/tables/throughput.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {f"{r['place']}/{r['model']}-{r['budget']}" for r in rows} == CELLS
    for row in rows:
        assert float(row["ratio"]) > 0 and float(row["fraction"]) > 0
        assert float(row["gradient_difference"]) < 1e-3
        assert 3 <= int(row["pairs"]) <= 5
        assert row["processor"] and row["threads"] == "1"
    text = (folder / "results/throughput/tables/throughput.md").read_text()
    assert "| SIREN" in text and "Geometric means" in text


def test_figure_is_drawn(measured):
    folder, _ = measured
    for suffix, begin in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
        file = folder / f"results/throughput/figures/throughput.{suffix}"
        assert file.read_bytes().startswith(begin)


def test_files_explain_themselves(measured):
    folder, _ = measured
    file = folder / "results/throughput/measurements/2d/siren-400.h5"
    facts, found = store.facts(file, "throughput"), store.timing(file, "throughput")
    assert facts["cell"] == {"place": "2d", "model": "siren", "budget": 400}
    assert facts["points"] == 480 and facts["code"]
    assert len(found["ours"]["seconds"]) == len(found["textbook"]["cpu_seconds"])


def test_the_run_says_what_it_does_and_nothing_of_the_preset(measured):
    folder, done = measured
    assert "throughput: 4 measurements, device cpu" in done.stderr
    assert "fieldbench: siren of 400, 2d: textbook" in done.stderr
    assert "Look at results/throughput/figures" in done.stderr
    assert "fits" not in done.stderr
    assert [f.name for f in (folder / "results").iterdir()] == ["throughput"]


def to_do(folder) -> set[str]:
    """The files that a run would make now, below results/throughput."""
    done = runs.snakemake(folder, "tiny", "throughput", "--summary", config=CONFIG)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))
    assert len(rows) == len(CELLS) + 4
    stale = {row["output_file"] for row in rows if row["plan"] != "no update"}
    return {file.removeprefix("results/throughput/") for file in stale}


def test_nothing_is_measured_twice_and_an_edit_measures_one_model_anew(measured):
    folder, _ = measured
    assert to_do(folder) == set()
    file = folder / "workflow/fieldbench/models/siren.py"
    with edited(file, *edits.SIREN_EDIT):
        again = {name for name in to_do(folder) if name.startswith("measurements/")}
    assert again == {"measurements/2d/siren-400.h5", "measurements/3d/siren-400.h5"}


def test_no_two_measurements_overlap(measured):
    """The run had two cores; each measurement takes all of them."""
    folder, _ = measured
    spans = []
    for cell in CELLS:
        name = base64.urlsafe_b64encode(f"results/throughput/measurements/{cell}.h5".encode())
        noted = json.loads((folder / ".snakemake/metadata" / name.decode()).read_text())
        spans.append((noted["starttime"], noted["endtime"]))
    spans.sort()
    for (_, ended), (began, _) in itertools.pairwise(spans):
        assert ended <= began + 0.05  # endtime is that of the file, which may be rounded


def test_it_is_no_part_of_all(measured):
    assert "measure_throughput" not in planned(measured[0])


def test_a_mistake_is_told_in_two_sentences_before_anything_runs(project, tmp_path):
    folder = runs.copy_folder(project, tmp_path / "clone")
    wrong = ASKED | {"models": ["grid", "sirne"]}
    (folder / "asked.yaml").write_text(yaml.safe_dump(wrong))
    done = runs.snakemake(folder, "tiny", "throughput", "--cores", "1", config=CONFIG)
    assert done.returncode != 0
    assert "there is no trained model 'sirne'. Did you mean 'siren'?" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (folder / "results").exists()
