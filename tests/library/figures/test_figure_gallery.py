"""The gallery: pictures, with a zoom where most happens, and what is written about them."""

import numpy as np
import pytest
from helpers import samples
from helpers.galleries import LOOK, draw, pictures, words
from helpers.samples import PSNR, RELATIVE, SSIM

from fieldbench.figures import gallery
from fieldbench.figures.parts import gallery_data, tiles
from fieldbench.figures.parts.tiles import HIDDEN
from fieldbench.plan.errors import UserError


def test_each_model_has_its_picture_zoom_and_error():
    truth = samples.picture((64, 80))
    drawn = draw(truth)
    assert len(pictures(drawn)) == 2 + 2 * 3  # the truth has no error
    assert {"A title", "Truth", "SIREN", "Grid", "PSNR 30.0 dB", "SSIM 0.900"} <= set(words(drawn))
    errors = [axes.images[0] for axes in pictures(drawn) if axes.images[0].get_array().ndim == 2]
    assert len({image.get_clim() for image in errors}) == 1
    made = samples.reconstructions(truth, ["siren", "grid"])["siren"]
    wrong = np.abs(np.clip(made, 0, 1) - truth)[..., 0]  # as scores are: within [0, 1]
    assert np.asarray(errors[0].get_array()) == pytest.approx(wrong, abs=1e-6)
    assert any(axes.get_title() == "absolute error" for axes in drawn.axes)


def test_the_window_is_where_detail_is_densest():
    truth = np.zeros((80, 60, 1))
    truth[40:60:2, 15:30] = 1  # fine stripes
    truth[:30, :30] = 1  # an edge, of more variance
    rows, columns = gallery_data.busiest(truth)
    assert (rows.stop - rows.start, columns.stop - columns.start) == (20, 15)
    assert rows.start in (39, 40) and columns.start in (14, 15)
    assert gallery_data.busiest(np.ones((40, 40, 3))) == (slice(0, 10), slice(0, 10))


def test_the_windows_detail_is_numpys():
    values = np.random.default_rng(0).random((30, 24, 2))
    down, across = np.zeros((2, 30, 24))
    down[:-1] = ((values[1:] - values[:-1]) ** 2).sum(-1)
    across[:, :-1] = ((values[:, 1:] - values[:, :-1]) ** 2).sum(-1)
    best = max(
        ((i, j) for i in range(24) for j in range(19)),
        key=lambda at: (down + across)[at[0] : at[0] + 7, at[1] : at[1] + 6].sum(),
    )
    assert tuple(w.start for w in gallery_data.busiest(values)) == best


def test_the_window_is_outlined_in_the_truth():
    truth = samples.picture((64, 64))
    (frame,) = draw(truth).axes[0].patches
    rows, columns = gallery_data.busiest(truth)
    assert (frame.get_x(), frame.get_y()) == (columns.start - 0.5, rows.start - 0.5)
    assert (frame.get_width(), frame.get_height()) == (16, 16)


def test_a_failed_model_is_a_hatched_box():
    truth = samples.picture((32, 32))
    scores = {"grid": {"psnr": 20.0}, "wire": {"status": "out-of-memory"}}
    drawn = draw(truth, ["grid"], scores=scores, wire=None)
    boxes = [a for a in drawn.axes if any(p.get_hatch() for p in a.patches)]
    assert len(boxes) == 1 and boxes[0].texts[0].get_text() == "out of memory"
    assert len(pictures(drawn)) == 2 + 3
    drawn = draw(truth, ["grid"], wire=np.full_like(truth, np.nan))
    assert [t.get_text() for a in drawn.axes for t in a.texts] == ["failed"]


