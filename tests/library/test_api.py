"""One array, one model, one call: the numbers are the workflow's own."""

import subprocess
import sys

import numpy as np
import pytest

from fieldbench.api import fit_array
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.run import Run
from fieldbench.scoring import Scorer

RNG = np.random.default_rng(3)
PICTURE = RNG.random((12, 12))
SHORT = {"steps": 20, "evaluations": 2}


def test_an_answer_has_the_arrays_shape_and_its_psnr():
    fitted = fit_array(PICTURE, "grid", 60, **SHORT)
    clamped = {"psnr": ()}
    again = Scorer(PICTURE, clamped).score(fitted.reconstruction, ["psnr"])["psnr"]["value"]
    assert fitted.reconstruction.shape == PICTURE.shape
    assert fitted.psnr == pytest.approx(again)
    assert fitted.parameters == fitted.size**2 <= 60


@pytest.mark.parametrize("shape", [(40,), (9, 11), (9, 11, 3), (6, 7, 8)], ids=str)
def test_every_array_that_a_file_may_hold(shape):
    values = RNG.integers(0, 256, shape).astype(np.uint8)
    assert fit_array(values, "grid", 200, **SHORT).reconstruction.shape == shape


def test_same_seed_same_numbers_and_another_seed_others():
    one, two = (fit_array(PICTURE, "siren", 400, **SHORT) for _ in range(2))
    other = fit_array(PICTURE, "siren", 400, seed=7, **SHORT)
    assert np.array_equal(one.reconstruction, two.reconstruction)
    assert not np.array_equal(one.reconstruction, other.reconstruction)


def test_settings_and_the_task_count():
    plain = fit_array(PICTURE, "siren", 400, **SHORT)
    slower = fit_array(PICTURE, "siren", 400, settings={"omega": 5.0}, **SHORT)
    noisy = fit_array(
        PICTURE, "grid-tv", 144, task="denoise", task_settings={"sigma": 0.3}, **SHORT
    )
    clean = fit_array(PICTURE, "grid-tv", 144, **SHORT)
    assert slower.psnr != plain.psnr
    assert noisy.psnr < clean.psnr


def test_numbers_are_those_of_a_planned_cell(tmp_path):
    """A preset with the same file plans the same model."""
    np.save(tmp_path / "mine.npy", PICTURE)
    preset = tmp_path / "plan.yaml"
    preset.write_text(
        f"signals: {{mine: {{kind: file, path: '{tmp_path}/mine.npy'}}}}\n"
        "studies: {s: {question: Same, signals: [mine], models: [siren], budgets: [400]}}\n"
    )
    cells = Run({"preset": str(preset)}, checks=False).cells.fits
    (model,) = [spec.model for cell, spec in cells.items() if cell.model == "siren"]
    fitted = fit_array(PICTURE, "siren", 400, **SHORT)
    assert (fitted.size, fitted.parameters) == (model.size, model.parameters)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model": "sirne"}, "Did you mean 'siren'"),
        ({"model": "siren", "stesp": 3}, "Did you mean 'steps'"),
        ({"model": "siren", "settings": {"omga": 3}}, "Did you mean 'omega'"),
        ({"model": "siren", "budget": 3}, "Raise the budget"),
    ],
    ids=["model", "training", "setting", "budget"],
)
def test_a_mistake_is_answered_with_a_way_out(given, said):
    with pytest.raises(UserError) as caught:
        fit_array(PICTURE, **{"budget": 400, **given})
    assert said in caught.value.todo


def test_importing_it_loads_nothing_heavy():
    code = "import sys, fieldbench.api; print({'numpy', 'torch'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": "workflow"}, capture_output=True, text=True
    )
    assert done.stdout.strip() == "set()"
