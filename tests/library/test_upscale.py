"""Asking the fits of one task for a finer lattice: planned once, trained once, placed right."""

from dataclasses import replace

import numpy as np
import pytest
from helpers import trial

from fieldbench.lattice import Lattice
from fieldbench.plan.cells.cell import Cell, FitSpec, RenderSpec, TaskSpec
from fieldbench.plan.cells.plain import plain
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.errors import UserError
from fieldbench.scoring import Scorer
from fieldbench.training.fit import build, fit
from fieldbench.training.reconstruction import reconstruct, state_of
from fieldbench.training.render import render

NAMES = registry.names("models")
PRESET = """
signals:
  photo: {length: 20}
  star: {length: 20}
models: {ffn: {features: 32}}
tasks:
  placed: {kind: upscale, alignment: centre}
studies:
  one:
    {question: q, tasks: TASKS, signals: SIGNALS, models: [grid, ffn], budgets: [900], seeds: [1]}
"""


@pytest.fixture
def planned(plan):
    def run(tasks, signals="[photo]"):
        return plan(PRESET.replace("TASKS", tasks).replace("SIGNALS", signals))

    return run


def upscale(alignment):
    return registry.load("tasks", "upscale")(alignment=alignment)


def fitted(model, values, tmp_path, **changes):
    """A short fit, and what its file would hold."""
    size = changes.pop("nodes", None)
    plan = trial.plan_of(model, trial.place(2), steps=changes.pop("steps", 2), **changes)
    if size:
        plan["model"] |= {"size": size, "parameters": size**2}
    plan["domain"] = plain(Domain(2, values.shape[-1], values.shape[:-1]))
    seen = trial.observed(values)
    return plan, fit(seen, FitSpec.of(plan), tmp_path / "checkpoint")


def asked(plan, finer, alignment):
    """The spec of a cell that asks such a fit for a finer lattice."""
    source = FitSpec.of(plan)
    task = TaskSpec("upscale", {"alignment": alignment})
    return RenderSpec(replace(source.cell, task="upscale"), task, source, finer, "1")


def test_corner_alignment_is_the_papers_lattice():
    assert upscale("corner").target((5, 4), (20, 16)) == Lattice((20, 16))


def test_centre_alignment_puts_block_middles_on_the_coarse_samples():
    """The middle of a coarse sample's four fine ones is where the model was shown that sample."""
    axis = upscale("centre").target((5,), (20,)).axis(0)
    middles = axis.reshape(5, 4)[1:].mean(1)  # the first block is cut off at the border
    np.testing.assert_allclose(middles, Lattice((5,)).axis(0)[1:], atol=1e-14)
    assert (axis[:2] == -1).all()


def test_centre_alignment_of_other_ratios():
    axis = upscale("centre").target((4,), (5,)).axis(0)
    # In the span of [0, 1), fine sample j has its middle at (j + 1/2)/5, coarse i at (i + 1/2)/4,
    # which was trained at i/4.
    np.testing.assert_allclose((axis + 1) / 2, np.clip((np.arange(5) + 0.5) / 5 - 0.125, 0, 1))


def test_an_unknown_alignment_is_refused():
    with pytest.raises(UserError, match="alignment"):
        upscale("left")


def test_a_moved_lattice_is_described_and_found_again():
    lattice = Lattice((4, 3), shift=(-1.5, 0.25))
    assert Lattice.of(lattice.describe()) == lattice
    assert "shift" not in Lattice((4, 3)).describe()


@pytest.mark.parametrize("model", NAMES)
def test_a_fit_keeps_the_weights_that_gave_its_reconstruction(model, tmp_path):
    values = trial.smooth((20, 17))
    plan, result = fitted(model, values, tmp_path)
    again = build(FitSpec.of(plan))
    again.load_state_dict(state_of(result.arrays))
    facts = result.facts
    found = reconstruct(again, Lattice((20, 17)), facts["points_at_once"], facts["whole_lattice"])
    np.testing.assert_array_equal(found, result.arrays["reconstruction"])


