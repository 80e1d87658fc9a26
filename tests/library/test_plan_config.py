"""What a user may write, and what they are told when it is wrong."""

import copy

import pytest
import yaml
from helpers import declared
from helpers.small_preset import PRESET, STUDY, changed

from fieldbench.plan.config import presets
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.run import Run

# What is written where; a word of what is told, and of what to do about it.
BAD = {
    "misspelt top key": (("modles",), {}, "unknown key 'modles'", "'models'"),
    "misspelt training key": (("training", "stepz"), 5, "unknown key 'stepz'", "'steps'"),
    "misspelt study key": ((*STUDY, "budget"), [5], "unknown key 'budget'", "'budgets'"),
    "unlike any key": (("zzzz",), 1, "unknown key 'zzzz'", "Choose one of"),
    "missing question": ((*STUDY, "question"), None, "'studies.main.question'", "README"),
    "misspelt model": ((*STUDY, "models"), ["gird"], "no model 'gird'", "'grid'"),
    "misspelt signal": ((*STUDY, "signals"), ["nosie"], "no signal 'nosie'", "'noise'"),
    "misspelt task": ((*STUDY, "tasks"), ["denoize"], "no task 'denoize'", "'denoise'"),
    "misspelt metric": ((*STUDY, "metrics"), ["pnsr"], "no metric 'pnsr'", "'psnr'"),
    "misspelt kind": (("models", "m"), {"kind": "sirn"}, "no model 'sirn'", "'siren'"),
    "misspelt kind of signal": (("signals", "s"), {"kind": "spere"}, "'spere'", "'spheres'"),
    "negative budget": ((*STUDY, "budgets"), [-100], "-100", "README"),
    "budget of half a number": ((*STUDY, "budgets"), [10.5], "10.5", "README"),
    "budget in words": ((*STUDY, "budgets"), ["many"], "'many'", "README"),
    "no steps": (("training", "steps"), 0, "'training.steps' is 0", "README"),
    "threads for a task": (
        ("training", "by_task"), {"denoise": {"threads": 2}}, "key 'threads'", "Did you mean",
    ),
    "training of an unknown task": (
        ("training", "by_task"), {"nosy": {"steps": 2}}, "no task 'nosy'", "'noisy'",
    ),
    "a batch in words": (("training", "batch"), "some", "'some'", "README"),
    "unknown sizing": (("sizing",), "papre", "'papre'", "README"),
    "unknown device": (("device",), "gpu", "'gpu'", "README"),
    "studies that are a number": (("studies",), 5, "'studies' is 5", "README"),
    "no studies": (("studies",), {}, "no study", "studies:"),
    "budget too small": ((*STUDY, "budgets"), [3], "grid can do none", "Raise the budget"),
    "a model twice": ((*STUDY, "models"), ["grid", "grid"], "models twice", "Take the second"),
    "unknown setting": (("signals", "noise", "lenght"), 5, "'lenght'", "'length'"),
    "unknown setting of a task": (("tasks", "noisy", "sgma"), 5, "'sgma'", "'sigma'"),
    "unknown setting of a model": (("models", "small-ffn", "feature"), 5, "'feature'",
                                   "'features'"),
    "unknown setting for a dimension": (("models", "small-ffn", "by_dims"), {2: {"sigmas": 1}},
                                        "'sigmas'", "'sigma'"),
    "a setting where there are none": (("tasks", "represent"), {"x": 1}, "no settings", "out"),
    "a word for a number": (("signals", "noise", "length"), "long", "'long'", "number"),
    "a number for a word": (("models", "g"), {"kind": "grid", "interpolation": 3}, "3", "word"),
    "required setting missing": (("signals", "own"), {"kind": "file"}, "'path'", "Add it"),
    "a name with a blank": (("models", "my grid"), {"kind": "grid"}, "usable name", "hyphens"),
    "a dimension too many": (("signals", "noise", "dims"), 4, "4D", "(1, 2, 3)"),
    "unknown backend": (("models", "grid"), {"backend": "torhc"}, "'torhc'", "'torch'"),
    "backend not offered": (("models", "grid"), {"backend": "gsplat"}, "'gsplat'", "torch"),
}  # fmt: skip


def check_sentences(error):
    """One sentence what, one sentence what to do."""
    assert error.what.endswith(".")
    assert error.todo.endswith((".", "?"))
    assert "\n" not in str(error)
    assert error.todo[0].isupper()


def test_the_preset_that_is_broken_below_is_good(plan):
    run = plan(PRESET)
    assert run.name == "mine"
    assert run.paths.root == "results/mine"
    assert {cell.model for cell in run.cells.fits} == {"grid", "constant", "oracle"}


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_is_told(plan, fault):
    path, value, what, todo = BAD[fault]
    with pytest.raises(UserError) as caught:
        plan(changed(path, value))
    check_sentences(caught.value)
    assert what in caught.value.what
    assert todo in caught.value.todo


@pytest.mark.parametrize("key", ["tasks", "signals", "models", "budgets", "seeds", "metrics"])
def test_an_empty_list_of_a_study_is_told(plan, key):
    with pytest.raises(UserError, match=f"lists no {key}") as caught:
        plan(changed((*STUDY, key), []))
    check_sentences(caught.value)
    assert key in caught.value.todo


