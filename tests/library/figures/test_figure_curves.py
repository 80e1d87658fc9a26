"""Curves against the budget and against the step."""

import itertools

import numpy as np
import pytest
from helpers import samples
from helpers.samples import LPIPS, PSNR, RINGS

from fieldbench.figures import convergence, curves
from fieldbench.plan.errors import UserError

LOOK = samples.styles()


def head(drawn):
    return " ".join(drawn.texts[0].get_text().split())


def key(drawn):
    return {t.get_text() for t in drawn.legends[0].get_texts()} - {" "}


def line(axes, model):
    """The model's line: the one of its colour that has a point a budget or step."""
    lines = [one for one in axes.lines if one.get_color() == LOOK.model(model).colour]
    return max(lines, key=lambda one: len(one.get_xdata()))


def marks(axes, marker):
    return [x for one in axes.lines if one.get_marker() == marker for x in one.get_xdata()]


SMALL = samples.scores(["siren", "grid"], samples.BUDGETS[:4], [5], seeds=4)


def test_parts_of_a_metric_are_panels():
    rows = samples.rings(("star", "noise"), models=["siren", "grid"], seeds=2)
    drawn = curves.draw(rows, RINGS, LOOK)
    assert [axes.get_title() for axes in drawn.axes] == ["ring .1", "ring .2", "ring .3"]
    assert "three rings, .1 at the edge" in head(drawn)


def test_where_lower_is_better_it_says_so():
    rows = samples.scores(["grid"], seeds=1)
    told = ["lower is better" in head(curves.draw(rows, m, LOOK)) for m in (LPIPS, PSNR)]
    assert told == [True, False]


def test_mean_and_band_are_numpys():
    (axes,) = curves.draw(SMALL, PSNR, LOOK).axes
    fits = SMALL[SMALL["model"] == "siren"].groupby("budget")["psnr"]
    mean, std = (fits.agg(lambda v, f=f: f(v.to_numpy())) for f in (np.mean, np.std))
    assert list(line(axes, "siren").get_xdata()) == samples.BUDGETS[:4]
    assert line(axes, "siren").get_ydata() == pytest.approx(mean.to_numpy())
    edge = np.concatenate([c.get_paths()[0].vertices[:, 1] for c in axes.collections])
    for expected in (mean - std, mean + std):
        assert all(np.isclose(edge, value).any() for value in expected)
    assert axes.get_xscale() == "log"


def test_one_seed_has_no_band():
    drawn = curves.draw(SMALL[SMALL["seed"] == 0], PSNR, LOOK)
    assert len(drawn.axes[0].collections) == 0
    assert "n = 1" in head(drawn) and "no band" in head(drawn)


def test_panels_share_a_scale_within_a_family():
    rows = samples.scores(["siren", "grid"], labels=[1, 5, 9], families=["noise", "spheres"])
    drawn = curves.draw(rows, PSNR, LOOK)
    assert [a.get_title() for a in drawn.axes] == [
        f"{family} {label}"
        for family in ("Bandlimited noise", "Spheres")
        for label in (".1", ".5", ".9")
    ]
    limits = [a.get_ylim() for a in drawn.axes]
    assert limits[0] == limits[1] == limits[2] and limits[3] == limits[4]


def test_many_labels_are_thinned_and_it_is_said():
    rows = samples.scores(["grid"], families=["noise", "spheres", "star", "sierpinski"])
    drawn = curves.draw(rows, PSNR, LOOK)
    assert len(drawn.axes) == 12 and "24 labels not shown" in head(drawn)


def test_controls_are_lines_where_they_can_be_seen():
    drawn = curves.draw(SMALL, PSNR, LOOK)
    assert "Constant (floor)" in key(drawn)
    assert "Oracle (ceiling)" not in key(drawn)  # infinite
    floor = [one.get_ydata()[0] for one in drawn.axes[0].lines if one.get_ls() == ":"]
    assert floor == [pytest.approx(7.0)]
    for level, seen in ((32.0, True), (95.0, False)):
        rows = SMALL.assign(psnr=SMALL["psnr"].where(SMALL["model"] != "oracle", level))
        assert ("Oracle (ceiling)" in key(curves.draw(rows, PSNR, LOOK))) == seen