def test_a_ramp_is_right_where_its_samples_are_and_off_where_the_paper_has_them(tmp_path):
    """Fine samples of a slope, from a grid coarser than either."""
    fine = np.broadcast_to(np.arange(80)[:, None] / 100, (80, 68))[..., None]
    coarse = fine.reshape(20, 4, 17, 4, 1).mean((1, 3))
    plan, result = fitted("grid", coarse, tmp_path, steps=400, nodes=9)
    facts = result.facts | {"format": 1, "kind": "fit"}
    errors = {}
    for alignment in ("corner", "centre"):
        rendered = render(result.arrays, facts, asked(plan, (80, 68), alignment))
        assert rendered.arrays["reconstruction"].shape == fine.shape
        off = rendered.arrays["reconstruction"] - fine
        errors[alignment] = np.abs(np.median(off[16:-16]))
    assert errors["corner"] == pytest.approx(0.015, abs=1e-3)  # one and a half fine samples
    assert errors["centre"] < 1e-3


def test_a_failed_fit_stays_failed_with_its_reason(tmp_path):
    values = trial.smooth((20, 17))
    plan, result = fitted("siren", values, tmp_path, rate=1e30, steps=30)
    assert result.facts["status"] == "diverged"
    facts = result.facts | {"format": 1, "kind": "fit"}
    rendered = render(result.arrays, facts, asked(plan, (40, 34), "corner"))
    assert rendered.facts["status"] == "diverged"
    assert rendered.facts["reason"] == result.facts["reason"]
    assert rendered.facts["cell"]["task"] == "upscale"
    assert "reconstruction" not in rendered.arrays


def test_one_fit_serves_both_tasks(planned):
    both, alone = planned("[represent, upscale]"), planned("[represent]")
    cells = both.cells
    assert {c for c in cells.fits if c.signal == "photo"} == set(alone.cells.fits)
    assert cells.source(Cell("upscale", "photo", "grid", 900, 1)) == Cell(
        "represent", "photo", "grid", 900, 1
    )
    # The ceiling of a finer question is the finer signal.
    assert cells.source(Cell("upscale", "photo", "oracle", 0, 1)).signal == "photo-finer"
    assert len(cells.studies["one"]) == 2 * 4
    cell = Cell("upscale", "photo", "grid", 900, 1)
    assert both.files.truth(cell).endswith("signals/photo-finer.h5")
    assert both.params.score([cell])["truth"]["samples"] == 80 * 80
    assert both.params.score([cell])["truth"]["family"] == "photo"
    assert both.params.fit(cells.source(cell)) == alone.params.fit(cells.source(cell))


def test_asked_alone_it_trains_what_it_needs_and_shows_only_itself(planned):
    run = planned("[upscale, placed]")
    assert {c.task for c in run.cells.studies["one"]} == {"upscale", "placed"}
    assert {c.task for c in run.cells.fits} == {"represent"}
    assert run.rendered_tasks == {"upscale", "placed"}
    assert len([c for c in run.cells.fits if c.model == "grid"]) == 1


def test_a_signal_without_a_finer_version_is_dropped_with_the_reason(planned):
    run = planned("[upscale]", "[photo, star]")
    reasons = {reason for _, cell, reason in run.cells.dropped if cell.signal == "star"}
    assert reasons == {"star has no finer version"}
    with pytest.raises(UserError, match="no finer version"):
        planned("[upscale]", "[star]")


def test_floor_and_ceiling_hold_on_the_finer_signal(tmp_path):
    """The oracle, shown the finer signal, is exact there in either alignment."""
    values = trial.smooth((40, 34))
    plan = trial.plan_of("oracle", Domain(2, 1, (40, 34)))
    result = fit(trial.observed(values), FitSpec.of(plan), tmp_path / "checkpoint")
    facts = result.facts | {"format": 1, "kind": "fit"}
    for alignment in ("corner", "centre"):
        rendered = render(result.arrays, facts, asked(plan, (40, 34), alignment))
        found = Scorer(values, {"psnr": ()}).score(rendered.arrays["reconstruction"], ["psnr"])
        assert found["psnr"]["value"] > 130
