"""What a run will take, reckoned from a few measured steps."""

import csv
import io
import time

import pytest
from helpers import trial

from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.jobs import probes
from fieldbench.plan.jobs.forecast import Forecast, probe_params
from fieldbench.plan.jobs.probes import Measured
from fieldbench.training.fit import fit
from fieldbench.training.probe import measure, measure_all

PRESET = """
training: {steps: 100, evaluations: 4}
signals:
  photo: {length: 32}
  solid: {length: 12}
studies:
  pictures:
    question: One?
    tasks: [represent, denoise, super-resolve]
    signals: [photo]
    models: [grid, relu-mlp]
    budgets: [500, 700, 1000, 2000, 9000]
  bodies: {question: "Two?", signals: [solid], models: [grid], budgets: [500]}
"""


@pytest.fixture
def run(plan):
    return plan(PRESET)


def law(parameters):
    """Seconds of a made-up machine: a straight line in logarithms."""
    return Measured(parameters, 1e-5 * parameters**0.5, 1e-9 * parameters)


def pretended(run):
    """What the probe would find on that machine."""
    plans = probe_params(run)["plans"]
    sizes = [(p["kind"], p["fit"]["model"]["parameters"]) for p in plans]
    steps = [{"kind": kind} | vars(law(size)) for kind, size in sizes]
    return {"start": 2.0, "steps": steps}


def test_three_sizes_of_a_kind_are_measured_and_a_point_is_a_point(run):
    """Point by point, every task costs the same, so pictures are measured as represented only."""
    plans = probe_params(run)["plans"]
    kinds = {p["kind"] for p in plans}
    assert len(kinds) == 3  # grid and MLP on pictures, grid on bodies
    assert {p["fit"]["task"]["kind"] for p in plans} == {"represent"}
    assert len(plans) == 3 + 3 + 1
    for kind in kinds:
        budgets = [p["fit"]["cell"]["budget"] for p in plans if p["kind"] == kind]
        assert budgets in ([500, 2000, 9000], [500])


def test_times_between_measured_sizes_lie_on_the_law():
    known = [law(n) for n in (100, 3000, 100000)]
    for n in (100, 700, 3000, 20000, 100000, 300000):
        found = probes.between(known, n)
        assert found.step == pytest.approx(law(n).step)
        assert found.point == pytest.approx(law(n).point)


def test_a_fit_takes_its_start_its_steps_and_its_evaluations(run):
    forecast = Forecast(run, pretended(run))
    cell = next(c for c in run.cells.fits if (c.model, c.budget) == ("grid", 2000))
    cost, points = law(run.cells.fits[cell].model.parameters), 32 * 32
    expected = 2 + 100 * (cost.step + cost.point * points) + 6 * 0.4 * cost.point * points
    assert forecast.seconds(cell) == pytest.approx(expected)
    assert forecast.seconds(next(c for c in run.cells.fits if c.model == "oracle")) == 2


def test_a_task_that_shows_less_costs_less(run):
    forecast = Forecast(run, pretended(run))
    of = {
        c.task: forecast.seconds(c) for c in run.cells.fits if (c.model, c.budget) == ("grid", 500)
    }
    assert of["super-resolve"] < of["denoise"]


def test_every_fit_has_its_row_and_every_study_its_line(run):
    forecast = Forecast(run, pretended(run))
    rows = list(csv.DictReader(io.StringIO(forecast.rows())))
    assert len(rows) == len(run.cells.fits)
    for row, cell in zip(rows, run.cells.fits, strict=True):
        assert int(row["mem_mb"]) == run.resources.memory_mb(cell, 1)
        assert int(row["runtime_minutes"]) == run.resources.runtime_minutes(cell, 1)
        assert float(row["seconds"]) == pytest.approx(forecast.seconds(cell), abs=0.06)
    lines = forecast.table(2).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["pictures", "bodies", "all"]
    assert [line.split("|")[2].strip() for line in lines[2:]] == ["30", "1", "31"]


@pytest.mark.parametrize(
    ("spent", "text"),
    [(5, "5 s"), (119, "119 s"), (120, "2.0 min"), (7200, "2.0 h"), (2e5, "2.3 days")],
)
def test_lengths_of_time_are_told_in_their_unit(spent, text):
    assert probes.total([spent]) == text


@pytest.mark.parametrize("model", ["grid", "siren", "ga-planes", "gsplat-2d"])
def test_a_probe_foretells_a_real_fit(model, tmp_path):
    """On a lattice ten times the probe's; roughly, as a busy machine disturbs short times."""
    shape = (160, 128)
    where = probes_place(shape)
    settings, size, parameters = trial.sized(model, where)
    plan = trial.plan_of(model, where, steps=12, evaluations=1)
    plan["model"] |= {"settings": settings, "size": size, "parameters": parameters}
    cost = measure(FitSpec.of(plan), 512)
    began = time.thread_time()
    fit(trial.observed(trial.smooth(shape)), FitSpec.of(plan), tmp_path / "checkpoint")
    taken = time.thread_time() - began
    points = 160 * 128
    told = probes.seconds(
        Measured(parameters, cost["step"], cost["point"]),
        points,
        points,
        FitSpec.of(plan).training,
        0,
    )
    assert told / 3 - 0.1 < taken < told * 3 + 0.1


def probes_place(shape):
    return trial.Domain(len(shape), 1, shape)


def test_all_that_is_asked_is_measured(run):
    plans = probe_params(run)["plans"][:2]
    found = measure_all(plans, 256)
    assert [row["kind"] for row in found["steps"]] == [p["kind"] for p in plans]
    assert all(row["step"] > 0 and row["point"] > 0 for row in found["steps"])
    assert 0 < found["start"] < 60
