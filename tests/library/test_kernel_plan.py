"""Whose kernels are examined, what is left out and why, and what a user is told of a mistake."""

import pytest
import yaml

from fieldbench.plan.analyses.kernels import Kernels
from fieldbench.plan.config.presets import find_preset
from fieldbench.plan.errors import UserError

ASKED = {
    "models": ["siren", {"mlp": [["identity"], ["relu", "sine"]]}],
    "budget": 400,
    "seeds": [1, 2],
    "places": {"line": {"shape": [32], "frequencies": [6, 1, 3]}},
    "steps": 10,
}


def asked(tmp_path, **changes):
    file = tmp_path / "asked.yaml"
    file.write_text(yaml.safe_dump(ASKED | changes))
    return Kernels({"kernels": str(file), "results": "results"})


def test_a_cell_a_place_model_and_seed(tmp_path):
    planned = asked(tmp_path)
    models = ("siren", "mlp-identity-relu", "mlp-identity-sine")
    assert set(planned.cells) == {f"line/{m}-400-s{s}" for m in models for s in (1, 2)}
    assert planned.files()[0] == "results/kernels/kernels/line/siren-400-s1.h5"
    assert "results/kernels/figures/line/rates.pdf" in planned.targets.files
    params = planned.examine_params("line/siren-400-s2")
    assert params["cell"] == {"place": "line", "model": "siren", "budget": 400, "seed": 2}
    assert params["frequencies"] == [1, 3, 6] and params["model"]["parameters"] <= 400
    assert not any("results" in str(value) for value in params.values())


def fingerprints(planned):
    return [planned.jobs.fingerprint(job.path) for job in planned.jobs.of("kernel")]


def test_settings_and_code_decide_the_fingerprint(tmp_path):
    plain = asked(tmp_path)
    names, before = list(plain.cells), fingerprints(plain)
    after = fingerprints(asked(tmp_path, settings={"siren": {"omega": 7.0}}))
    changed = {n for n, a, b in zip(names, before, after, strict=True) if a != b}
    assert changed == {"line/siren-400-s1", "line/siren-400-s2"}
    codes = {n: plain.examine_params(n)["code"] for n in names}
    assert codes["line/siren-400-s1"] != codes["line/mlp-identity-relu-400-s1"]


def test_what_is_impossible_is_left_out_with_a_reason(tmp_path):
    planned = asked(tmp_path, models=["siren", "bacon", "oracle"])
    reasons = dict(planned.dropped)
    assert reasons == {
        "line/bacon": "bacon does 2D and 3D, not 1D",
        "line/oracle": "oracle learns nothing",
    }
    assert "kernels: 2 to examine" in planned.summary()
    assert "left out: line/bacon" in planned.summary()


def test_more_points_ask_for_more_memory_and_time(tmp_path):
    small = asked(tmp_path)
    places = {"line": {"shape": [4096], "frequencies": [1, 2]}}
    large = asked(tmp_path, places=places, steps=10_000)
    name = "line/siren-400-s1"
    assert large.memory_mb(name, 1) > small.memory_mb(name, 1) + 1000
    assert large.minutes(name, 1) > small.minutes(name, 1)
    assert small.minutes(name, 2) == 2 * small.minutes(name, 1)


def line(**changes):
    return {"places": {"line": ASKED["places"]["line"] | changes}}


BAD = {
    "misspelt key": ({"modles": []}, "unknown key 'modles'", "'models'"),
    "misspelt model": ({"models": ["sirne"]}, "no model 'sirne'", "'siren'"),
    "no models": ({"models": []}, "'models' is []", "README"),
    "a seed twice": ({"seeds": [1, 1]}, "seeds twice", "second one out"),
    "a frequency twice": (line(frequencies=[1, 1]), "frequencies of 'line' twice", "second"),
    "too high": (line(frequencies=[1, 16]), "cannot show a frequency of 16", "half the samples"),
    "too many points": (line(shape=[65, 64]), "4160 points", "at most 4096"),
    "a place with a blank": ({"places": {"a b": {"shape": [9], "frequencies": [1, 2]}}},
                             "'a b'", "small letters"),
    "misspelt setting": ({"settings": {"siren": {"omga": 1.0}}}, "'omga'", "'omega'"),
    "nothing possible": ({"models": ["bacon"]}, "no kernel of it", "other models"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "what", "todo"), BAD.values(), ids=BAD)
def test_mistakes_are_told_with_the_next_step(tmp_path, change, what, todo):
    with pytest.raises(UserError) as caught:
        asked(tmp_path, **change)
    assert what in caught.value.what and todo in caught.value.todo


def test_a_preset_may_not_take_the_folder_of_kernels(tmp_path):
    file = tmp_path / "kernels.yaml"
    file.write_text("studies: {}")
    with pytest.raises(UserError, match="cannot be the name of a preset"):
        find_preset(str(file))
