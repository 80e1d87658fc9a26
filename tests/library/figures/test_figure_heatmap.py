"""The heatmap: right numbers in right places, honest about what failed or is not there."""

import numpy as np
import pytest
from helpers import samples
from helpers.samples import LPIPS, PSNR, RINGS, SSIM

from fieldbench.figures import heatmap
from fieldbench.plan.errors import UserError

LOOK = samples.styles()


def draw(rows, metric=PSNR, **more):
    return heatmap.draw(rows, metric, LOOK, **more)


def titled(drawn, title):
    """The axes with that title, top to bottom."""
    return [axes for axes in drawn.axes if axes.get_title() == title]


def values(axes):
    """What an axes shows, nan where nothing."""
    return np.ma.filled(axes.images[0].get_array().astype(float), np.nan)


def hatched(axes):
    """(row, column) of hatched cells."""
    return sorted(
        (int(p.get_y() + 0.5), int(p.get_x() + 0.5)) for p in axes.patches if p.get_hatch()
    )


def words(drawn):
    return " ".join(text.get_text() for text in drawn.texts)


def key(drawn):
    return [t.get_text() for box in drawn.legends for t in box.get_texts()]


SMALL = samples.scores(["siren", "instant-ngp", "grid"], samples.BUDGETS[:3], [1, 5, 9], seeds=3)


def test_a_cell_is_the_mean_over_seeds():
    shown = values(titled(draw(SMALL), "SIREN")[0])
    for row, budget in enumerate(samples.BUDGETS[:3]):
        for column, label in enumerate([1, 5, 9]):
            same = (SMALL["budget"] == budget) & (SMALL["label"] == label)
            fits = SMALL[same & (SMALL["model"] == "siren")]["psnr"]
            assert shown[row, column] == pytest.approx(np.mean(fits.to_numpy()), rel=1e-12)


def test_budgets_run_down_and_labels_across():
    axes = titled(draw(SMALL), "SIREN")[0]
    assert [t.get_text() for t in axes.get_yticklabels()][::2] == ["$10^{4}$", "$10^{5}$"]
    assert [t.get_text() for t in axes.get_xticklabels()] == [".1", ".5", ".9"]
    assert axes.get_ylim() == (2.5, -0.5) and axes.get_xlabel() == "bandwidth"


def test_the_gap_is_to_the_same_budget_and_label():
    drawn = draw(SMALL)
    (grid,) = titled(drawn, "Grid")  # the reference has no gap to itself
    above, below = titled(drawn, "SIREN")
    assert values(below) == pytest.approx(values(above) - values(grid))
    low, high = below.images[0].get_clim()
    assert low == -high and high >= np.abs(values(below)).max() * 0.9
    assert above.images[0].get_clim() == (0, 70)
    assert "positive: better than Grid" in words(drawn)


def test_where_lower_is_better_the_gap_is_turned():
    rows = samples.scores(["bacon", "grid"], samples.BUDGETS[:2], [1, 9], seeds=2)
    drawn = draw(rows, LPIPS)
    above, below = titled(drawn, "BACON")
    (grid,) = titled(drawn, "Grid")
    assert values(below) == pytest.approx(values(grid) - values(above))
    assert "Grid − model" in words(drawn) and "cut" not in words(drawn)


def test_bright_is_better_whichever_way_that_is():
    def brightness(metric, value):
        image = titled(draw(SMALL, metric), "SIREN")[0].images[0]
        return sum(image.cmap(image.norm(value))[:3])

    assert brightness(PSNR, 60) > brightness(PSNR, 10)
    lpips = {**LPIPS, "range": [0, 1]}
    assert brightness(lpips, 0.1) > brightness(lpips, 0.9)
    assert "lower is better" in words(draw(SMALL, lpips))
    assert "lower is better" not in words(draw(SMALL))


def test_parts_of_a_metric_are_columns():
    rows = samples.rings(models=["siren", "grid"], budgets=samples.BUDGETS[:2], seeds=2)
    drawn = draw(rows, RINGS)
    above, below = titled(drawn, "SIREN")
    assert values(above).shape == (2, 3)
    siren = rows[(rows["model"] == "siren") & (rows["budget"] == samples.BUDGETS[1])]
    assert values(above)[1] == pytest.approx([siren[f"psnr-rings-{n}"].mean() for n in (1, 2, 3)])
    (grid,) = titled(drawn, "Grid")
    assert values(below) == pytest.approx(values(above) - values(grid))
    assert [t.get_text() for t in above.get_xticklabels()] == [".1", ".2", ".3"]
    assert above.get_xlabel() == "ring" and "three rings, .1 at the edge" in words(drawn)
    assert "n = 2 fits" in words(drawn)


