"""Models that are a frame with parts: their names, what they declare, what an edit touches."""

import inspect
import json
import shutil

import pytest
import torch
from helpers import trial

from fieldbench.plan.cells.planner import plan_cells
from fieldbench.plan.config import presets
from fieldbench.plan.config.models import Study
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, flops, solve
from fieldbench.plan.errors import UserError

IMAGE = Domain(2, 3, (512, 512))
STUDY = {"question": "?", "signals": ["photo"], "budgets": [1000]}


def made(name, size=4, **settings):
    return registry.load("models", name)(
        dims=2, channels=3, shape=(9, 9), size=size, generator=torch.Generator(), **settings
    )


def test_every_choice_of_parts_is_a_model():
    for frame in registry.frames():
        kinds = registry.declare("models", frame).facts.made_of
        number = 1
        for kind in kinds:
            number *= len(registry.names(kind))
        assert sum(name.startswith(f"{frame}-") for name in registry.composed()) == number
        assert frame not in registry.names("models")
    assert len(set(registry.composed())) == len(registry.composed())
    assert all(registry.is_name(name) for name in registry.composed())


@pytest.mark.parametrize("name", registry.composed())
def test_a_composed_model_declares_what_its_parts_do(name):
    declared = registry.declare("models", name)
    assert not declared.facts.made_of
    assert declared.facts.derivatives in (0, 1, 2)
    assert registry.required(declared) == ()
    with pytest.raises(TypeError):
        made(name, no_such_setting=1)
    made(name, **declared.settings)


@pytest.mark.parametrize("kind", registry.PARTS)
def test_parts_take_what_they_are_given_and_their_own_settings_by_name(kind):
    for name in registry.names(kind):
        part = registry.load(kind, name)
        taken = inspect.signature(part).parameters
        given = registry.GIVEN.get(kind, ())
        if not inspect.isfunction(part.__init__) or part.__init__ is torch.nn.Module.__init__:
            taken = {}
        assert {k: p.default for k, p in taken.items() if k not in given} == registry.declare(
            kind, name
        ).settings
        assert inspect.getmodule(part).__doc__


def test_published_count_of_the_plain_network():
    declared = registry.declare("models", "mlp-identity-relu")
    assert count(declared, 256, IMAGE, {}) == 264_707
    assert solve(declared, 300_000, IMAGE, {}, "paper") == 256
    assert solve(declared, 264_706, IMAGE, {}, "exact") == 255
    assert flops(declared, 256, IMAGE, {}) > 6 * 262_144


def test_a_study_crosses_parts():
    models = ["grid", {"mlp": [["identity"], ["relu"]]}, "oracle"]
    assert Study(**STUDY, models=models).models == ["grid", "mlp-identity-relu", "oracle"]
    crossed = Study(**STUDY, models=[{"kan": [["a", "b"], ["x", "y"]]}])
    assert crossed.models == ["kan-a-x", "kan-a-y", "kan-b-x", "kan-b-y"]
    for wrong in ({"mlp": ["relu"]}, {"mlp": {"relu": 1}}, 3):
        with pytest.raises(ValueError, match="models"):
            Study(**STUDY, models=[wrong])


@pytest.mark.parametrize(
    ("name", "helps"),
    [
        ("mlp", "Name its parts as well, as in 'mlp-"),
        ("mlp-identity-rellu", "Did you mean 'mlp-identity-relu'?"),
        ("sirenn", "Did you mean 'siren'?"),
    ],
)
def test_a_misspelt_model_is_helped(tmp_path, name, helps):
    file = tmp_path / "own.yaml"
    file.write_text(
        "signals: {photo: {}}\nstudies:\n  one: {question: '?', signals: [photo], "
        f"models: [{name}], budgets: [1000]}}\n"
    )
    with pytest.raises(UserError, match=f"no model '{name}'") as caught:
        presets.read_preset(file)
    assert helps in caught.value.todo


CODE = """
import json
from fieldbench.plan.entries import digests, registry
print(json.dumps({n: digests.stage("fit_model", ("models", n)) for n in registry.composed()}))
"""


