"""Where files of a finished run come from; and a folder mixed of two versions of the code."""

import base64
import hashlib
import json
import re
import shutil
import subprocess

import pytest
import yaml
from helpers import edits, runs
from helpers.runs import edited
from PIL import Image

from fieldbench.explaining.asking import explain
from fieldbench.plan.jobs.lineage import Lineage
from fieldbench.plan.jobs.run import Run
from fieldbench.results import store

TINY = {"preset": "tiny", "results": "results"}
SIREN = "fits/represent/noise-b9-s1234/siren-100-s1234.h5"
EDIT = edits.SIREN_EDIT


@pytest.fixture
def ask(finished, monkeypatch):
    """Explains a file of the finished run."""
    monkeypatch.chdir(finished.folder)
    return lambda path: explain({"preset": "quick", "of": f"results/tiny/{path}"})


def test_the_plan_knows_what_snakemake_made_of_what(finished):
    products, seen = Lineage(Run(TINY, checks=False)), 0
    for record in (finished.folder / ".snakemake/metadata").iterdir():
        path = base64.urlsafe_b64decode(record.name).decode()
        noted, product = json.loads(record.read_text()), products.find(path)
        assert set(noted["input"]) == set(product.inputs), path
        assert noted["rule"] == product.script, path
        seen += 1
    targets = set(products.files) - {p for p, own in products.files.items() if own.kind == "data"}
    assert seen == len(targets) > 100


def test_every_file_has_the_planned_origin(finished):
    run = Run(TINY, checks=False)
    for cell in (*run.cells.fits, *run.cells.rendered):
        facts = store.facts(finished.folder / run.files.fit(cell), "fit")
        assert facts["origin"] == run.fingerprints.of(run.files.fit(cell))
    assert len({run.fingerprints.of(run.files.fit(cell)) for cell in run.cells.fits}) == len(
        run.cells.fits
    )


def test_digests_of_inputs_are_those_of_the_files(finished):
    root = finished.folder / "results/tiny"
    seen = store.facts(root / "observations/denoise/photo.h5", "observation")
    fit = store.facts(root / "fits/denoise/photo/siren-600-s1234.h5", "fit")
    assert seen["made_of"] == {"signal": [store.digest(root / "signals/photo.h5")]}
    assert fit["made_of"] == {"observation": [store.digest(root / "observations/denoise/photo.h5")]}


def test_a_figure_is_told_down_to_its_signals(ask):
    lines = ask("figures/synthetic_2d/curves-psnr.pdf").splitlines()
    titles = [line.lstrip("│├└─ ") for line in lines if "─ " in line]
    assert titles[0] == "results/tiny/tables/synthetic_2d/scores.csv"
    counted = [re.sub(r"^[\d,]+ ", "", title) for title in titles[1:]]
    assert counted == ["scores", "fits", "observations", "signals"]
    told = "\n".join(lines)
    assert "made by this code from these results" in told
    assert "grid (8), siren (8), ffn (8), constant (4), oracle (4)" in told
    assert told.count("made by this code and these settings") == 4
    assert len(lines) < 40
    assert re.search(r"git checkout|commit [0-9a-f]{40}, ", lines[-1])


def test_a_fit_is_told_in_full(ask):
    path = "fits/denoise/photo/siren-600-s1234.h5"
    facts = store.facts(f"results/tiny/{path}", "fit")
    told = ask(path)
    parameters = f"siren, {facts['parameters']:,} parameters"
    versions = [f"{name} {number}" for name, number in facts["versions"].items()]
    for said in (parameters, "20 of 20 steps", "cpu, backend torch", facts["code"], *versions):
        assert said in told
    assert "denoise sigma=" in told and "seed 1234" in told and "budget 600" in told
    assert told.count("as it is on disk") == 2  # its observation, and that one's signal
    assert "results/tiny/signals/photo.h5" in told


@pytest.mark.parametrize(
    "path",
    [
        "tables/scores.csv",
        "tables/image/psnr.md",
        "tables/image/timings-by-model.tex",
        "figures/image/galleries/denoise/photo.png",
        "figures/synthetic_3d/surfaces/represent/solid.pdf",
        "signals/solid.h5",
    ],
)
def test_a_finished_run_is_as_planned(ask, path):
    told = ask(path)
    assert not re.search("other (code|settings|results)|not there|damaged", told)
    assert "signal" in told


def test_a_finished_folder_is_as_planned(ask):
    counted = re.match(r"results/tiny: (\d+) files as planned, 0 made otherwise\.", ask(""))
    assert int(counted[1]) > 100