def test_a_missing_key_is_told(plan):
    preset = copy.deepcopy(PRESET)
    del preset["studies"]["main"]["models"]
    with pytest.raises(UserError, match=r"'models' is missing in 'studies\.main'"):
        plan(preset)


def test_misspelt_task_of_an_override_is_told(plan):
    with pytest.raises(UserError, match="no task 'nosy'") as caught:
        plan(changed(("models", "small-ffn", "by_task"), {"nosy": {"sigma": 1.0}}))
    assert "'noisy'" in caught.value.todo


def test_a_study_whose_name_cannot_be_a_folder_is_told(plan):
    study = PRESET["studies"]["main"]
    with pytest.raises(UserError, match="usable name"):
        plan(changed(("studies", "../main {x}"), study))


@pytest.mark.parametrize("value", [16.5, float("nan"), float("inf")])
def test_a_fraction_where_a_whole_number_belongs_is_told(plan, value):
    with pytest.raises(UserError, match="'features'") as caught:
        plan(changed(("models", "small-ffn", "features"), value))
    assert "whole number" in caught.value.todo


def test_misspelt_preset_is_answered_with_the_nearest():
    with pytest.raises(UserError, match="no preset 'qick'") as caught:
        Run({"preset": "qick"})
    assert "'quick'" in caught.value.todo
    check_sentences(caught.value)


def test_misspelt_key_of_the_config_is_told():
    with pytest.raises(UserError, match="unknown key 'presett'") as caught:
        Run({"presett": "tiny"})
    assert "'preset'" in caught.value.todo


def test_absent_files_are_told(plan, tmp_path):
    with pytest.raises(UserError, match=r"nowhere\.yaml is not there"):
        Run({"preset": "nowhere.yaml"})
    preset = changed(("signals", "own"), {"kind": "file", "path": str(tmp_path / "no.png")})
    preset["studies"]["main"]["signals"] = ["own"]
    with pytest.raises(UserError, match=r"no\.png is not there"):
        plan(preset)


def test_whole_numbers_written_as_floats_are_whole(plan):
    preset = changed((*STUDY, "budgets"), [5e2])
    preset["training"] = {"steps": 1e3}
    preset["signals"]["noise"]["length"] = "LENGTH"
    run = plan(yaml.safe_dump(preset).replace("LENGTH", "2e1"))
    assert run.preset.training.steps == 1000
    assert {c.budget for c in run.cells.fits} == {0, 500}
    (signal,) = run.cells.signals.values()
    assert signal.shape == (21, 21)
    assert all(isinstance(n, int) for n in (*signal.shape, signal.settings["length"]))


def test_two_families_of_one_signal_name_are_told(plan):
    preset = changed(("signals", "noise"), {"kind": "bandlimited", "length": 16, "label": [5]})
    preset["signals"]["noise-b5"] = {"kind": "bandlimited", "length": 16, "label": 7}
    preset["studies"]["main"]["signals"] = ["noise", "noise-b5"]
    with pytest.raises(UserError, match="Two signals are named 'noise-b5-s1234'") as caught:
        plan(preset)
    assert "Rename" in caught.value.todo


def test_model_on_a_dimension_it_cannot_do(plan, monkeypatch):
    declared.change(monkeypatch, "models", "siren", dims=(1, 2))
    preset = changed((*STUDY, "models"), ["grid", "siren"])
    preset["studies"]["main"]["signals"] = ["noise", "solid"]
    dropped = plan(preset).cells.dropped
    assert [(c.signal, c.model, why) for _, c, why in dropped] == [
        ("solid", "siren", "siren does 1D and 2D, solid is 3D")
    ]
    preset["studies"]["main"]["signals"] = ["solid"]
    with pytest.raises(UserError, match="siren can do none of its cells") as caught:
        plan(preset)
    assert "other signals" in caught.value.todo


def test_points_at_once_suit_the_device(plan):
    for device, points in (("cpu", 2048), ("cuda", 2**18)):
        run = plan(PRESET | {"device": device})
        settings = [run.params.fit(cell)["training"] for cell in run.cells.fits]
        assert {s["points_at_once"] for s in settings} == {points}


def test_the_environment_says_what_auto_is_for_all_machines_of_a_run(plan, monkeypatch):
    for told in ("cpu", "cuda"):
        monkeypatch.setenv("FIELDBENCH_DEVICE", told)
        assert plan(PRESET | {"device": "auto"}).device == told
        assert plan(PRESET | {"device": "cpu"}).device == "cpu"
    monkeypatch.setenv("FIELDBENCH_DEVICE", "gpu")
    with pytest.raises(UserError, match="FIELDBENCH_DEVICE is 'gpu'"):
        plan(PRESET | {"device": "auto"})


@pytest.mark.parametrize("name", presets.preset_names())
def test_every_preset_of_the_project_is_planned(name, monkeypatch):
    monkeypatch.chdir(presets.CONFIG.parent)
    assert Run({"preset": name}).cells.fits
