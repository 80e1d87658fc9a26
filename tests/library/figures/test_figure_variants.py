"""Figures of composed models: what is in them, and where."""

from itertools import pairwise

import numpy as np
import pytest
from helpers import samples, variants
from helpers.samples import LPIPS, PSNR

from fieldbench.figures import bases, compositions, convergence, curves, overview
from fieldbench.figures.parts import ranking, selection, tradeoff
from fieldbench.figures.parts.overview_ranks import Ranks
from fieldbench.plan.errors import UserError

LOOK = variants.style()
FAILED = variants.scores(mlp_identity_sine=(0, 1), mlp_neff_tanh=(0,), kan_fourier=(0, 1))
WITHOUT = FAILED[~FAILED["model"].isin(["mlp-rff-relu", "kan-taylor"])]
PAIRS = [*variants.impossible(), *variants.impossible("kan-taylor")]


def words(drawn):
    """All text of a figure, on one line."""
    axes = [text.get_text() for on in drawn.axes for text in on.texts]
    keys = [text.get_text() for legend in drawn.legends for text in legend.get_texts()]
    return " ".join(" ".join([*(t.get_text() for t in drawn.texts), *axes, *keys]).split())


def grid(rows, metric=PSNR, pairs=()):
    ranked = ranking.at_largest(ranking.ranks(rows, metric, pairs))
    return compositions.Grid.of(ranked, variants.COMPOSED, metric)


def test_rows_and_columns_are_in_the_order_of_their_means():
    found = grid(variants.scores())
    assert found.rows == ("fkan", "rff", "neff", "identity")
    assert found.columns == ("tanh", "sine", "relu")
    assert found.values[0, 0] == np.nanmax(found.values) == 32.0
    assert grid(variants.scores(), LPIPS).rows == found.rows  # lower is better there


def test_cells_say_what_failed_and_what_cannot_be():
    found = grid(WITHOUT, pairs=PAIRS)
    states = {
        (row, column): found.states[place]
        for place in np.ndindex(found.states.shape)
        for row, column in [(found.rows[place[0]], found.columns[place[1]])]
    }
    assert states["identity", "sine"] == ranking.FAILED
    assert states["neff", "tanh"] == ranking.PARTLY
    assert states["rff", "relu"] == ranking.IMPOSSIBLE
    assert states["rff", "sine"] == ranking.RANKED
    drawn = compositions.draw(WITHOUT, PSNR, LOOK, variants.COMPOSED, PAIRS)
    told = words(drawn)
    assert "failed: 2 of 2 fits diverged (the loss is not finite)" in told
    assert "some fits failed: mean of the rest" in told
    assert "impossible: which takes second derivatives, which the model does not have" in told
    on = drawn.axes[0]
    assert len(on.texts) == 4 * 3 - 2  # a number in every other cell
    assert [t.get_text() for t in on.get_yticklabels()] == ["FKAN", "RFF", "NeFF", "Identity"]


def test_without_a_pair_it_is_told():
    kans = variants.scores({"kan-fourier": 20.0, "kan-taylor": 21.0})
    with pytest.raises(UserError, match="encoding"):
        compositions.draw(kans, PSNR, LOOK, variants.COMPOSED, [])
    with pytest.raises(UserError, match="basis"):
        mlps = variants.scores({"mlp-rff-sine": 20.0})
        bases.draw(mlps, PSNR, LOOK, variants.COMPOSED, [])


def test_bars_are_sorted_and_begin_at_the_constant():
    values = {"kan-fourier": 20.0, "kan-chebyshev-1": 25.0, "kan-taylor": 5.0}
    rows = variants.scores(values | {"mlp-rff-sine": 30.0, "mlp-rff-relu": 10.0})
    drawn = bases.draw(rows, PSNR, LOOK, variants.COMPOSED, [])
    (on,) = drawn.axes
    names = [label.get_text() for label in on.get_yticklabels()]
    assert names == ["Chebyshev-1", "Fourier", "Taylor"]
    floor = rows.loc[rows["model"] == "constant", "psnr"].mean()
    bars = [(bar.get_x(), bar.get_width()) for bar in on.patches]
    assert bars == [(floor, pytest.approx(mean - floor)) for mean in (26.0, 21.0, 6.0)]
    assert on.patches[2].get_facecolor() != on.patches[0].get_facecolor()  # worse than it
    lines = [line.get_xdata()[0] for line in on.lines if len(set(line.get_xdata())) == 1]
    assert {31.0, 21.0, floor} <= set(lines)  # the best MLP, the median of both, the constant
    assert "best MLP (RFF · Sine)" in words(drawn) and "median of 2 MLPs" in words(drawn)
    (spread,) = on.collections
    assert len(spread.get_segments()) == 3