def test_failures_are_crosses():
    rows = samples.scores(["siren", "instant-ngp", "grid"], labels=[9], failures=True)
    drawn = curves.draw(rows, PSNR, LOOK)
    crosses = marks(drawn.axes[0], "x")
    assert len(crosses) == 4 and "failed fits" in key(drawn)
    assert len(set(crosses)) == 4  # two models fail at one budget: side by side
    assert "failed fits" not in key(curves.draw(SMALL, PSNR, LOOK))


def test_saturated_scores_are_arrows_that_do_not_flatten_the_rest():
    rows = samples.scores(["ffn", "grid"], families=["star"], labels=[None])
    drawn = curves.draw(rows, PSNR, LOOK)
    assert marks(drawn.axes[0], "^") == [1_000_000, 3_000_000]
    assert drawn.axes[0].get_ylim()[1] < 50
    assert "100 dB or more" in key(drawn) and "above 100 dB" in head(drawn)


def test_titles_of_neighbours_do_not_meet():
    rows = samples.scores(
        ["siren", "grid"], samples.BUDGETS[:2], [None], seeds=1, controls=False,
        tasks=["denoising-5", "denoising-10"], families=["a photograph 64", "a photograph 88"],
    )  # fmt: skip
    drawn = curves.draw(rows, PSNR, LOOK)
    renderer = drawn.canvas.get_renderer()
    titles = [axes.title.get_window_extent(renderer) for axes in drawn.axes]
    assert len(titles) == 4 and all("\n" in axes.get_title() for axes in drawn.axes)
    for box, other in itertools.combinations(titles, 2):
        assert not box.overlaps(other)
    assert all(box.x1 <= drawn.bbox.x1 and box.y1 <= drawn.bbox.y1 for box in titles)
    head_box = drawn.texts[0].get_window_extent(renderer)
    assert not any(head_box.overlaps(box) for box in titles)


def test_one_budget_sets_models_side_by_side():
    (axes,) = curves.draw(SMALL[~(SMALL["budget"] > 10_000)], PSNR, LOOK).axes
    places = [line(axes, model).get_xdata()[0] for model in ("siren", "grid")]
    assert places[0] < 10_000 < places[1]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["$10^{4}$"]


def test_all_fits_failed():
    rows = SMALL.assign(status="diverged", psnr=np.nan)
    assert len(marks(curves.draw(rows, PSNR, LOOK).axes[0], "x")) == 8


def test_training_is_drawn_at_the_largest_common_budget():
    steps = samples.history(["siren", "grid", "gsplat"], labels=[5], seeds=3)
    steps = steps[~((steps["model"] == "gsplat") & (steps["budget"] > 300_000))]
    drawn = convergence.draw(steps, LOOK)
    assert r"budget 3${\times}" in head(drawn) or r"$3{\times}10^{5}$" in head(drawn)
    assert key(drawn) == {"SIREN", "Grid", "GSplat"}  # controls do not learn
    own = steps[(steps["model"] == "siren") & (steps["budget"] == 300_000)]
    mean = own.groupby("step")["psnr"].mean()
    assert line(drawn.axes[0], "siren").get_ydata() == pytest.approx(mean.to_numpy())
    assert list(line(drawn.axes[0], "siren").get_xdata()) == list(mean.index)


def test_training_without_a_common_budget():
    steps = samples.history(["siren", "grid"], samples.BUDGETS[:2], labels=[5], seeds=2)
    steps = steps[(steps["model"] == "siren") == (steps["budget"] == 10_000)]
    assert "each model at its largest budget" in head(convergence.draw(steps, LOOK))


def test_training_that_ends_early_is_said():
    steps = samples.history(["siren", "grid"], labels=[9], seeds=2, failures=True)
    assert "end early failed" in head(convergence.draw(steps, LOOK))
    steps = samples.history(["siren", "grid"], labels=[9], seeds=2)
    assert "end early" not in head(convergence.draw(steps, LOOK))


def test_nothing_to_draw():
    with pytest.raises(UserError, match="no scores"):
        curves.draw(SMALL.iloc[:0], PSNR, LOOK)
    with pytest.raises(UserError, match="controls only"):
        curves.draw(SMALL[SMALL["model"] == "constant"], PSNR, LOOK)
    steps = samples.history(["grid"], samples.BUDGETS[:1], [5], seeds=1)
    with pytest.raises(UserError):
        convergence.draw(steps[steps["model"] == "oracle"], LOOK)
