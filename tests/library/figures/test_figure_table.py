"""Tables: the numbers are numpy's, the marks are on the right cells."""

import io

import numpy as np
import pandas as pd
import pytest
from helpers import samples
from helpers.samples import LPIPS, PSNR, RINGS, SSIM

from fieldbench.plan.errors import UserError
from fieldbench.tables import scores_by_model, summary
from fieldbench.tables.parts.latex import escape
from fieldbench.tables.parts.means import summarise

LOOK = samples.styles()
ROWS = samples.scores(["siren", "grid"], samples.BUDGETS[:3], [1, 9], seeds=4)


def cells(latex, model):
    (line,) = [one for one in latex.splitlines() if one.startswith(f"{model} &")]
    return [cell.strip() for cell in line.removesuffix(r"\\").split("&")][1:]


def latex(rows, metric=PSNR):
    return scores_by_model.to_latex(summarise(rows, [metric]), metric, LOOK)


def fixed(values, metric="psnr", status=None, budgets=(1000, 2000)):
    """A table from {model: [fits at the first budget, at the second]}."""
    rows = []
    for model, by_budget in values.items():
        for budget, fits in zip(budgets, by_budget, strict=True):
            for seed, value in enumerate(fits):
                one = {
                    "study": "main",
                    "task": "represent",
                    "signal": "star",
                    "family": "star",
                    "label": None,
                    "model": model,
                    "budget": budget,
                    "seed": seed,
                    "status": "ok" if value is not None else status or "diverged",
                    metric: value,
                }
                rows.append(one)
    return pd.DataFrame(rows)


def test_mean_and_population_std():
    found = summarise(ROWS, [PSNR, SSIM])
    assert list(found.columns) == [
        *("study", "task", "family", "label", "model", "budget", "metric"),
        *("mean", "std", "n", "exact", "failures", "failure", "collapsed", "parameters"),
    ]
    for row in found[found["model"] == "siren"].itertuples():
        same = (ROWS["budget"] == row.budget) & (ROWS["label"] == row.label)
        fits = ROWS[same & (ROWS["model"] == "siren")][row.metric].to_numpy()
        assert row.mean == pytest.approx(np.mean(fits)) and row.std == pytest.approx(np.std(fits))
        assert (row.n, row.exact, row.failures, row.failure) == (4, 0, 0, "")
    assert len(found) == 2 * 2 * (2 * 3 + 2)


def test_csv_reads_back():
    found = summarise(ROWS, [PSNR])
    back = pd.read_csv(io.StringIO(summary.to_csv(found)))
    assert back["mean"].to_numpy() == pytest.approx(found["mean"].to_numpy(float), rel=1e-15)
    assert back["budget"].dropna().astype(int).isin(samples.BUDGETS).all()
    assert "10000.0" not in summary.to_csv(found)


def test_one_fit_has_no_std():
    found = summarise(ROWS[ROWS["seed"] == 0], [PSNR])
    assert found["std"].isna().all() and (found["n"] == 1).all()
    text = latex(ROWS[ROWS["seed"] == 0])
    assert r"\pm" not in text and "n = 1" in text and "no standard deviation" in text


def test_the_best_of_each_column_is_bold():
    rows = fixed({"grid": [[10, 12], [30, 30]], "wire": [[20, 22], [5, 7]], "oracle": [[90], [90]]})
    text = latex(rows)
    assert cells(text, "Grid") == [r"11.00 $\pm$ 1.00", r"\textbf{30.00 $\pm$ 0.00}"]
    assert cells(text, "WIRE") == [r"\textbf{21.00 $\pm$ 1.00}", r"6.00 $\pm$ 1.00"]
    assert not any("textbf" in cell for cell in cells(text, "Oracle"))


def test_ties_as_printed_are_all_bold():
    text = latex(fixed({"grid": [[10.001], [1]], "wire": [[10.002], [2]]}))
    assert cells(text, "Grid") == [r"\textbf{10.00}", "1.00"]
    assert cells(text, "WIRE") == [r"\textbf{10.00}", r"\textbf{2.00}"]