def test_bases_without_a_number_are_named():
    told = words(bases.draw(WITHOUT, PSNR, LOOK, variants.COMPOSED, PAIRS))
    assert "failed: 2 of 2 fits diverged" in told and "impossible: which takes" in told


def test_the_front_is_what_nothing_beats():
    costs, good = np.array([1.0, 2, 2, 3, 4]), np.array([5.0, 7, 6, 7, 9])
    assert list(tradeoff.front(costs, good)) == [True, True, False, False, True]
    twice = tradeoff.front(np.array([1.0, 1.0]), np.array([5.0, 5.0]))
    assert list(twice) == [True, True]


@pytest.mark.parametrize("wanted", [[0.5] * 6, [0.0, 0.01, 0.02, 0.99, 1.0], [0.9, 0.1]])
def test_names_are_spread_apart_in_order(wanted):
    places = tradeoff.spread(wanted, 0.1)
    assert all(0 <= place <= 1 for place in places)
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    assert np.diff([places[k] for k in order]).min() >= 0.1 - 1e-9


@pytest.mark.parametrize("metric", [PSNR, LPIPS], ids=["higher", "lower"])
def test_the_models_on_the_front_are_named_beside_it(metric):
    rows = variants.scores()
    drawn = tradeoff.draw(rows, metric, LOOK, variants.COMPOSED, [])
    on = drawn.axes[0]
    # Later models score more and have fewer parameters, so that the last beats all.
    assert [text.get_text() for text in on.texts] == ["KAN · Taylor"]
    timed = tradeoff.draw(rows, metric, LOOK, variants.COMPOSED, [], variants.timings(rows))
    names = [text.get_text() for text in timed.axes[0].texts]
    assert len(names) == len(variants.COMPOSED) and names[0] == "Identity · ReLU"
    timed.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in timed.axes[0].texts), key=lambda b: b.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(boxes))
    low, high = timed.axes[0].get_ylim()
    assert (low < high) == (metric is PSNR)  # what is better is higher up


def test_a_point_far_off_does_not_flatten_the_others():
    values = {m: 20.0 + place for place, m in enumerate(variants.COMPOSED)}
    rows = variants.scores(values | {"kan-taylor": -900.0})
    drawn = tradeoff.draw(rows, PSNR, LOOK, variants.COMPOSED, [])
    assert drawn.axes[0].get_ylim()[0] > 0 and "1 far below at the edge" in words(drawn)


def test_where_all_have_failed_every_figure_is_drawn():
    """One task that nothing solves must not withhold the rest."""
    rows = variants.scores(**{m.replace("-", "_"): (0, 1) for m in variants.COMPOSED})
    given = (PSNR, LOOK, variants.COMPOSED, [])
    assert "0 models" in words(tradeoff.draw(rows, *given))
    assert "2 of 2 fits diverged" in words(compositions.draw(rows, *given))
    assert "2 of 2 fits diverged" in words(bases.draw(rows, *given))
    assert len(selection.best(rows, PSNR, FEW).models) == 3
    columns = [("main", "represent", "psnr")] * 2
    about = ({"psnr": PSNR}, variants.COMPOSED, {"main": []})
    found = Ranks.of({"main": rows}, columns, *about)
    assert "fits failed: counted as last" in words(overview.draw(found, {"psnr": PSNR}, LOOK))


def test_the_overview_has_a_row_a_model():
    rows = variants.scores(tasks=("represent", "inpaint"))
    columns = [("main", "represent", "psnr"), ("main", "inpaint", "psnr")]
    pairs = variants.impossible("kan-taylor", task="inpaint")
    rows = rows[(rows["task"] == "represent") | (rows["model"] != "kan-taylor")]
    given = ({"psnr": PSNR}, variants.COMPOSED, {"main": pairs})
    found = Ranks.of({"main": rows}, columns, *given)
    drawn = overview.draw(found, {"psnr": PSNR}, LOOK)
    told = words(drawn)
    assert all(LOOK.model(model).name in told for model in variants.COMPOSED)
    assert "impossible, counted as last" in told
    assert len(drawn.axes[0].texts) == 2 * len(variants.COMPOSED) - 1


