"""Ranks of composed models: the order, who has none and why, and the tables that tell it."""

import io

import numpy as np
import pandas as pd
import pytest
from helpers import samples, variants
from helpers.samples import LPIPS, PSNR, SSIM

from fieldbench.figures.parts import ranking
from fieldbench.figures.parts.overview_ranks import Ranks
from fieldbench.tables import overview as overview_table
from fieldbench.tables import rankings
from fieldbench.tables.parts import footer

LOOK = variants.style()
VALUES = {"mlp-rff-sine": 30.0, "mlp-neff-relu": 25.0, "kan-fourier": 28.0, "kan-taylor": 28.0}


def ranks(rows, metric=PSNR, impossible=(), timings=None):
    return ranking.ranks(rows, metric, impossible, timings)


def by_model(rows):
    return rows.set_index("model")


def lines(text, name):
    return [line for line in text.splitlines() if name in line]


def test_the_best_is_first_and_equals_share_a_rank():
    found = ranks(variants.scores(VALUES))
    assert list(found["model"]) == [
        *("mlp-rff-sine", "kan-fourier", "kan-taylor", "mlp-neff-relu"),
        *("constant", "oracle"),
    ]
    assert found["rank"].tolist()[:4] == [1, 2, 2, 4] and found["rank"].isna()[4:].all()
    row = by_model(found).loc["mlp-rff-sine"]
    assert (row["mean"], row["std"], row["n"], row["of"]) == (31.0, 1.0, 2, 2)


def test_a_metric_knows_which_way_is_better():
    rows = variants.scores(VALUES)
    orders = [list(ranks(rows, m)["model"])[:4] for m in (PSNR, SSIM, LPIPS)]
    assert orders[0] == orders[1] == orders[2]  # LPIPS falls where PSNR rises
    flipped = LPIPS | {"better": "higher"}
    assert next(iter(ranks(rows, flipped)["model"])) == "mlp-neff-relu"


def test_signals_and_seeds_count_together_and_odd_families_do_not():
    rows = variants.scores(VALUES, families=("photo", "star"))
    rows.loc[rows["family"] == "star", "ssim"] = np.nan  # not defined there
    for metric, fits in ((PSNR, 4), (SSIM, 2)):
        found = ranks(rows, metric)
        assert (found.loc[found["state"] == ranking.RANKED, "of"] == fits).all()
        assert found["rank"].notna().sum() == 4


def test_who_failed_or_cannot_stands_below_with_the_reason():
    rows = variants.scores(VALUES, mlp_rff_sine=(0,), kan_fourier=(0, 1))
    found = ranks(rows, impossible=variants.impossible())
    assert list(found["state"]) == [
        *(ranking.RANKED, ranking.RANKED, ranking.PARTLY, ranking.FAILED, ranking.IMPOSSIBLE),
        *(ranking.CONTROL, ranking.CONTROL),
    ]
    told = by_model(found)["reason"]
    assert told["mlp-rff-sine"] == "1 of 2 fits diverged (the loss is not finite)"
    assert told["kan-fourier"].startswith("2 of 2 fits diverged")
    assert told["mlp-rff-relu"] == variants.ROUGH
    assert by_model(found).loc["mlp-rff-sine", "mean"] == 32.0  # of the rest, and without a rank
    assert pd.isna(by_model(found).loc["mlp-rff-sine", "rank"])


def test_a_pair_that_another_family_lacks_is_no_whole_mean():
    rows = variants.scores(VALUES, families=("photo", "star"))
    rows = rows[(rows["family"] == "photo") | (rows["model"] != "mlp-rff-sine")]
    pairs = variants.impossible("mlp-rff-sine", family="star")
    row = by_model(ranks(rows, impossible=pairs)).loc["mlp-rff-sine"]
    assert (row["state"], row["n"], row["of"]) == (ranking.PARTLY, 2, 4)
    assert row["reason"] == variants.ROUGH.replace("mlp-rff-relu", "mlp-rff-sine")


def test_exact_scores_are_cut():
    found = by_model(ranks(variants.scores(VALUES | {"mlp-rff-sine": np.inf})))
    assert found.loc["mlp-rff-sine", "mean"] == 100.0 and found.loc["oracle", "mean"] == 100.0


def test_seconds_are_medians_and_controls_have_none():
    rows = variants.scores(VALUES, seeds=3)
    found = by_model(ranks(rows, timings=variants.timings(rows)))
    assert found.loc["mlp-rff-sine", "training_seconds"] == 1.0
    assert found.loc["kan-taylor", "training_seconds"] == 4.0
    assert np.isnan(found.loc["constant", "training_seconds"])


FAILED = variants.scores(VALUES, mlp_rff_sine=(0, 1))
RANKED = ranks(FAILED, impossible=variants.impossible(), timings=variants.timings(FAILED))


