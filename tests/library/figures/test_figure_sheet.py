"""The sheet over budgets: models in rows, budgets in columns, the truth beside them."""

import numpy as np
import pytest
from helpers import samples
from helpers.samples import PSNR

from fieldbench.figures import sheet
from fieldbench.plan.errors import UserError

LOOK = samples.styles()


def draw(truth, models=("siren", "grid"), budgets=(1000, 30_000), scores=None, without=()):
    made = samples.reconstructions(truth, list(models))
    cells = [(m, b) for m in models for b in budgets if (m, b) not in without]
    scores = {cell: {"psnr": 20 + cell[1] / 1e4} for cell in cells} | (scores or {})
    values = {cell: None if "status" in scores[cell] else made[cell[0]] for cell in cells}
    return sheet.draw(truth, values, scores, PSNR, LOOK, "A title")


def words(drawn):
    return [text.get_text() for text in drawn.texts]


def pictures(drawn):
    return [axes for axes in drawn.axes if axes.images]


def test_one_picture_a_model_and_budget_and_the_truth():
    truth = samples.picture((24, 30))
    drawn = draw(truth)
    assert len(pictures(drawn)) == 1 + 4
    assert {"Truth", "SIREN", "Grid", "$10^{3}$", r"$3{\times}10^{4}$"} <= set(words(drawn))
    assert [w for w in words(drawn) if w[:1] == "2"] == ["20.1", "23.0"] * 2
    assert "A title; PSNR (dB) by budget" in " ".join(words(drawn)).replace("\n", " ")


def test_rows_and_columns_are_in_order():
    truth = samples.picture((24, 24))
    drawn = draw(truth, ["grid", "siren"], [30_000, 1000])
    first, *rest = (axes.get_position() for axes in pictures(drawn))
    rows = sorted({round(p.y0, 3) for p in rest}, reverse=True)
    assert [round(p.y0, 3) for p in rest] == [rows[0], rows[0], rows[1], rows[1]]
    assert rest[0].x0 < rest[1].x0 and rest[0].x0 == rest[2].x0
    assert first.y0 == rest[0].y0 and first.x0 < rest[0].x0
    made = samples.reconstructions(truth, ["grid", "siren"])["siren"]  # FFN, SIREN, ... Grid
    shown = np.asarray(pictures(drawn)[1].images[0].get_array())[..., 0]
    assert shown == pytest.approx(np.clip(made[..., 0], 0, 1), abs=1e-6)


def test_what_failed_is_hatched_and_what_was_not_run_is_grey():
    truth = samples.picture((24, 24))
    failed = {("siren", 1000): {"status": "out-of-memory"}}
    drawn = draw(truth, scores=failed, without=[("grid", 1000)])
    (box,) = [a for a in drawn.axes if any(p.get_hatch() for p in a.patches)]
    assert box.texts[0].get_text() == "out of memory"
    assert len(pictures(drawn)) == 1 + 2
    assert sum(a.get_facecolor()[:3] == pytest.approx(3 * (0xDC / 255,)) for a in drawn.axes) == 1


def test_a_volume_shows_its_middle_slice_and_says_so():
    truth = samples.picture((20, 16, 9))
    drawn = draw(truth)
    assert "slice 5 of 9 along the last axis" in " ".join(words(drawn)).replace("\n", " ")
    first = np.asarray(pictures(drawn)[0].images[0].get_array())[..., 0]
    assert first == pytest.approx(truth[:, ::-1, 4, 0].T)


def test_a_failure_is_told_within_its_narrow_cell():
    truth = samples.picture((40, 20))
    failed = {("siren", b): {"status": "out-of-memory"} for b in samples.BUDGETS}
    drawn = draw(truth, [*LOOK.models][:8], samples.BUDGETS, scores=failed)
    renderer = drawn.canvas.get_renderer()
    said = [(axes, text) for axes in drawn.axes for text in axes.texts]
    assert len(said) == 6 and said[0][1].get_text() == "out of\nmemory"
    for axes, text in said:
        box, cell = text.get_window_extent(renderer), axes.bbox
        assert cell.x0 <= box.x0 and box.x1 <= cell.x1


@pytest.mark.parametrize("shape", [(60, 20), (20, 20), (20, 50)])
@pytest.mark.parametrize(("models", "budgets"), [(1, 2), (12, 6)])
def test_it_fits_a_page_and_no_text_is_cut(shape, models, budgets):
    truth = samples.picture(shape)
    drawn = draw(truth, [*LOOK.models][:models], samples.BUDGETS[:budgets])
    width, height = drawn.get_size_inches()
    assert width <= 7.01 and height <= 9.01
    renderer = drawn.canvas.get_renderer()
    for text in drawn.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= width * drawn.dpi, text.get_text()
        assert box.y0 >= 0 and box.y1 <= height * drawn.dpi, text.get_text()


def test_large_pictures_are_kept_at_print_size():
    drawn = draw(samples.picture((600, 600)), [*LOOK.models][:4], samples.BUDGETS)
    assert all(max(a.images[0].get_array().shape) <= 600 for a in pictures(drawn))
    assert pictures(drawn)[0].images[0].get_array().nbytes < 600 * 600 * 3 * 4


def test_no_model():
    with pytest.raises(UserError):
        sheet.draw(samples.picture((24, 24)), {}, {}, PSNR, LOOK, "A title")