def test_many_tasks_stay_inside_the_figure():
    tasks = [f"a-long-name-of-task-{number}" for number in range(11)]
    rows = variants.scores({"kan-fourier": 20.0, "kan-taylor": 21.0}, seeds=1, tasks=tasks)
    columns = [("main", task, "psnr") for task in tasks]
    given = ({"psnr": PSNR}, variants.COMPOSED, {"main": []})
    found = Ranks.of({"main": rows}, columns, *given)
    drawn = overview.draw(found, {"psnr": PSNR}, LOOK)
    drawn.canvas.draw()
    ends = [name.get_window_extent() for name in drawn.axes[0].get_xticklabels()]
    below = min(text.get_window_extent().y0 for text in drawn.texts[:1])
    assert max(end.x1 for end in ends) <= drawn.get_window_extent().width
    assert max(end.y1 for end in ends) <= below  # the caption


FEW = variants.style(readable=3)


def test_of_too_many_models_the_best_are_shown_and_it_is_said():
    rows = variants.scores(tasks=("represent", "inpaint"))
    chosen = selection.best(rows, PSNR, FEW)
    assert chosen.models == ("kan-taylor", "kan-fourier", "kan-chebyshev-1")
    assert selection.best(rows, LPIPS, FEW).models == chosen.models  # lower is better there
    assert chosen.note == "the 3 best of 15 models by PSNR; all are in the tables"
    kept = chosen.of(rows, keep=["mlp-rff-sine"])
    assert set(kept["model"]) == {*chosen.models, "mlp-rff-sine", "constant", "oracle"}
    drawn = curves.draw(chosen.of(rows), PSNR, chosen.style, chosen.note)
    assert chosen.note in " ".join(drawn.texts[0].get_text().split())
    looks = {chosen.style.model(m).colour for m in chosen.models}
    assert len(looks) == 3 and list(chosen.style.models)[:3] == list(chosen.models)


def test_few_models_are_all_shown():
    rows = samples.scores(["grid", "siren"], seeds=1)
    chosen = selection.best(rows, PSNR, samples.styles())
    assert (chosen.models, chosen.note) == (None, "") and chosen.of(rows) is rows


def test_who_failed_is_not_among_the_best():
    rows = variants.scores(kan_taylor=(0, 1))
    assert "kan-taylor" not in selection.best(rows, PSNR, FEW).models


def test_pictures_are_chosen_by_their_own_scores():
    scores = {m: {"status": "ok", "psnr": 20.0 - place} for place, m in enumerate(variants.MLPS)}
    scores |= {"oracle": {"psnr": np.inf}, "mlp-fkan-tanh": {"status": "diverged"}}
    chosen = selection.best_pictures(scores, [PSNR], FEW)
    assert chosen.models == tuple(variants.MLPS[:3])
    assert chosen.keys(scores) == [*variants.MLPS[:3], "oracle"]
    assert chosen.titled("A").startswith("A; the 3 best of 12 models by PSNR")
    # Of a sheet the largest budget decides.
    sheet = {(m, b): {"psnr": 20.0 + (b - 50) * place} for place, m in enumerate(variants.MLPS)
             for b in (10, 100)}  # fmt: skip
    chosen = selection.best_pictures(sheet, [LPIPS, PSNR], FEW)
    assert chosen.models == tuple(variants.MLPS[:-4:-1])
    assert len(chosen.keys(sheet)) == 6


def test_long_names_stay_inside_the_figure():
    """The legend of twelve composed models takes more lines rather than run over the edge."""
    rows = samples.history(variants.MLPS, [3000], labels=[None], seeds=1)
    drawn = convergence.draw(rows, LOOK)
    drawn.canvas.draw()
    box, width = drawn.legends[0].get_window_extent(), drawn.get_window_extent().width
    assert box.x0 >= 0 and box.x1 <= width
