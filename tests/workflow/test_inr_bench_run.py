"""The preset inr-bench-tiny, from signals to the last figure: every task, some of the variants."""

import csv

import pytest
from helpers import runs

from fieldbench.plan.config.models import Config
from fieldbench.plan.jobs.run import Run

pytestmark = pytest.mark.slow  # each of its tasks has a smaller run of its own
PRESET = "inr-bench-tiny"
RUN = Run(Config(preset=PRESET))
ROOT = f"results/{PRESET}"


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory):
    copy = runs.copy_folder(project, tmp_path_factory.mktemp("inr-bench") / "clone")
    runs.run(copy, PRESET)
    return copy


def rows(folder, name):
    with open(folder / ROOT / "tables" / name, newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_figure_and_file_is_there(folder):
    wanted = [
        *RUN.targets.overview,
        *(t for study in RUN.cells.studies for t in RUN.targets.of(study)),
    ]
    missing = [path for path in wanted if not (folder / path).stat().st_size]
    assert not missing
    for suffix, least in (("wav", 7), ("mp4", 7), ("ply", 14)):
        assert len([path for path in wanted if path.endswith(f".{suffix}")]) >= least


def test_every_fit_came_to_its_end_and_is_scored(folder):
    scores = rows(folder, "scores.csv")
    assert {row["status"] for row in scores} <= {"ok", "collapsed"}
    assert len(scores) == sum(len(cells) for cells in RUN.cells.studies.values())


def test_every_variant_is_ranked_at_every_task_or_told_why_it_cannot(folder):
    tasks = {(row["study"], row["task"]) for row in rows(folder, "overview.csv")}
    assert len(tasks) == 12
    impossible = {(study, cell.task, cell.model) for study, cell, _ in RUN.cells.dropped}
    for row in rows(folder, "overview.csv"):
        pair = row["study"], row["task"], row["model"]
        alone = [c for c in RUN.cells.studies[pair[0]] if (c.task, c.model) == pair[1:]]
        assert row["state"] == ("ranked" if alone else "impossible")
        assert alone or pair in impossible
    told = (folder / ROOT / "tables/picture/rankings/poisson-laplacian/psnr-aligned.md").read_text()
    assert "takes second derivatives, which mlp-rff-relu does not have" in told