def test_an_edited_part_touches_the_models_that_have_it_and_no_other(tmp_path):
    workflow = tmp_path / "workflow"
    shutil.copytree(trial.WORKFLOW, workflow, ignore=shutil.ignore_patterns("__pycache__"))
    before = json.loads(trial.python(CODE, workflow=workflow).stdout)
    relu = workflow / "fieldbench/activations/relu.py"
    shutil.copy(relu, relu.with_name("other.py"))
    relu.write_text(relu.read_text().replace("torch.relu(values)", "torch.relu(2 * values)"))
    after = json.loads(trial.python(CODE, workflow=workflow).stdout)
    assert {n for n in before if before[n] != after[n]} == {
        n for n in before if n.endswith("-relu")
    }
    assert {n for n in after if n not in before} == {n for n in after if n.endswith("-other")}


def test_parts_have_names_of_their_own():
    entries = [("models", frame) for frame in registry.frames()]
    entries += [(kind, name) for kind in registry.PARTS for name in registry.names(kind)]
    assert sorted(registry.parts().values()) == sorted(entries)
    assert not registry.parts().keys() & {*registry.names("models")}


PARTS = """
parts:
  mlp: {hidden_layers: 2, learning_rate: 2.0e-3}
  rff: {sigma: 3.0, by_dims: {1: {sigma: 50.0}, 2: {features: 9}}}
models:
  mlp-rff-relu: {sigma: 5.0}
  own: {kind: mlp-rff-tanh, learning_rate: 1.0e-2, by_dims: {2: {sigma: 7.0}, 3: {sigma: 8.0}}}
signals: {photo: {length: 16}}
studies:
  one: {question: "?", signals: [photo], budgets: [2000], models: [mlp-rff-relu, mlp-rff-sine, own]}
"""
BY_TASK = """
parts:
  rff: {sigma: 3.0, by_dims: {2: {sigma: 9.0}}, by_task: {denoise: {sigma: 2.0, features: 9}}}
  sine: {omega: 20.0, by_task: {denoise: {omega: 10.0}}}
models:
  own: {kind: mlp-rff-sine, by_task: {denoise: {sigma: 1.0}}}
signals: {photo: {length: 16}}
studies:
  one:
    question: "?"
    tasks: [represent, denoise]
    signals: [photo]
    budgets: [2000]
    models: [mlp-rff-sine, own]
"""


def settings_of(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    cells = plan_cells(presets.read_preset(path))
    return {
        c.model: (s.model.settings, s.model.learning_rate)
        for c, s in cells.fits.items()
        if c.budget
    }


def test_what_is_said_of_a_part_holds_for_all_that_is_made_from_it(tmp_path):
    assert settings_of(tmp_path, PARTS) == {
        "mlp-rff-relu": ({"hidden_layers": 2, "sigma": 5.0, "features": 9}, 2e-3),
        "mlp-rff-sine": ({"hidden_layers": 2, "sigma": 3.0, "features": 9}, 2e-3),
        "own": ({"hidden_layers": 2, "sigma": 7.0, "features": 9}, 1e-2),
    }


def test_what_is_said_of_a_part_may_differ_by_task(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(BY_TASK)
    fits = plan_cells(presets.read_preset(path)).fits
    assert {(c.task, c.model): s.model.settings for c, s in fits.items() if c.budget} == {
        ("represent", "mlp-rff-sine"): {"sigma": 9.0, "omega": 20.0},
        ("represent", "own"): {"sigma": 9.0, "omega": 20.0},
        ("denoise", "mlp-rff-sine"): {"sigma": 2.0, "features": 9, "omega": 10.0},
        ("denoise", "own"): {"sigma": 1.0, "features": 9, "omega": 10.0},
    }


@pytest.mark.parametrize(
    ("wrong", "told"),
    [("  ref: {sigma: 3.0}", "'rff'"), ("  rff: {sigmas: 3.0}", "'sigma'"),
     ("  rff: {sigma: wide}", "number"), ("  rff: {by_dims: {2: {sigmas: 1.0}}}", "'sigma'"),
     ("  rff: {by_task: {denoise: {sigmas: 1.0}}}", "'sigma'"),
     ("  rff: {by_task: {denoising: {sigma: 1.0}}}", "'denoise'")],
)  # fmt: skip
def test_a_part_or_a_setting_that_is_not_there_is_told(tmp_path, wrong, told):
    with pytest.raises(UserError) as caught:
        settings_of(
            tmp_path,
            PARTS.replace(
                "  rff: {sigma: 3.0, by_dims: {1: {sigma: 50.0}, 2: {features: 9}}}", wrong
            ),
        )
    assert told in f"{caught.value.what} {caught.value.todo}"
