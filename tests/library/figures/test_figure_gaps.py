"""Gaps to a reference: pairs, signs, intervals, and what is drawn of them."""

import numpy as np
import pandas as pd
import pytest
from helpers import samples
from helpers.samples import LPIPS, PSNR
from library.figures.test_figure_curves import head, key, line, marks

from fieldbench.figures import gaps
from fieldbench.figures.parts import data
from fieldbench.numerics.bootstrap import interval
from fieldbench.tables.parts.means import summarise

LOOK = samples.styles()
GRID = {"represent": "grid"}
SMALL = samples.scores(["siren", "grid", "ffn"], samples.BUDGETS[:3], [5], seeds=4)


def fits(values, signals=("a", "b"), budget=100, metric="psnr"):
    """Scores from {model: one number a signal, None where it failed}."""
    rows = [
        {"study": "main", "task": "represent", "family": "set", "label": None, "signal": signal,
         "model": model, "budget": budget, "seed": 1,
         "status": "diverged" if value is None else "ok", metric: value}
        for model, numbers in values.items()
        for signal, value in zip(signals, numbers, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def gap_rows(scores, metric=PSNR):
    summary = summarise(scores, [metric], interval, GRID)
    return summary.set_index(["model", "budget"])


def test_pairs_by_hand():
    """5 and 1 better: 3 on average, and with two pairs the interval is their range."""
    row = gap_rows(fits({"grid": [20, 30], "siren": [25, 31]})).loc["siren", 100]
    assert (row["gap"], row["gap_low"], row["gap_high"], row["pairs"]) == (3.0, 1.0, 5.0, 2)
    assert (row["low"], row["high"], row["reference"]) == (25.0, 31.0, "grid")


def test_the_reference_has_no_gap_to_itself():
    row = gap_rows(fits({"grid": [20, 30], "siren": [25, 31]})).loc["grid", 100]
    assert np.isnan(row["gap"]) and pd.isna(row["pairs"]) and row["low"] == 20.0


def test_pairing_is_surer_than_two_means():
    """Images differ by far more than models do."""
    scores = {"grid": [15, 20, 25, 30, 35], "siren": [16, 22, 26, 32, 36]}
    row = gap_rows(fits(scores, signals="abcde")).loc["siren", 100]
    assert row["gap"] == pytest.approx(1.4) and 1 <= row["gap_low"] < row["gap_high"] <= 2
    assert row["high"] - row["low"] > 8 > 4 * (row["gap_high"] - row["gap_low"])


def test_lower_is_better_turns_the_sign():
    scores = fits({"grid": [0.3, 0.5], "siren": [0.1, 0.2]}, metric="lpips")
    assert gap_rows(scores, LPIPS).loc["siren", 100]["gap"] == pytest.approx(0.25)


def test_scores_beyond_100_db_count_as_100():
    row = gap_rows(fits({"grid": [150, 150], "siren": [np.inf, 40]})).loc["siren", 100]
    assert row["gap"] == -30.0 and row["mean"] == np.inf and np.isnan(row["low"])


def test_a_pair_that_lacks_one_is_left_out():
    row = gap_rows(fits({"grid": [None, 30], "siren": [25, 31]})).loc["siren", 100]
    assert (row["gap"], row["pairs"], row["n"]) == (1.0, 1, 2) and np.isnan(row["gap_low"])


def test_without_an_interval_the_summary_is_as_before():
    columns = set(summarise(SMALL, [PSNR]).columns)
    assert not columns & {"low", "high", "gap", "pairs"}


def test_line_and_band_are_mean_and_interval_of_pairs():
    drawn = gaps.draw(SMALL, PSNR, LOOK, GRID, interval)
    (axes,) = drawn.axes
    by = SMALL.set_index(["model", "budget", "seed"])["psnr"]
    pairs = by["siren"] - by["grid"]
    expected = [pairs[b].mean() for b in samples.BUDGETS[:3]]
    assert line(axes, "siren").get_ydata() == pytest.approx(expected)
    edge = np.concatenate([c.get_paths()[0].vertices[:, 1] for c in axes.collections])
    for budget in samples.BUDGETS[:3]:
        for end in interval(pairs[budget].to_numpy(), ["a"] * 4, range(4)):
            assert np.isclose(edge, end).any()
    assert "n = 4" in head(drawn) and "95% bootstrap interval" in head(drawn)
    assert key(drawn) == {"FFN", "SIREN", "Grid"}
    low, high = axes.get_ylim()
    assert low < 0 < high


def test_one_pair_has_no_band_and_it_is_said():
    drawn = gaps.draw(SMALL[SMALL["seed"] == 0], PSNR, LOOK, GRID, interval)
    assert len(drawn.axes[0].collections) == 0 and "no band" in head(drawn)


def test_what_is_no_fair_gap_is_an_arrow():
    """The grid is exact at the last budget: others are not so many dB worse."""
    rows = samples.scores(["siren", "grid"], samples.BUDGETS[2:5], [5], seeds=2)
    drawn = gaps.draw(rows, PSNR, LOOK, GRID, interval)
    (axes,) = drawn.axes
    assert axes.get_ylim()[0] > -40 and np.isnan(line(axes, "siren").get_ydata()[-1])
    assert marks(axes, "v") == [samples.BUDGETS[4]] and marks(axes, "^") == []
    assert "one at 100 dB or more" in key(drawn) and "count as 100 dB" in head(drawn)
    rows["psnr"] = rows["psnr"].where(rows["model"] != "siren", np.inf)
    (axes,) = gaps.draw(rows, PSNR, LOOK, GRID, interval).axes
    assert marks(axes, "^") == samples.BUDGETS[2:4]  # at the last one both are exact: no gap


def test_failed_fits_are_crosses_and_nothing_to_pair_is_drawn_too():
    rows = fits({"grid": [20, 30], "siren": [None, None]})
    drawn = gaps.draw(rows, PSNR, LOOK, GRID, interval)
    assert len(marks(drawn.axes[0], "x")) == 1 and "failed fits" in key(drawn)


def test_where_one_of_two_pairs_failed_the_other_is_drawn():
    for lost in ({"grid": [None, 30], "siren": [25, 31]}, {"grid": [20, 30], "siren": [None, 31]}):
        (axes,) = gaps.draw(fits(lost), PSNR, LOOK, GRID, interval).axes
        assert list(line(axes, "siren").get_ydata()) == [1.0]
        assert marks(axes, "x") == ([] if lost["grid"][0] is None else [100.0])


def test_a_set_is_one_family_of_its_signals():
    rows = samples.scores(["siren", "grid"], [1000], [None], 2, families=["a", "b", "c"])
    found = summarise(data.together(rows, {"both": ["a", "b"]}), [PSNR], interval, GRID)
    fits = rows[rows["family"].isin(["a", "b"]) & (rows["model"] == "siren")]["psnr"]
    row = found[found["model"] == "siren"].iloc[0]
    assert set(found["family"]) == {"both"}
    assert (row["mean"], row["std"], row["n"]) == pytest.approx((fits.mean(), fits.std(ddof=0), 4))
    assert set(data.folded(rows, {"both": ["a", "b"]})["family"]) == {"both", "c"}
    assert data.folded(rows, {}) is rows and data.together(rows, {}) is rows
    drawn = gaps.draw(data.together(rows, {"both": ["a", "b"]}), PSNR, LOOK, GRID, interval)
    assert len(drawn.axes) == 1 and "n = 4" in head(drawn)


def test_each_task_is_beside_its_own_reference():
    first = fits({"grid": [20, 30], "grid-tv": [22, 31], "siren": [25, 31]})
    both = pd.concat([first, first.assign(task="upscale")], ignore_index=True)
    bases = {"represent": "grid", "upscale": "grid-tv"}
    found = summarise(both, [PSNR], interval, bases).set_index(["task", "model"])
    assert found.loc[("represent", "siren"), "gap"] == 3.0
    assert found.loc[("upscale", "siren"), "gap"] == 1.5
    assert found.loc[("upscale", "grid"), "gap"] == -1.5
    assert found.loc[("upscale", "siren"), "reference"] == "grid-tv"
    drawn = gaps.draw(both, PSNR, LOOK, bases, interval)
    assert "Grid or Grid-TV" in key(drawn)
    assert [list(line(on, "siren").get_ydata()) for on in drawn.axes] == [[3.0], [1.5]]
