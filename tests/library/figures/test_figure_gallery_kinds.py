"""The gallery of what is no single picture: volumes, lines, views, channels."""

import numpy as np
import pytest
from helpers import samples
from helpers.galleries import LOOK, draw, pictures, words
from helpers.samples import PSNR

from fieldbench.figures import gallery
from fieldbench.figures.parts import tiles, waves


def test_a_volume_is_cut_in_the_middle():
    truth = samples.picture((32, 24, 10))
    drawn = draw(truth)
    assert any("slice 6 of 10 along the last axis" in text for text in words(drawn))
    first = np.asarray(pictures(drawn)[0].images[0].get_array())[..., 0]
    # The first axis runs to the right and the second up, as in the pictures of surfaces.
    assert first == pytest.approx(truth[:, ::-1, 5, 0].T)


def test_colour_is_kept_and_other_channels_are_said():
    truth = samples.picture((24, 24), 3)
    assert np.asarray(pictures(draw(truth))[0].images[0].get_array()) == pytest.approx(truth)
    drawn = draw(samples.picture((24, 24), 5))
    assert any("first of 5 channels" in text for text in words(drawn))


@pytest.mark.parametrize(("count", "shape"), [(2, (12, 32)), (4, (24, 32)), (9, (24, 32))])
def test_four_views_are_one_picture_and_what_was_shown_is_not_beside_them(count, shape):
    views = np.random.default_rng(0).random((count, 12, 16, 3))
    picture, notes = tiles.together(views)
    assert picture.shape == (*shape, 3)
    np.testing.assert_allclose(picture[:12, :16], views[0], rtol=1e-6)
    np.testing.assert_allclose(
        picture[-12:, -16:], views[3 * count // 4 if count > 2 else 1], rtol=1e-6
    )
    assert notes == (["4 of 9 views"] if count == 9 else [])
    made = {"siren": views, "grid": views}
    score = {name: {"psnr": 30.0} for name in made}
    drawn = gallery.draw(
        views, views, made, score, [PSNR], LOOK, "A title", sort={"holds": "views"}
    )
    assert len(pictures(drawn)) == 2 + 2 * 3
    assert "Observed" not in words(drawn)


def test_a_line_has_whole_zoom_and_error():
    truth = samples.picture((200,))
    scores = {"siren": {"psnr": 30.0}, "grid": {"status": "diverged"}}
    drawn = draw(truth, ["siren"], observed=truth, scores=scores, grid=None)
    assert [a.get_ylabel() for a in drawn.axes] == [
        "whole",
        "zoom (shaded above)",
        "absolute error",
    ]
    names = [t.get_text() for t in drawn.legends[0].get_texts()]
    assert names == ["Truth", "Observed", "SIREN: PSNR 30.0 dB", "Grid: diverged"]
    x = drawn.axes[0].lines[0].get_xdata()
    assert (x[0], x[-1]) == (pytest.approx(0.0025), pytest.approx(0.9975))


def test_a_long_line_is_drawn_by_its_extremes():
    y = np.zeros(100_000)
    y[12_345], y[54_321] = 3, -2
    x, few = waves.thinned(np.arange(100_000), y)
    assert len(x) == len(few) == 2 * waves.BINS
    assert few.max() == 3 and few.min() == -2
