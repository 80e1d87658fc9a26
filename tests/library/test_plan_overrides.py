"""Which of several settings holds: a model's by place, task and budget, and training's by task."""

import shutil

import pytest
from helpers.small_preset import changed

from fieldbench.plan.config import presets
from fieldbench.plan.errors import UserError


def settings_of(run, task="represent", budget=500):
    (found,) = [s.model for c, s in run.cells.fits.items() if (c.task, c.budget) == (task, budget)]
    return found.settings | {"rate": found.learning_rate}


def overridden(**overrides):
    preset = changed(("models", "small-ffn"), {"kind": "ffn", "features": 16, **overrides})
    preset["studies"]["main"] |= {
        "models": ["small-ffn"], "tasks": ["represent", "noisy"], "budgets": [500, 900],
    }  # fmt: skip
    return preset


def test_narrowest_override_wins(plan):
    run = plan(overridden(
        sigma=1.0, learning_rate=1e-1,
        by_dims={2: {"sigma": 2.0, "learning_rate": 2e-1}, 3: {"sigma": 9.0}},
        by_task={"noisy": {"sigma": 3.0}},
        by_budget={900: {"sigma": 4.0, "learning_rate": 4e-1}},
    ))  # fmt: skip
    common = {"features": 16}
    assert settings_of(run) == common | {"sigma": 2.0, "rate": 0.2}
    assert settings_of(run, "noisy") == common | {"sigma": 3.0, "rate": 0.2}
    assert settings_of(run, budget=900) == common | {"sigma": 4.0, "rate": 0.4}
    assert settings_of(run, "noisy", 900) == common | {"sigma": 4.0, "rate": 0.4}


def test_a_budget_within_a_group_is_narrower_than_the_group(plan):
    run = plan(overridden(
        sigma=1.0,
        by_dims={2: {"sigma": 2.0, "by_budget": {900: {"sigma": 3.0, "learning_rate": 3e-1}}}},
        by_task={"noisy": {"by_budget": {500: {"sigma": 4.0}}}},
    ))  # fmt: skip
    common = {"features": 16}
    assert settings_of(run) == common | {"sigma": 2.0, "rate": 1e-3}
    assert settings_of(run, budget=900) == common | {"sigma": 3.0, "rate": 0.3}
    assert settings_of(run, "noisy") == common | {"sigma": 4.0, "rate": 1e-3}
    assert settings_of(run, "noisy", 900) == common | {"sigma": 3.0, "rate": 0.3}
    plain = overridden(by_task={"noisy": {"sigma": 5.0, "by_budget": {900: {"sigma": 6.0}}}},
                       by_budget={900: {"learning_rate": 7e-1}})  # fmt: skip
    assert settings_of(plan(plain), "noisy") == common | {"sigma": 5.0, "rate": 1e-3}
    assert settings_of(plan(plain), "noisy", 900) == common | {"sigma": 6.0, "rate": 0.7}


@pytest.mark.parametrize("groups", [
    {"by_task": {"noisy": {"by_budget": {500: {"sigmas": 1.0}}}}},
    {"by_dims": {2: {"by_budget": {500: {"by_budget": {500: {"sigma": 1.0}}}}}}},
    {"by_budget": {500: {"by_budget": {500: {"sigma": 1.0}}}}},
])  # fmt: skip
def test_unknown_settings_within_groups_are_told(plan, groups):
    with pytest.raises(UserError, match="unknown setting"):
        plan(overridden(**groups))


def test_overrides_of_a_task_hold_for_its_kind_and_its_name_wins(plan):
    of_kind = overridden(by_task={"denoise": {"sigma": 5.0}})
    assert settings_of(plan(of_kind), "noisy")["sigma"] == 5.0
    assert "sigma" not in settings_of(plan(of_kind), "represent")
    both = overridden(by_task={"denoise": {"sigma": 5.0}, "noisy": {"sigma": 6.0}})
    assert settings_of(plan(both), "noisy")["sigma"] == 6.0