def test_markdown_names_parts_and_marks_the_best():
    text = rankings.to_markdown(RANKED, PSNR, LOOK)
    first, second = (lines(text, name)[0] for name in ("KAN · Fourier", "KAN · Taylor"))
    assert "**KAN · Fourier**" in first and "**29.00 ± 1.00**" in first
    assert "**" in second and second.split("|")[1].strip() == "1"  # equals are both best
    assert "**" not in lines(text, "NeFF · ReLU")[0]
    (diverged,) = lines(text, "RFF · Sine")
    assert "2 of 2 fits diverged" in diverged and text.index(diverged) > text.index("Not ranked")
    assert variants.ROUGH in lines(text, "RFF · ReLU")[0]
    assert lines(text, "Constant (floor)")[0].split("|")[1].strip() == "–"
    assert "3 of 5 models ranked by PSNR (dB)" in text and "not the same from run to run" in text


def test_latex_has_the_same_and_is_whole():
    text = rankings.to_latex(RANKED, PSNR, LOOK)
    assert r"\textbf{KAN · Fourier} & \textbf{29.00 $\pm$ 1.00}" in text
    assert text.count(r"\begin{longtable}") == text.count(r"\end{longtable}") == 1
    body = text[text.index(r"\endfoot") :].splitlines()
    rows = [line for line in body if line.endswith(r"\\") and "multicolumn" not in line]
    assert {line.count(" & ") for line in rows} == {4} and len(rows) == 5
    assert "2 of 2 fits diverged" in text
    stamp = {
        "preset": "p",
        "study": "s",
        "fits": 2,
        "results": "r",
        "fit_code": "f",
        "code": "c",
        "processor": "x86_64 AVX2",
    }
    assert footer.below_latex(text, stamp).count("preset p") == 1


def test_csv_has_every_row_and_its_reason():
    back = pd.read_csv(io.StringIO(rankings.to_csv(RANKED, LOOK)))
    assert list(back["model"]) == list(RANKED["model"]) and "RFF · Sine" in set(back["name"])
    assert back["reason"].notna().sum() == 2


def over_tasks():
    rows = variants.scores(VALUES, tasks=("represent", "inpaint"))
    inpaint = rows["task"] == "inpaint"
    rows.loc[inpaint & (rows["model"] == "mlp-neff-relu"), "psnr"] += 50
    rows = rows[~(inpaint & (rows["model"] == "mlp-rff-sine"))]
    columns = [("main", "represent", "psnr"), ("main", "inpaint", "psnr")]
    pairs = variants.impossible("mlp-rff-sine", task="inpaint")
    given = ({"psnr": PSNR}, variants.COMPOSED, {"main": pairs})
    return Ranks.of({"main": rows}, columns, *given)


def test_the_overview_sorts_by_mean_rank_and_counts_the_absent_as_last():
    found = over_tasks()
    means = dict(zip(found.models, found.means, strict=True))
    # of four: first and impossible, last and first, twice second
    assert means == {"kan-fourier": 2, "kan-taylor": 2, "mlp-neff-relu": 2.5, "mlp-rff-sine": 2.5}
    assert list(found.models)[:2] == ["kan-fourier", "kan-taylor"]
    place = found.models.index("mlp-rff-sine")
    assert list(found.states[place]) == [ranking.RANKED, ranking.IMPOSSIBLE]


def test_the_overview_ranks_composed_models_alone():
    rows = variants.scores(VALUES | {"siren": 40.0})
    given = ({"psnr": PSNR}, variants.COMPOSED, {"main": []})
    found = Ranks.of({"main": rows}, [("main", "represent", "psnr")], *given)
    assert "siren" not in found.models and found.ranks.min() == 1


def test_the_overview_as_tables():
    found, metrics = over_tasks(), {"psnr": PSNR}
    text = overview_table.to_markdown(found, metrics, LOOK)
    assert "| model | mean rank | Representation | Inpainting |" in text
    assert "| NeFF · ReLU | 2.5 | 4 | **1** |" in text
    assert "| RFF · Sine | 2.5 | **1** | impossible |" in text
    back = pd.read_csv(io.StringIO(overview_table.to_csv(found, LOOK)))
    assert len(back) == 8 and back["rank"].isna().sum() == 1
    latex = overview_table.to_latex(found, metrics, LOOK)
    assert r"RFF · Sine & 2.5 & \textbf{1} & impossible \\" in latex


def test_ranks_are_of_one_task():
    with pytest.raises(ValueError, match="one study and task"):
        ranks(variants.scores(VALUES, tasks=("represent", "inpaint")))
    assert samples.BUDGETS[0] in set(ranks(samples.scores(["grid", "siren"], seeds=1))["budget"])