def test_tables_for_readers_have_a_footer_and_csv_stays_plain(finished):
    root = finished.folder / "results/tiny/tables"
    for table in root.glob("*/*.md"):
        assert re.search(r"<sub>fieldbench: preset tiny, study .*</sub>\n$", table.read_text())
    for table in root.glob("*/*.tex"):
        assert table.read_text().count("fieldbench: preset tiny") == 1
    for table in root.glob("**/*.csv"):
        assert "fieldbench" not in table.read_text()


def test_another_number_of_steps_is_named(finished, copied, monkeypatch):
    folder = copied(finished.folder)
    preset = yaml.safe_load((folder / "config/presets/tiny.yaml").read_text())
    preset["training"]["steps"] = 21
    (folder / "more.yaml").write_text(yaml.safe_dump(preset))
    (folder / "results/tiny").rename(folder / "results/more")
    monkeypatch.chdir(folder)
    path = "results/more/fits/represent/photo/grid-600-s1234.h5"
    told = explain({"preset": "more.yaml", "of": path})
    assert "other settings: training.steps 20 in the file, 21 planned" in told


def test_explain_by_the_command(finished):
    path = "results/tiny/fits/represent/solid/grid-600-s1234.h5"
    done = runs.snakemake(finished.folder, "quick", "explain", config=(f"of={path}",))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{path}\n") and "made by this code" in done.stdout
    wrong = runs.snakemake(finished.folder, "tiny", "explain", config=("of=results/tiny/fit.h5",))
    assert wrong.returncode == 1
    assert "The preset tiny makes no file results/tiny/fit.h5." in wrong.stderr


@pytest.fixture
def brought(small, copied):
    """The small run, brought here without what Snakemake noted of it."""
    folder = copied(small.folder)
    shutil.rmtree(folder / ".snakemake")
    return folder


def about(folder) -> str:
    """What is said of the whole folder."""
    return runs.run(folder, "small.yaml", "explain", config=("of=results/small",)).stdout


def test_results_brought_from_elsewhere_are_taken_where_nothing_changed(brought):
    said = runs.run(brought, "small.yaml", "--dry-run")
    assert "Nothing to be done" in said.stderr + said.stdout
    assert "made by other code" not in said.stderr + said.stdout


def test_a_mixed_folder_is_named_and_mended(brought):
    before = runs.stamps(brought)
    with edited(brought / "workflow/fieldbench/models/siren.py", *EDIT):
        # All is there, so that Snakemake sees nothing to do; we do.
        said = runs.run(brought, "small.yaml").stderr
        assert "Nothing to be done" in said and "was made by other code" in said
        assert "explain --config preset=small.yaml of=results/small" in said

        for part in ("scores", "tables"):
            shutil.rmtree(brought / "results/small" / part)
        failed = runs.snakemake(brought, "small.yaml", "--cores", "2", runs.SMALL_SCORES)
        assert failed.returncode == 1
        assert "3 of 3 fits were made by other code or settings than planned" in failed.stderr
        assert f"results/small/{SIREN}" in failed.stderr
        assert runs.stamps(brought) == before

        told = about(brought)
        code = re.search(r"other code: planned digest (\w{16}), file's (\w{16})", told)
        assert code and code[1] != code[2]
        listed = (brought / "results/small/logs/made-otherwise.txt").read_text().split()
        assert {n for n in listed if "/fits/" in n} == {
            f"results/{name}" for name in before if "/siren-" in name
        }
        command = re.search("Remove them with: (.*)", told)[1]
        subprocess.run(command, shell=True, check=True, cwd=brought)

        runs.run(brought, "small.yaml", runs.SMALL_SCORES)
        assert ", 0 made otherwise." in about(brought)
    after = runs.stamps(brought)
    assert {n for n in after if after[n] != before[n]} == {n for n in after if "/siren-" in n}


def test_a_signal_says_the_sha256_of_its_file(project, copied):
    folder = copied(project)
    preset = yaml.safe_load(runs.SMALL)
    preset["signals"] = {"mine": {"kind": "file", "path": "mine.png"}}
    preset["studies"]["main"] |= {"signals": ["mine"]}
    (folder / "mine.yaml").write_text(yaml.safe_dump(preset))
    Image.linear_gradient("L").resize((20, 20)).save(folder / "mine.png")
    runs.run(folder, "mine.yaml", "results/mine/signals/mine.h5")
    digest = hashlib.sha256((folder / "mine.png").read_bytes()).hexdigest()
    facts = store.facts(folder / "results/mine/signals/mine.h5", "signal")
    assert facts["data"] == [{"file": "mine.png", "sha256": digest}]
    of = "of=results/mine/signals/mine.h5"
    told = runs.run(folder, "mine.yaml", "explain", config=(of,)).stdout
    assert digest in told and "your own file" in told
