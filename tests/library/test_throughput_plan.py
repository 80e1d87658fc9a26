"""What is measured, what is left out and why, and what a user is told of a mistake."""

from dataclasses import replace

import pytest
from helpers.speeds import ASKED, asked

from fieldbench.plan.analyses.specs import MeasureSpec
from fieldbench.plan.config.presets import find_preset
from fieldbench.plan.errors import UserError


def test_traffic_is_eight_numbers_a_parameter_and_one_a_value(tmp_path):
    params = asked(tmp_path).measure_params("2d/grid-500")
    assert params["bytes"] == 4 * (8 * params["model"]["parameters"] + 20 * 17 * 3)


def test_all_is_every_trained_model_and_those_of_the_settings(tmp_path):
    planned = asked(tmp_path, models="all", settings={"my-grid": {"kind": "grid", "initial": 0.5}})
    models = {cell.model for cell, _, _ in planned.cells.values()}
    assert {"my-grid", "grid", "siren"} <= models
    assert not models & {"constant", "oracle"}
    assert planned.measure_params("2d/my-grid-500")["model"]["settings"] == {"initial": 0.5}


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
    one, two = MeasureSpec.of(plain), MeasureSpec.of(other)
    assert replace(one, model=two.model) == two
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
