"""The preset tiny from a fresh clone: one command, and everything is there."""

import csv
import re
import time
from math import inf, isfinite

import numpy as np
import pytest
import yaml
from helpers import runs
from PIL import Image

from fieldbench.plan.jobs.run import Run
from fieldbench.results import store

RUN = Run({"preset": "tiny", "results": "results"})

OWN = {
    "training": {"steps": 5, "evaluations": 1},
    "signals": {"mine": {"kind": "file", "path": "mine.png"}},
    "studies": {
        "own": {
            "question": "Does my picture work?",
            "signals": ["mine"],
            "models": ["grid"],
            "budgets": [200],
        }
    },
}


def scores(finished) -> list[dict[str, str]]:
    with open(finished.folder / RUN.paths.table("scores.csv"), newline="") as file:
        return list(csv.DictReader(file))


def test_every_target_of_the_plan_is_there(finished):
    targets = [t for study in RUN.cells.studies for t in RUN.targets.of(study)]
    assert len(targets) > 30
    missing = [t for t in targets if not (finished.folder / t).stat().st_size]
    assert missing == []


def test_scores_has_one_row_a_study_and_cell(finished):
    rows = [
        (r["study"], r["task"], r["signal"], r["model"], int(r["budget"] or 0), int(r["seed"]))
        for r in scores(finished)
    ]
    planned = [
        (study, c.task, c.signal, c.model, c.budget, c.seed)
        for study, cells in RUN.cells.studies.items()
        for c in cells
    ]
    assert sorted(rows) == sorted(planned)
    assert {row["status"] for row in scores(finished)} <= {"ok", "collapsed"}


def test_no_signal_is_flat(finished):
    """A flat signal is no test of anything: its constant is perfect."""
    for name, file in runs.found(finished.folder, "*/signals/*.h5").items():
        values = store.read(file, "signal")[0]["values"]
        assert np.ptp(values) > 0.1, f"{name} is flat"


@pytest.mark.parametrize("metric", ["psnr", "ssim", "iou"])
def test_scores_lie_between_constant_and_oracle(finished, metric):
    """Twenty steps bring a grid over the floor; networks need only stay under the ceiling."""
    rows = [row for row in scores(finished) if row[metric]]
    assert rows

    def bound(row, control: str) -> float:
        place = ("study", "task", "signal")
        return next(
            float(r[metric])
            for r in rows
            if r["model"] == control and all(r[k] == row[k] for k in place)
        )

    for row in rows:
        value = float(row[metric])
        assert isfinite(value) or (row["model"] == "oracle" and value == inf), row
        assert value <= bound(row, "oracle"), row
        if row["model"].startswith("grid"):
            assert value >= bound(row, "constant"), row


def test_figures_are_pictures(finished):
    pictures = runs.found(finished.folder, "*/figures/**/*.*")
    assert {f.suffix for f in pictures.values()} == {".pdf", ".png"}
    for name, file in pictures.items():
        if file.suffix == ".png":
            with Image.open(file) as image:
                image.verify()
            with Image.open(file) as image:
                assert len(set(image.convert("L").tobytes())) > 2, f"{name} is empty"
        else:
            content = file.read_bytes()
            assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF"), name


def test_progress_is_told_and_where_to_look(finished):
    fits = len(RUN.cells.fits)
    said, *lines = finished.stderr.splitlines()[1:]  # the first is Snakemake's, about its profile
    controls = sum(cell.budget == 0 for cell in RUN.cells.fits)
    counted = f"{fits - controls} fits and {controls} controls"
    assert f"{counted} in {len(RUN.cells.studies)} studies" in said
    told = [re.match(rf"fieldbench: (\d+) of {fits} fits done", line) for line in lines]
    counts = [int(match[1]) for match in told if match]
    assert counts == sorted(counts)
    done = next(n for n, line in enumerate(lines) if line.startswith("fieldbench: done."))
    assert f"{RUN.paths.root}/figures" in lines[done] and f"{RUN.paths.root}/tables" in lines[done]
    foreign = [line for line in lines[:done] if not line.startswith(("fieldbench: ", "  "))]
    assert foreign == []
    summary = (finished.folder / RUN.paths.summary).read_text()
    assert [line for line in lines[done + 1 : -1] if line and line not in summary] == []
    assert lines[-1] == f"This is {RUN.paths.summary}."


def test_nothing_hidden_is_left_behind(finished):
    left = [f.name for f in (finished.folder / "results").rglob(".*")]
    assert left == []


def test_second_run_has_nothing_to_do(finished):
    began = time.monotonic()
    done = runs.run(finished.folder, "tiny")
    assert time.monotonic() - began < 20
    assert "Nothing to be done" in done.stderr


def test_list_cells_has_a_line_a_cell_the_dropped_first(project, copied):
    """Two budgets, one of them too small for any model; the controls have none."""
    folder = copied(project)
    preset = yaml.safe_load(runs.SMALL)
    preset["studies"]["main"]["budgets"] = [3, 200]
    (folder / "drops.yaml").write_text(yaml.safe_dump(preset))
    said = runs.run(folder, "drops.yaml", "list_cells").stdout
    dropped, kept = said.split("\n\n")
    assert {tuple(line.split()[3:5]) for line in kept.splitlines()[2:]} == {
        ("constant", "0"), ("oracle", "0"), ("grid", "200"), ("siren", "200")
    }  # fmt: skip
    lines = dropped.splitlines()
    why = [n for n, line in enumerate(lines) if line.startswith("  because the smallest ")]
    assert {lines[n + 1].split()[3] for n in why} == {"grid", "siren"}
    assert all(lines[n + 1].split()[4] == "3" for n in why)
    for part in (lines, kept.splitlines()):  # a column begins where its head does
        head, rows = part[1], [line for line in part[2:] if not line.startswith("  because")]
        assert all(row.index(row.split()[3]) == head.index("model") for row in rows)
    assert runs.found(folder, "*/fits/**/*.h5") == {}


@pytest.fixture
def own(project, copied):
    """A user's own preset, with a picture of their own, done."""
    folder = copied(project)
    (folder / "my.yaml").write_text(yaml.safe_dump(OWN))
    picture(folder, 7)
    runs.run(folder, "my.yaml")
    return folder


def picture(folder, factor: int) -> None:
    values = np.arange(20 * 30, dtype=np.uint8).reshape(20, 30) * factor
    Image.fromarray(values).save(folder / "mine.png")


def test_own_picture_in_own_preset(own):
    values = store.read(own / "results/my/signals/mine.h5", "signal")[0]["values"]
    with Image.open(own / "mine.png") as image:
        np.testing.assert_allclose(values[..., 0], np.asarray(image) / 255, atol=1e-12)
    assert runs.planned(own, "my.yaml") == set()
    picture(own, 11)
    planned = runs.planned(own, "my.yaml")
    assert "signals/mine.h5" in planned
    assert {n.removeprefix("my/") for n in runs.found(own, "*/fits/**/*.h5")} <= planned