def test_hidden_pixels_have_a_colour_of_their_own():
    truth = samples.picture((32, 32))
    mask = np.ones((32, 32), bool)
    mask[4, 5] = False
    drawn = draw(truth, observed=truth * mask[..., None], mask=mask)
    assert "pink: hidden" in words(drawn)
    pink = np.array([int(HIDDEN[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    coloured = [
        np.isclose(axes.images[0].get_array(), pink).all(-1).sum()
        for axes in pictures(drawn)
        if axes.images[0].get_array().ndim == 3
    ]
    assert coloured[:3] == [0, 0, 1]  # the truth, its zoom, the observation
    assert "pink: hidden" not in words(draw(truth, observed=truth))


def test_a_coarse_observation_is_zoomed_a_sinogram_is_not():
    truth = samples.picture((64, 64))
    coarse = len(pictures(draw(truth, observed=truth[::4, ::4])))
    sinogram = len(pictures(draw(truth, observed=np.random.rand(20, 90, 1))))
    assert coarse == sinogram + 1 == 2 + 2 + 6
    assert len(pictures(draw(truth, observed=np.zeros((50, 1))))) == 2 + 6  # points, no picture


def test_a_title_stays_within_high_narrow_pictures():
    """Whose height, and not the page's width, says how wide they may be."""
    truth = samples.picture((48, 24))
    models = [f"model-{k}" for k in range(14)]
    long = "Wave equation: Pulse (budget 10,000); the 12 best of 64 models by relative error; all"
    scores = {model: {"psnr": 30.0, "ssim": 0.9} for model in models}
    drawn = draw(truth, models, scores=scores, title=long)
    title = next(text for text in drawn.texts if "Wave equation" in text.get_text())
    box = title.get_window_extent(drawn.canvas.get_renderer())
    assert drawn.get_figwidth() < 6.5
    assert box.x1 <= drawn.bbox.x1
    (scale,) = [axes.title for axes in drawn.axes if "absolute" in axes.get_title()]
    above = scale.get_window_extent(drawn.canvas.get_renderer())
    assert not any(above.overlaps(axes.bbox) for axes in pictures(drawn))


def test_names_are_not_broken_before_a_dot():
    assert tiles._name_lines("Identity · ScaledSine", 0.6) == ["Identity ·", "ScaledSine"]


def test_a_sinogram_has_axes_and_a_scale_of_its_own():
    truth = samples.picture((48, 48))
    sinogram = 30 * np.random.default_rng(0).random((48, 48, 1)) + 5  # by chance of the same shape
    drawn = draw(truth, observed=sinogram, angles=(0.0, 180.0))
    assert "Sinogram" in words(drawn) and "Observed" not in words(drawn)
    low, high = sinogram.min(), sinogram.max()
    assert f"{low:.3g} to {high:.3g}" in words(drawn)
    (axes,) = [a for a in drawn.axes if a.get_ylabel() == "angle"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["0°", "180°"]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["1", "48"]
    assert axes.get_xlabel() == "detector"
    renderer = drawn.canvas.get_renderer()
    for label in (axes.xaxis.label, *axes.get_xticklabels()):
        box = label.get_window_extent(renderer)
        assert axes.bbox.x0 - 1 <= box.x0 and box.x1 <= axes.bbox.x1 + 1, "within its picture"
    for label in (axes.yaxis.label, *axes.get_yticklabels()):
        assert not label.get_window_extent(renderer).overlaps(drawn.axes[0].bbox)
    shown_values = np.asarray(axes.images[0].get_array())[..., 0]
    assert shown_values == pytest.approx((sinogram[..., 0] - low) / (high - low), abs=1e-6)
    assert len(pictures(drawn)) == 2 + 1 + 2 * 3  # the sinogram has no zoom


def test_one_bad_model_or_the_floor_does_not_stretch_the_error_scale():
    truth = samples.picture((40, 40))
    alone = draw(truth, ["siren", "grid"])
    wrong = dict.fromkeys(["constant", "oracle", "wire"], 1 - truth)
    beside = draw(truth, ["siren", "grid"], **wrong)

    def top(drawn):
        (clim,) = {
            image.get_clim()
            for axes in pictures(drawn)
            if (image := axes.images[0]).get_array().ndim == 2
        }
        return clim[1]

    made = samples.reconstructions(truth, ["siren", "grid"])
    worse = np.quantile(np.abs(np.clip(made["grid"], 0, 1) - truth), 0.99)
    assert top(alone) == pytest.approx(worse, rel=1e-5) and top(beside) == top(alone)


def test_a_large_picture_is_kept_at_print_size():
    truth = samples.picture((1001, 1001), 3)
    drawn = draw(truth, ["grid"])
    for axes in pictures(drawn):
        inches = drawn.get_size_inches() * axes.get_position().size
        sides = np.array(axes.images[0].get_array().shape[:2])
        assert (sides <= 2 * 300 * inches[::-1] + 1).all()
    (frame,) = drawn.axes[0].patches  # still counts in samples of the truth
    assert frame.get_width() == 250 and drawn.axes[0].get_xlim() == (-0.5, 1000.5)


def test_means_over_blocks():
    values = np.arange(35.0).reshape(5, 7, 1)
    few = tiles.blocks(values, 2, 3)
    assert few.shape == (3, 3, 1) and few.dtype == np.float32
    assert few[0, 0, 0] == values[:2, :3].mean()
    assert few[2, 2, 0] == values[4:, 6:].mean()


@pytest.mark.parametrize("shape", [(40, 20), (20, 50)])
@pytest.mark.parametrize("count", [1, 2, 6, 14])
def test_every_gallery_fits_a_page_and_its_titles_fit_their_columns(shape, count):
    truth = samples.picture(shape)
    models = [*LOOK.models][:count]
    drawn = draw(truth, models, observed=truth)
    width, height = drawn.get_size_inches()
    assert width <= 7.01 and height <= 9.01
    renderer = drawn.canvas.get_renderer()
    for text in drawn.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= width * drawn.dpi, text.get_text()
        assert box.y0 >= 0 and box.y1 <= height * drawn.dpi, text.get_text()


@pytest.mark.parametrize("metric", [PSNR, RELATIVE], ids=["short", "long"])
def test_no_two_texts_overlap(metric):
    truth = samples.picture((30, 30))
    images = samples.reconstructions(truth, [*LOOK.models])
    scores = {model: {metric["name"]: 0.123} for model in images}
    drawn = gallery.draw(truth, truth, images, scores, [metric, SSIM], LOOK, "A title")
    renderer = drawn.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in drawn.texts]
    for k, box in enumerate(boxes):
        # Lines of one caption may touch; more than that cannot be read.
        lower = [(min(box.x1, b.x1) - max(box.x0, b.x0), min(box.y1, b.y1) - max(box.y0, b.y0))
                 for b in boxes[:k]]  # fmt: skip
        assert not any(x > 0.5 and y > 2.5 for x, y in lower), drawn.texts[k].get_text()


def test_many_models_wrap():
    drawn = draw(samples.picture((40, 40)), samples.MODELS)
    assert len(pictures(drawn)) == 2 + 3 * 11
    assert drawn.get_size_inches()[0] <= 7.01 and drawn.get_size_inches()[1] < 9


def test_an_exact_score_says_so():
    truth = samples.picture((24, 24))
    scores = {"grid": {"psnr": np.inf}}
    assert "PSNR exact" in words(draw(truth, ["grid"], scores=scores))


def test_no_model():
    with pytest.raises(UserError):
        draw(samples.picture((24, 24)), [])
