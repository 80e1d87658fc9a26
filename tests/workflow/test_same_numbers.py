"""Same preset, same machine: the same numbers, whatever the cores, the order and the start-up."""

import random

import pytest
from helpers import runs

from fieldbench.plan.jobs.run import Run

# Every rule but heatmaps, of five fits.
PART = [
    "tables/synthetic_3d/summary.csv",
    "tables/synthetic_3d/psnr.tex",
    "figures/synthetic_3d/convergence.pdf",
    "figures/synthetic_3d/curves-psnr.png",
    "figures/synthetic_3d/galleries/represent/solid.png",
    "figures/synthetic_3d/surfaces/represent/solid.png",
]


@pytest.fixture(scope="module")
def others(finished, project, tmp_path_factory):
    """Two more runs, side by side, each on one core.

    `shuffled` makes everything in another order; `cold` makes a part, each job a fresh process.
    """
    place = tmp_path_factory.mktemp("others")
    run = Run({"preset": "tiny", "results": "results"})
    targets = [target for study in run.cells.studies for target in run.targets.of(study)]
    wanted = {
        "shuffled": ([run.paths.table("scores.csv"), *shuffled(targets, seed=5)], {}),
        "cold": ([f"results/tiny/{name}" for name in PART], {"FIELDBENCH_WARM": ""}),
    }
    started = {}
    for name, (targets, env) in wanted.items():
        folder = runs.copy_folder(project, place / name)
        words = ("--cores", "1", *targets)
        started[name] = folder, runs.begin(folder, "tiny", *words, env=env)
    for folder, process in started.values():
        said = (folder / "messages.txt").read_text
        assert process.wait(timeout=runs.LONGEST) == 0, said()[-4000:]
    return {name: folder for name, (folder, _) in started.items()}


def shuffled(names: list[str], seed: int) -> list[str]:
    return random.Random(seed).sample(names, len(names))


def order(folder) -> list[str]:
    """The fits by the time they were done."""
    fits = runs.found(folder, "*/fits/**/*.h5")
    return sorted(fits, key=lambda name: fits[name].stat().st_mtime_ns)


def test_order_was_another(finished, others):
    first, second = order(finished.folder), order(others["shuffled"])
    assert sorted(first) == sorted(second)
    moved = sum(a != b for a, b in zip(first, second, strict=True))
    assert moved > len(first) / 2


def test_same_in_every_file(finished, others):
    expected, found = runs.digests(finished.folder), runs.digests(others["shuffled"])
    assert {name.split("/")[1] for name in found} == {"signals", "observations", "fits", "scores"}
    assert found == expected


def test_same_tables_and_figures_byte_by_byte(finished, others):
    assert runs.drawn(others["shuffled"]) == runs.drawn(finished.folder)


def test_same_without_the_warm_process(finished, others):
    for read in (runs.digests, runs.drawn):
        expected, found = read(finished.folder), read(others["cold"])
        assert len(found) >= 6
        assert found == {name: expected[name] for name in found}


def test_only_timings_differ(finished, others):
    """Else these tests would compare a run with itself."""
    name = "results/tiny/tables/synthetic_2d/timings.csv"
    first = (finished.folder / name).read_text()
    assert first != (others["shuffled"] / name).read_text()
