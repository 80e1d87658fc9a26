"""The answer of a run: who won, how surely, what failed; held to numbers that are known."""

import numpy as np
import pandas as pd
import pytest

from fieldbench.figures.parts import winners
from fieldbench.figures.parts.style import Style
from fieldbench.numerics.bootstrap import interval
from fieldbench.report import summary

PSNR = {"name": "psnr", "label": "PSNR", "unit": "dB", "better": "higher"}
# Model: scores of two signals, each at two seeds, and seconds of training.
SURE = {"grid": ([30, 31, 25, 26], 9.0), "siren": ([28, 29, 23, 24.5], 2.0)}
UNSURE = {"grid": ([30, 31, 25, 26], 9.0), "siren": ([31.5, 31.5, 22, 24.5], 2.0)}


def tables(models, status="ok", seeds=(1, 2)):
    rows = []
    for model, (values, seconds) in models.items():
        cells = [(s, seed) for s in ("cat", "dog") for seed in (1, 2)]
        for (signal, seed), value in zip(cells, values, strict=True):
            if seed in seeds:
                rows.append(
                    {
                        "study": "main", "task": "represent", "signal": signal, "family": "pets",
                        "label": None, "model": model, "budget": 500, "seed": seed, "psnr": value,
                        "status": status, "reason": "", "constant_psnr": 12.0,
                        "training_seconds": seconds,
                        "parameters": 490 if model == "grid" else 300,
                    }
                )  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame, frame


def row(models, **how):
    found = winners.winners(*tables(models, **how), PSNR, interval)
    assert len(found) == 1
    return found.iloc[0]


def test_the_winner_is_told_with_its_margin_over_pairs():
    found = row(SURE)
    assert (found["model"], found["second"], found["tied"], found["n"]) == ("grid", "siren", "", 4)
    assert found["mean"] == pytest.approx(28) and found["margin"] == pytest.approx(1.875)
    assert 0 < found["low"] <= found["margin"] <= found["high"]


def test_a_winner_whose_interval_holds_zero_is_tied():
    found = row(UNSURE)
    assert found["model"] == "grid" and found["tied"] == "siren" and found["low"] < 0


def test_one_pair_has_no_interval():
    one = {model: (values, s) for model, (values, s) in SURE.items()}
    scores, timings = tables(one, seeds=(1,))
    only = scores[scores["signal"] == "cat"]
    found = winners.winners(only, timings, PSNR, interval).iloc[0]
    assert np.isnan(found["low"]) and found["margin"] == pytest.approx(2) and found["tied"] == ""


def test_the_quickest_within_a_decibel_is_named():
    assert row(SURE)["near"] == "grid"  # the other is 1.9 dB below
    close = row(UNSURE)
    assert (close["near"], close["near_seconds"], close["seconds"]) == ("siren", 2.0, 9.0)


def test_a_model_with_a_failed_fit_is_not_ranked():
    scores, timings = tables(SURE)
    lost = (scores["model"] == "grid") & (scores["signal"] == "cat") & (scores["seed"] == 1)
    scores.loc[lost, ["status", "psnr"]] = ["diverged", None]
    found = winners.winners(scores, timings, PSNR, interval).iloc[0]
    assert found["model"] == "siren" and found["second"] == ""


def text(scores, timings):
    study = summary.Study("main", "Which?", PSNR, Style.of({}), scores, timings)
    return summary.to_markdown("mine", [study], ["left out: lpips"], interval)


def test_the_summary_says_all_of_it():
    said = text(*tables(SURE))
    for words in ("# mine", "main: Which?", "28.00 (+1.8", "95 % interval", "left out: lpips"):
        assert words in said, said
    assert "8 fits, 44 s of training" in said and "`tables/main/`" in said


def test_ties_and_the_quickest_are_said():
    said = text(*tables(UNSURE))
    assert "grid ≈ siren 28.00" in said
    assert "siren is within 1 dB of grid in 2.0 s of training instead of 9.0 s" in said


def test_one_fit_each_is_said_to_be_uncertain():
    scores, timings = tables(SURE, seeds=(1,))
    said = text(scores[scores["signal"] == "cat"], timings)
    assert "it cannot be told how sure a margin is" in said


def test_what_learnt_nothing_and_what_spans_little_is_named():
    scores, timings = tables(SURE)
    lost = scores["model"] == "siren"
    scores.loc[lost, ["status", "reason"]] = ["collapsed", "12 dB"]
    scores["constant_psnr"] = np.where(scores["signal"] == "dog", 41.0, 12.0)
    said = text(scores, timings)
    assert (
        "siren, represent of cat: no better than a constant at a budget of 500, "
        "seeds 1 and 2 (for example 12 dB)." in said
    )
    assert "dog spans little of its range: a constant has 41.0 dB." in said
    assert "cat spans" not in said


def test_who_uses_little_of_a_budget_is_named():
    said = text(*tables(SURE))
    assert "siren uses as little as 60% of a budget of 500." in said
    assert "grid uses" not in said


def test_a_winner_that_learnt_nothing_is_marked():
    scores, timings = tables(SURE)
    scores.loc[scores["model"] == "grid", "status"] = "collapsed"
    assert "grid 28.00†" in text(scores, timings)
    assert "† Even the best is no better than a constant." in text(scores, timings)
    assert "†" not in text(*tables(SURE))


def test_a_long_list_is_cut_and_says_so():
    scores, timings = tables(SURE)
    many = pd.concat([scores.assign(signal=f"s{k}", status="diverged") for k in range(20)])
    assert "more: see `tables/scores.csv`" in text(many, timings)


@pytest.mark.parametrize(
    ("value", "said"), [(0.44, "0.4 s"), (12, "12 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_times_are_for_people(value, said):
    assert summary.seconds(value) == said