def test_where_lower_is_better_the_lowest_is_bold():
    text = latex(fixed({"grid": [[0.2], [0.1]], "wire": [[0.1], [0.3]]}, "lpips"), LPIPS)
    assert cells(text, "Grid") == ["0.200", r"\textbf{0.100}"]
    assert "lower is better" in text


def test_failed_exact_and_absent_cells_say_so():
    rows = fixed(
        {
            "siren": [[None, None], [20, None]],
            "grid": [[np.inf, np.inf], [np.inf, 30]],
            "wire": [[1, 1], []],
        }
    )
    text = latex(rows)
    assert cells(text, "SIREN") == ["diverged", "20.00 (1/2)"]
    assert cells(text, "Grid") == [r"\textbf{exact}", r"\textbf{exact (1/2)}"]
    assert cells(text, "WIRE")[1] == "–"
    assert "only k of n fits succeeded" in text and "n = 2" in text
    assert cells(latex(fixed({"grid": [[None], [1]]}, status="out-of-memory")), "Grid")[0] == (
        "out of memory"
    )


def test_controls_span_all_budgets():
    text = latex(ROWS)
    line = next(one for one in text.splitlines() if one.startswith("Constant"))
    assert line == r"Constant & \multicolumn{3}{c}{7.80 $\pm$ 0.00} \\"


def test_latex_is_escaped_and_whole():
    assert escape(r"a_b & 50% \ {x} ~ ^ # $ ±") == (
        r"a\_b \& 50\% \textbackslash{} \{x\} \textasciitilde{} \textasciicircum{} \# \$ $\pm$"
    )
    rows = ROWS.assign(family="my_own & 50%", model=ROWS["model"].replace("siren", "a_b"))
    text = latex(rows)
    assert r"\emph{Representation: my\_own \& 50\% .1}" in text and r"a\_b &" in text
    for word in ("table", "tabular"):
        assert text.count(rf"\begin{{{word}}}") == text.count(rf"\end{{{word}}}") == 1
    assert text.index(r"\toprule") < text.index(r"\midrule") < text.index(r"\bottomrule")
    body = [one for one in text.splitlines() if one.endswith(r"\\") and "multicolumn" not in one]
    assert {one.count(" & ") for one in body} == {3}


def test_markdown_has_one_table_a_block():
    found = summarise(ROWS.assign(model=ROWS["model"].replace("siren", "a|b")), [PSNR])
    text = scores_by_model.to_markdown(found, PSNR, LOOK)
    assert text.count("| PSNR (dB) | 10,000 | 30,000 | 100,000 |") == 2
    assert r"a\|b" in text and "n = 4" in text
    assert "**Representation: Bandlimited noise .9**" in text


def test_a_metric_that_does_not_apply_is_left_out():
    rows = ROWS.assign(iou=np.nan)
    found = summarise(rows, [PSNR, {"name": "iou", "better": "higher"}])
    assert set(found["metric"]) == {"psnr"}
    with pytest.raises(UserError, match="iou"):
        scores_by_model.to_latex(found, {"name": "iou", "better": "higher"}, LOOK)


def test_parts_are_labels_and_families_without_them_are_left_out():
    rows = samples.rings(("star", "noise"), models=["siren", "grid"], budgets=[1000], seeds=2)
    found = summarise(rows, [PSNR, RINGS])
    parts = found[found["metric"] == "psnr-rings"]
    assert set(parts["family"]) == {"star"} and sorted(set(parts["label"])) == [1, 2, 3]
    assert set(found[found["metric"] == "psnr"]["family"]) == {"star", "noise"}
    assert list(found.columns) == list(summarise(rows, [PSNR]).columns)
    for row in parts[parts["model"] == "siren"].itertuples():
        fits = rows[(rows["model"] == "siren") & (rows["family"] == "star")]
        assert row.mean == pytest.approx(fits[f"psnr-rings-{row.label}"].mean())
    text = scores_by_model.to_markdown(found, RINGS, LOOK)
    assert "**Representation: Star target, ring .3**" in text and "three rings" in text
    assert "noise" not in text.lower()


def test_nothing_to_tabulate():
    with pytest.raises(UserError, match="no scores"):
        summarise(ROWS.iloc[:0], [PSNR])
    with pytest.raises(ValueError, match="'signal'"):
        summarise(ROWS.drop(columns="signal"), [PSNR])
