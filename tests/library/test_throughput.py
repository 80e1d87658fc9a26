"""Steps measured both ways: the numbers are of the same work, and mean what they say."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import trial
from helpers.speeds import asked, plan_of

from fieldbench.plan.errors import UserError
from fieldbench.speed import rates
from fieldbench.speed.first_step import first_step
from fieldbench.speed.step_variants import difference, gradient
from fieldbench.speed.throughput import Bench, measure

CPU = torch.device("cpu")


@pytest.mark.parametrize("model", ["grid", "siren", "bacon"])
@pytest.mark.parametrize("place", ["2d", "3d"])
def test_a_measurement_is_whole(tmp_path, place, model):
    facts, found = measure(plan_of(tmp_path, f"{place}/{model}-500"))
    row = rates.row(facts, found)
    assert row["pairs"] == 2 and row["dims"] == int(place[0])
    assert row["textbook_points_at_once"] == row["points"]
    assert 0 <= row["gradient_difference"] < 1e-4
    for key in ("textbook_ms", "ours_ms", "ratio", "gflops", "peak_gflops", "copy_gbytes"):
        assert row[key] > 0, key
    assert row["textbook_ms_low"] <= row["textbook_ms"] <= row["textbook_ms_high"]
    assert len(found["machine"]["flops"]) == 3


def test_pairs_are_as_many_as_there_is_time_for(tmp_path):
    pairs = {}
    for seconds in (1e-6, 100.0):
        _, found = measure(plan_of(tmp_path, "2d/grid-500", {"seconds": seconds}))
        pairs[seconds] = len(found["ours"]["seconds"])
        assert len(found["textbook"]["cpu_seconds"]) == pairs[seconds]
    assert pairs == {1e-6: 2, 100.0: 4}


def test_ways_that_do_not_agree_are_no_measurement(tmp_path):
    with pytest.raises(AssertionError, match="two ways of grid do not agree"):
        measure(plan_of(tmp_path, "2d/grid-500", {"tolerance": 1e-12}))


WIDE = {
    "models": ["ffn"],
    "budgets": [10_000],
    "places": {"2d": {"shape": [64, 64]}},
    "sizing": "paper",
}


def in_a_fresh_process(check, *arguments):
    """Memory can be measured in a process that has trained nothing before, as a job's is."""
    code = f"import sys; from library import test_throughput as t; t.{check}(*sys.argv[1:])"
    trial.python(code, *arguments)


def test_a_textbook_step_too_large_goes_in_parts(tmp_path):
    in_a_fresh_process("check_parts", tmp_path)


def check_parts(folder):
    """FFN's encoding of 4096 points alone is 33 MB."""
    tmp_path = Path(folder)
    whole, parts = (
        measure(plan_of(tmp_path, "2d/ffn-10000", {"memory_mb": most}, **WIDE))[1]["textbook"]
        for most in (500, 40)
    )
    assert whole["points_at_once"] == 4096 and whole["bytes"] > 40e6
    assert parts["points_at_once"] < 4096 and 2e6 < parts["bytes"] <= 40e6


def test_a_textbook_step_too_slow_is_reckoned_from_some_points(tmp_path):
    asked = {"models": ["gsplat"], "places": {"2d": {"shape": [64, 64]}}}
    plan = plan_of(tmp_path, "2d/gsplat-500", {"textbook_seconds": 1e-9}, **asked)
    facts, found = measure(plan)
    row = rates.row(facts, found)
    assert row["textbook_every"] == 16 and row["textbook_points_at_once"] == 256
    assert row["textbook_ms"] == pytest.approx(16e3 * np.median(found["textbook"]["seconds"]))
    assert row["gradient_difference"] < 1e-3, "the same points, both ways"
    _, whole = measure(plan_of(tmp_path, "2d/gsplat-500", **asked))
    assert whole["textbook"]["every"] == 1


def test_what_fits_in_no_parts_is_told(tmp_path):
    plan = plan_of(tmp_path, "2d/ffn-10000", {"memory_mb": 1}, **WIDE)
    with pytest.raises(UserError, match="256 points does not fit in memory") as caught:
        Bench(plan).largest_part(1)
    assert "memory_mb" in caught.value.todo
    with pytest.raises(UserError, match="takes more than 1 MB") as caught:
        measure(plan)
    assert "memory_mb" in caught.value.todo


def ways(tmp_path, name, at_once):
    bench = Bench(plan_of(tmp_path, name))
    return bench.textbook(bench.seen, at_once), bench.ours(bench.seen), bench.model


@pytest.mark.parametrize("name", ["2d/grid-500", "2d/bacon-500", "3d/siren-500"])
def test_parts_change_no_gradient_and_no_step_moves_a_weight(tmp_path, name):
    textbook, ours, model = ways(tmp_path, name, at_once=100)
    whole, _, _ = ways(tmp_path, name, at_once=10**6)
    for way in (whole, textbook, ours):
        way.step()
        way.step()
        for before, after in zip(model.parameters(), way.model.parameters(), strict=True):
            assert torch.equal(before, after)
        assert difference(gradient(whole.model), gradient(way.model)) < 1e-5
    assert gradient(whole.model).norm() > 0


SEVERAL_THREADS = """
import json, sys
from fieldbench.plan.analyses.specs import MeasureSpec
from fieldbench.speed.throughput import measure
facts, found = measure(MeasureSpec.of(json.loads(sys.argv[1])))
print(len(found["ours"]["seconds"]))
"""


def test_several_threads_survive_the_forks(tmp_path):
    """Large enough for every part of it to be shared among threads."""
    params = asked(
        tmp_path,
        budgets=[40_000],
        places={"2d": {"shape": [200, 200]}},
        training={"threads": 2},
    ).measure_params("2d/grid-40000")
    done = subprocess.run(
        [sys.executable, "-c", SEVERAL_THREADS, json.dumps(params)],
        env={"PYTHONPATH": str(trial.WORKFLOW)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == "2", done.stderr[-2000:]


def test_difference_is_relative_to_the_first():
    one = torch.tensor([3.0, 4.0], dtype=torch.float64)
    assert difference(one, one) == 0
    assert difference(one, -one) == pytest.approx(2)
    assert difference(one, torch.zeros_like(one)) == pytest.approx(1)


class Eater:
    """A way whose step takes so many bytes, or fails."""

    def __init__(self, size, error=None):
        self.model, self.size, self.error = torch.nn.Linear(2, 1), size, error

    def step(self):
        if self.error:
            raise self.error
        torch.ones(self.size // 4)
        self.model(torch.ones(1, 2)).sum().backward()


def test_memory_of_a_first_step():
    in_a_fresh_process("check_memory")


def check_memory():
    def taken(size, most):
        return first_step(lambda: Eater(8), lambda: Eater(size), CPU, most)

    assert taken(50_000_000, 200_000_000).bytes == pytest.approx(50e6, abs=2e6)
    assert taken(50_000_000, 200_000_000).gradient.tolist() == [1, 1, 1]
    assert taken(50_000_000, 20_000_000) is None


def test_a_first_step_that_fails_is_told():
    broken = Eater(8, ValueError("this step is broken"))
    with pytest.raises(RuntimeError, match="this step is broken"):
        first_step(lambda: Eater(8), lambda: broken, CPU, 10**8)
