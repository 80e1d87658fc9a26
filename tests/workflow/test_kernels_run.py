"""`snakemake kernels`: an analysis that belongs to no preset, small here, by Snakemake for real."""

import csv

import numpy as np
import pytest
import yaml
from helpers import edits, runs
from helpers.runs import edited

from fieldbench.analysis import kernel_tables
from fieldbench.analysis.examined import examine
from fieldbench.plan.analyses.kernels import Kernels
from fieldbench.plan.analyses.specs import KernelSpec
from fieldbench.plan.errors import UserError
from fieldbench.plan.targets.targets import of_scope
from fieldbench.results import store

ASKED = {
    "models": ["siren", "kan-chebyshev-1"],
    "budget": 300,
    "seeds": [1],
    "places": {"line": {"shape": [32], "frequencies": [1, 3, 6]}},
    "steps": 30,
}
CONFIG = ("kernels=asked.yaml",)
CELLS = {"line/siren-300-s1", "line/kan-chebyshev-1-300-s1"}


@pytest.fixture(scope="module")
def examined(project, tmp_path_factory):
    """A clone where kernels have been examined, and what the run said."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("kernels") / "clone")
    (folder / "asked.yaml").write_text(yaml.safe_dump(ASKED))
    return folder, runs.run(folder, "tiny", "kernels", config=CONFIG)


def read(folder, name):
    with open(folder / f"results/kernels/tables/{name}.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_have_a_row_a_kernel_frequency_and_eigenvalue(examined):
    folder, _ = examined
    rows = {name: read(folder, name) for name in Kernels.TABLES}
    assert {k: len(v) for k, v in rows.items()} == {"kernels": 2, "responses": 6, "spectra": 64}
    assert {f"{r['place']}/{r['model']}-{r['budget']}-s{r['seed']}" for r in rows["kernels"]} == (
        CELLS
    )
    for row in rows["kernels"]:
        assert float(row["trace"]) > 0 and 0 < float(row["adam_drift"]) <= 1
    for row in rows["spectra"]:
        assert float(row["value"]) <= 1


def test_figures_are_drawn(examined):
    folder, _ = examined
    for look in of_scope("figures", "kernels"):
        for suffix, begin in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
            file = folder / f"results/kernels/figures/line/{look}.{suffix}"
            assert file.read_bytes().startswith(begin)


def test_files_are_those_of_another_process_and_say_what_they_are(examined):
    folder, _ = examined
    name = "line/siren-300-s1"
    params = Kernels({"kernels": str(folder / "asked.yaml")}).examine_params(name)
    arrays, facts = store.read(folder / f"results/kernels/kernels/{name}.h5", "kernel")
    assert facts["origin"] and facts["versions"]["torch"] and facts["code"] == params["code"]
    again, _ = examine(KernelSpec.of(params))
    assert set(arrays) == set(again)
    for key, values in again.items():
        np.testing.assert_array_equal(arrays[key], values)


def test_the_run_says_what_it_does_and_nothing_of_the_preset(examined):
    folder, done = examined
    assert "kernels: 2 to examine" in done.stderr
    assert "Look at results/kernels/figures" in done.stderr
    assert "fits" not in done.stderr
    assert [f.name for f in (folder / "results").iterdir()] == ["kernels"]


def to_do(folder):
    """The files that a run would make now, below results/kernels."""
    done = runs.snakemake(folder, "tiny", "kernels", "--summary", config=CONFIG)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))
    assert len(rows) == len(CELLS) + len(Kernels.TABLES) + 2 * len(of_scope("figures", "kernels"))
    stale = {row["output_file"] for row in rows if row["plan"] != "no update"}
    return {file.removeprefix("results/kernels/") for file in stale}


def test_nothing_is_examined_twice_and_an_edit_examines_one_model_anew(examined):
    folder, _ = examined
    assert to_do(folder) == set()
    file = folder / "workflow/fieldbench/models/siren.py"
    with edited(file, *edits.SIREN_EDIT):
        again = {name for name in to_do(folder) if name.startswith("kernels/")}
    assert again == {"kernels/line/siren-300-s1.h5"}


def test_a_kernel_of_another_plan_is_refused(examined):
    file = str(examined[0] / "results/kernels/kernels/line/siren-300-s1.h5")
    own = store.facts(file, "kernel")["origin"]
    kernel_tables.check([file], [own])
    with pytest.raises(UserError, match="other code or settings"):
        kernel_tables.check([file], ["0" * 16])


def test_a_mistake_is_told_before_anything_runs(examined):
    folder, _ = examined
    (folder / "wrong.yaml").write_text(yaml.safe_dump(ASKED | {"models": ["sirne"]}))
    done = runs.snakemake(
        folder, "tiny", "kernels", "--cores", "1", config=("kernels=wrong.yaml", "results=other")
    )
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "there is no model 'sirne'. Did you mean 'siren'?" in said
    assert "Traceback" not in said and not (folder / "other").exists()