def test_a_failed_fit_is_hatched_in_every_part():
    rows = samples.rings(models=["siren", "grid"], budgets=samples.BUDGETS[:2], seeds=1)
    failed = (rows["model"] == "siren") & (rows["budget"] == samples.BUDGETS[1])
    parts = [f"psnr-rings-{n}" for n in (1, 2, 3)]
    rows = rows.assign(
        status=rows["status"].mask(failed, "diverged"), **{p: rows[p].mask(failed) for p in parts}
    )
    assert hatched(titled(draw(rows, RINGS), "SIREN")[0]) == [(1, 0), (1, 1), (1, 2)]


def test_the_gap_is_cut_and_says_so():
    rows = samples.scores(["ffn", "grid"], families=["star"], labels=[None])
    drawn = draw(rows)
    above, below = titled(drawn, "FFN")
    assert np.isfinite(values(below)).all()
    assert values(below)[-1, 0] == pytest.approx(values(above)[-1, 0] - 100)
    assert "PSNR cut at 100 dB" in words(drawn)
    # The scale is for the cells that are not saturated.
    assert below.images[0].get_clim()[1] < 50
    assert "∞" in [t.get_text() for t in titled(drawn, "Grid")[0].texts]


def test_failures_are_hatched_and_absent_cells_are_grey():
    rows = samples.scores(["siren", "gsplat", "grid"], failures=True)
    rows = rows[~((rows["model"] == "gsplat") & (rows["budget"] > 1e6))]
    drawn = draw(rows)
    siren = titled(drawn, "SIREN")[0]
    assert hatched(siren) == [(row, column) for row in (3, 4, 5) for column in (6, 7, 8)]
    assert np.isnan(values(siren)[4:, 6:]).all() and np.isfinite(values(siren)[3]).all()
    gsplat = titled(drawn, "GSplat")[0]
    assert hatched(gsplat) == [] and np.isnan(values(gsplat)[5]).all()
    assert key(drawn) == ["failed", "some fits failed: mean over the rest", "no score"]
    assert key(draw(SMALL)) == []


def test_the_controls_are_one_row_each():
    drawn = draw(SMALL)
    (oracle,), (constant,) = titled(drawn, "Oracle (ceiling)"), titled(drawn, "Constant (floor)")
    assert values(oracle).shape == values(constant).shape == (1, 3)
    assert values(constant)[0] == pytest.approx([7.8, 7.0, 6.2])
    assert [t.get_text() for t in oracle.texts] == ["∞"] * 3


def test_numbers_are_printed_only_where_they_can_be_read():
    small = titled(draw(SMALL), "SIREN")
    assert [len(axes.texts) for axes in small] == [9, 9]
    assert small[1].texts[0].get_text()[0] in "+−"
    large = draw(samples.scores())
    assert sum(len(axes.texts) for axes in large.axes) == 0
    assert min(t.get_size() for axes in small for t in axes.texts) >= 6


def test_the_paper_size_fits_the_page():
    drawn = draw(samples.scores(failures=True))
    width, height = drawn.get_size_inches()
    assert width == 7 and height < 9
    assert len(titled(drawn, "Grid")) == 1 and len(titled(drawn, "FFN")) == 2
    assert len(drawn.axes) == 11 + 2 + 10 + 2  # means, strips, gaps, colour bars
    drawn.canvas.draw()
    page = drawn.bbox
    for artist in [*drawn.texts, *drawn.axes]:
        box = artist.get_tightbbox(drawn.canvas.get_renderer())
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1


def test_without_a_reference_there_is_no_gap():
    rows = samples.scores(["mine"], samples.BUDGETS[:1], [None], seeds=1)
    drawn = draw(rows, SSIM)
    assert len(titled(drawn, "mine")) == 1
    assert "Grid is not in this study" in words(drawn) and "n = 1 fit per cell" in words(drawn)
    assert drawn.get_size_inches()[0] == 3.4


def test_all_fits_of_a_model_failed():
    rows = SMALL.assign(
        status=SMALL["status"].where(SMALL["model"] != "grid", "diverged"),
        psnr=SMALL["psnr"].where(SMALL["model"] != "grid"),
    )
    drawn = draw(rows)
    assert len(hatched(titled(drawn, "Grid")[0])) == 9
    assert np.isnan(values(titled(drawn, "SIREN")[1])).all()


def test_uneven_counts_are_said():
    assert "n = 2–3 fits" in words(draw(SMALL.drop(index=SMALL.index[0])))


def test_what_cannot_be_drawn_says_what_to_do():
    with pytest.raises(UserError, match="no scores"):
        draw(SMALL.iloc[:0])
    with pytest.raises(UserError, match="controls only"):
        draw(SMALL[SMALL["model"] == "oracle"])
    with pytest.raises(UserError, match="metric 'ssim'"):
        draw(SMALL.assign(ssim=np.nan), SSIM)
    with pytest.raises(ValueError, match="one family"):
        draw(samples.scores(["grid"], families=["noise", "star"]))
