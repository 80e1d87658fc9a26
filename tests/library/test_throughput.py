"""Steps measured both ways: the numbers are of the same work, and mean what they say."""

import copy
from dataclasses import replace

import pytest
import torch
import yaml

from fieldbench import rates
from fieldbench.plan.errors import UserError
from fieldbench.plan.presets import find_preset
from fieldbench.plan.throughput import Throughput
from fieldbench.training import throughput as measuring
from fieldbench.training.apart import first_step
from fieldbench.training.throughput import MeasurePlan, measure
from fieldbench.training.ways import Ours, Textbook, difference, gradient

CPU = torch.device("cpu")
ASKED = {
    "models": ["grid", "siren", "bacon"],
    "budgets": [500],
    "places": {"2d": {"shape": [20, 17], "channels": 3}, "3d": {"shape": [9, 7, 8]}},
    "sizing": "exact",
    "device": "cpu",
    "measuring": {
        "least_pairs": 2,
        "most_pairs": 4,
        "seconds": 1e-6,
        "memory_mb": 500,
        "tolerance": 1e-3,
        "machine": {"cpu": {"matrix": [64], "copy_mb": 1, "tries": 1}},
    },
}


def asked(tmp_path, **changes):
    """The benchmark planned from a file that differs from ASKED in `changes`."""
    file = tmp_path / "asked.yaml"
    file.write_text(yaml.safe_dump(ASKED | changes))
    return Throughput({"throughput": str(file), "results": "results"})


def plan_of(tmp_path, name, measuring=None, **changes):
    params = asked(tmp_path, **changes).measure_params(name)
    params["measuring"] |= measuring or {}
    return MeasurePlan(**params)


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


def test_a_textbook_step_too_large_goes_in_parts(tmp_path):
    """FFN's encoding of 4096 points alone is 33 MB."""
    whole, parts = (
        measure(plan_of(tmp_path, "2d/ffn-10000", {"memory_mb": most}, **WIDE))[1]["textbook"]
        for most in (500, 40)
    )
    assert whole["points_at_once"] == 4096 and whole["bytes"] > 40e6
    assert parts["points_at_once"] < 4096 and 2e6 < parts["bytes"] <= 40e6


def test_what_fits_in_no_parts_is_told(tmp_path):
    with pytest.raises(UserError, match="does not fit in memory") as caught:
        measure(plan_of(tmp_path, "2d/ffn-10000", {"memory_mb": 1}, **WIDE))
    assert "memory_mb" in caught.value.todo


def ways(tmp_path, name, at_once):
    plan = plan_of(tmp_path, name)
    model = measuring._model(plan)
    seen = measuring._noise(plan, plan.shape)
    textbook = Textbook(copy.deepcopy(model), seen, CPU, at_once)
    return textbook, Ours(copy.deepcopy(model), seen, CPU, plan.training), model


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
    def taken(size, most):
        return first_step(lambda: Eater(8), lambda: Eater(size), CPU, most)

    assert taken(50_000_000, 200_000_000).bytes == pytest.approx(50e6, abs=2e6)
    assert taken(50_000_000, 200_000_000).gradient.tolist() == [1, 1, 1]
    assert taken(50_000_000, 20_000_000) is None


def test_a_first_step_that_fails_is_told():
    broken = Eater(8, ValueError("this step is broken"))
    with pytest.raises(RuntimeError, match="this step is broken"):
        first_step(lambda: Eater(8), lambda: broken, CPU, 10**8)


# What a measurement of 2 s a textbook step and 1 s of ours leaves, on a machine of round numbers.
FACTS = {
    "cell": {"place": "2d", "model": "grid", "budget": 100},
    "model": {"size": 10},
    "shape": [4, 5],
    "channels": 1,
    "points": 20,
    "parameters": 100,
    "device": "cpu",
    "training": {"threads": 1},
    "flops": 5e9,
    "bytes": 1e9,
}
FOUND = {
    "textbook": {
        "seconds": [2.0, 1.0, 3.0],
        "cpu_seconds": [1.5] * 3,
        "bytes": 8e6,
        "points_at_once": 20,
    },
    "ours": {"seconds": [1.0, 0.5, 2.0], "cpu_seconds": [1.0] * 3, "bytes": 2e6},
    "machine": {"flops": [10e9, 9e9, 50e9], "bytes": [4e9, 4e9, 5e9]},
    "gradient_difference": 1e-7,
    "processor": "a chip",
    "load": 0.5,
}