def test_training_differs_by_task(plan):
    preset = changed(("training",), {
        "steps": 50, "batch": 50, "threads": 3,
        "by_task": {"denoise": {"steps": 70, "betas": [0.5, 0.6]}, "tomography": {"batch": "all"}},
    })  # fmt: skip
    preset["studies"]["main"]["tasks"] = ["represent", "noisy", "tomography"]
    run = plan(preset)
    found = {cell.task: run.params.fit(cell)["training"] for cell in run.cells.fits}
    assert all("by_task" not in settings for settings in found.values())
    assert found["noisy"] == found["represent"] | {"steps": 70, "betas": [0.5, 0.6]}
    assert found["tomography"] == found["represent"] | {"batch": "all"}
    assert {settings["threads"] for settings in found.values()} == {3}
    cells = {c.task: c for c in run.cells.fits if c.model == "grid"}
    assert run.resources.work(cells["noisy"]) == pytest.approx(
        70 / 50 * run.resources.work(cells["represent"])
    )
    assert run.resources.work(cells["tomography"]) > run.resources.work(cells["represent"])


def test_mini_batches_of_a_whole_field_are_refused(plan):
    preset = changed(("training",), {"batch": 50})
    preset["studies"]["main"]["tasks"] = ["tomography"]
    with pytest.raises(UserError, match="no batches of 50") as caught:
        plan(preset)
    assert "by_task: {tomography: {batch: all}}" in caught.value.todo


def test_the_papers_weights_of_total_variation(plan):
    """By what is fitted and budget; a preset's own weight goes before them everywhere."""

    def weights(**model):
        preset = changed(("models", "smooth"), {"kind": "grid-tv", **model})
        preset["tasks"] = {**preset["tasks"], "scan": {"kind": "tomography"}}
        preset["studies"]["main"] |= {
            "signals": ["noise", "solid"], "models": ["smooth"], "budgets": [500, 10**4, 3 * 10**6],
            "tasks": ["noisy", "scan"],
        }  # fmt: skip
        fits = plan(preset).cells.fits
        return {(c.task, c.signal.split("-")[0], c.budget): spec.model.settings.get("tv")
                for c, spec in fits.items() if c.model == "smooth"}  # fmt: skip

    assert weights() == {
        ("noisy", "noise", 500): None, ("noisy", "noise", 10**4): 1e-2,
        ("noisy", "noise", 3 * 10**6): 1.0, ("noisy", "solid", 500): None,
        ("noisy", "solid", 10**4): 1e-3, ("noisy", "solid", 3 * 10**6): 1e-1,
        ("scan", "noise", 500): None, ("scan", "noise", 10**4): 5.0,
        ("scan", "noise", 3 * 10**6): 100.0,
    }  # fmt: skip
    assert set(weights(tv=0.5).values()) == {0.5}


def test_without_overrides_the_declared_rate_holds(plan):
    assert settings_of(plan(overridden())) == {"features": 16, "rate": 1e-3}


def test_a_users_own_file_of_tuned_settings_is_used(plan, tmp_path, monkeypatch):
    shutil.copytree(presets.CONFIG, tmp_path / "config")
    monkeypatch.setattr(presets, "CONFIG", tmp_path / "config")
    folder = tmp_path / "config" / "models"
    folder.mkdir(exist_ok=True)
    tuned = folder / "ffn.yaml"
    tuned.write_text("sigma: 7\nlearning_rate: 0.7\nby_task: {noisy: {sigma: 8}}\n")
    assert settings_of(plan(overridden())) == {"features": 16, "sigma": 7, "rate": 0.7}
    assert settings_of(plan(overridden()), "noisy")["sigma"] == 8
    own = plan(overridden(sigma=3.0, by_task={"noisy": {"sigma": 5.0}}))
    assert settings_of(own) == {"features": 16, "sigma": 3.0, "rate": 0.7}
    assert settings_of(own, "noisy")["sigma"] == 5.0
    tuned.write_text("sigmma: 7\n")
    with pytest.raises(UserError, match=r"ffn\.yaml.*'sigmma'"):
        plan(overridden())