def test_rates_are_counts_over_our_seconds():
    row = rates.row(FACTS, FOUND)
    expected = {
        "textbook_ms": 2000, "ours_ms": 1000, "ratio": 2, "ratio_cpu": 1.5, "gflops": 5,
        "peak_gflops": 10, "fraction": 0.5, "gbytes": 1, "copy_gbytes": 4, "fraction_bytes": 0.25,
        "textbook_mb": 8, "ours_mb": 2, "shape": "4x5", "bound": "arithmetic", "pairs": 3,
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected


def test_what_is_not_counted_is_empty():
    row = rates.row(FACTS | {"flops": None}, FOUND)
    assert row["gflops"] is None and row["fraction"] is None
    assert row["bound"] == "memory"


@pytest.mark.parametrize(
    ("arithmetic", "memory", "word"),
    [(0.5, 0.1, "arithmetic"), (0.3, 0.6, "memory"), (0.1, 0.1, "neither"), (None, 0.0, "neither")],
)
def test_bound(arithmetic, memory, word):
    assert rates.bound(arithmetic, memory) == word


def test_traffic_is_eight_numbers_a_parameter_and_one_a_value(tmp_path):
    params = asked(tmp_path).measure_params("2d/grid-500")
    assert params["bytes"] == 4 * (8 * params["model"]["parameters"] + 20 * 17 * 3)


def test_all_is_every_trained_model_and_those_of_the_settings(tmp_path):
    planned = asked(tmp_path, models="all", settings={"my-grid": {"kind": "grid", "tv": 0.1}})
    models = {cell.model for cell, _, _ in planned.cells.values()}
    assert {"my-grid", "grid", "siren"} <= models
    assert not models & {"constant", "oracle"}
    assert planned.measure_params("2d/my-grid-500")["model"]["settings"] == {"tv": 0.1}


def test_what_is_impossible_is_dropped_with_a_reason(tmp_path):
    places = {"1d": {"shape": [50]}, "2d": {"shape": [20, 20]}}
    planned = asked(tmp_path, places=places, budgets=[3, 500])
    assert dict(planned.dropped)["1d/bacon-500"] == "bacon does 2D and 3D, 1d is 1D"
    assert "smallest grid has" in dict(planned.dropped)["2d/grid-3"]
    assert "left out: 2d/grid-3" in planned.summary()
    assert "2d/grid-500" in planned.cells


def test_settings_and_code_are_in_the_parameters(tmp_path):
    plain = asked(tmp_path).measure_params("2d/siren-500")
    other = asked(tmp_path, settings={"siren": {"omega": 7.0}}).measure_params("2d/siren-500")
    assert other["model"]["settings"] == {"omega": 7.0}
    assert replace(MeasurePlan(**plain), model=other["model"]) == MeasurePlan(**other)
    assert plain["code"] != asked(tmp_path).measure_params("2d/grid-500")["code"]


MEASURING = ASKED["measuring"]
BAD = {
    "misspelt key": ({"modles": "all"}, "unknown key 'modles'", "'models'"),
    "misspelt inner key": ({"measuring": {**MEASURING, "secnds": 1}}, "'secnds'", "'seconds'"),
    "misspelt model": ({"models": ["sirne"]}, "no trained model 'sirne'", "'siren'"),
    "a control": ({"models": ["oracle"]}, "no trained model 'oracle'", "Choose one of"),
    "no models": ({"models": []}, "lists no models", "models: all"),
    "a model twice": ({"models": ["grid", "grid"]}, "models twice", "second one out"),
    "no budgets": ({"budgets": []}, "'budgets' is []", "README"),
    "a budget twice": ({"budgets": [5, 5]}, "budgets twice", "second one out"),
    "four axes": ({"places": {"p": {"shape": [2] * 4}}}, "'places.p.shape'", "README"),
    "a place with a blank": ({"places": {"a b": {"shape": [9]}}}, "'a b'", "small letters"),
    "misspelt setting": ({"settings": {"siren": {"omga": 1.0}}}, "'omga'", "'omega'"),
    "fewer at most than at least": (
        {"measuring": {**MEASURING, "most_pairs": 1}}, "most_pairs is below", "lower the other",
    ),
    "a device unsaid": ({"device": "cuda"}, "says nothing of cuda", "`cuda:`"),
    "nothing possible": ({"budgets": [1]}, "nothing of it can be measured", "Raise the budgets"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "what", "todo"), BAD.values(), ids=BAD)
def test_mistakes_are_told_with_the_next_step(tmp_path, change, what, todo):
    with pytest.raises(UserError) as caught:
        asked(tmp_path, **change)
    assert what in caught.value.what and todo in caught.value.todo


def test_a_preset_may_not_take_its_folder(tmp_path):
    file = tmp_path / "throughput.yaml"
    file.write_text("studies: {}")
    with pytest.raises(UserError, match="cannot be the name of a preset"):
        find_preset(str(file))
