"""Scores of many fits as tidy tables."""

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest

from fieldbench.results import collecting, store

SIGNAL = {"family": "noise", "label": 5, "dims": 2, "channels": 1, "samples": 961}
PSNR = 27.300000000000004  # needs every digit
THIRD = 1 / 3
CELLS = [["100-s1"], ["100-s1"], ["0-s1"]]  # of the files below


def save(path, model, budget, scores, status="ok", truth=SIGNAL, **changes):
    """A score file as `score_fits` writes it, with one cell."""
    about = {"task": "represent", "signal": "noise-b5-s1", "model": model, "truth": truth}
    facts = {
        "budget": budget, "seed": 1, "parameters": 90, "bytes": 360, "status": status, "reason": "",
        "best_step": 10, "steps": 20, "constant_psnr": 12.5, "device": "cpu", "backend": "torch",
        "scores": {m: {"value": v, "unit": "", "better": "higher"} for m, v in scores.items()},
        **changes,
    }  # fmt: skip
    history = {
        "history/step": np.array([1, 10]), "history/loss": np.array([THIRD, 1e-20]),
        "history/psnr": np.array([4.75, math.inf]),
    }  # fmt: skip
    arrays = history if status == "ok" and budget else {}
    timing = {"seconds": 0.5, "peak_bytes": 7, "processor": "x"}
    cells = {f"{budget}-s1": store.Record(facts, arrays, timing)}
    store.write(path, "score", {}, about, cells=cells)
    return path


@pytest.fixture
def files(tmp_path):
    """One good fit, one that diverged, and a control of a signal without a label."""
    return [
        save(tmp_path / "a.h5", "grid", 100, {"psnr": PSNR, "ssim": THIRD}),
        save(tmp_path / "b.h5", "siren", 100, {}, "diverged", reason='the loss, "nan",\nat 7',
             bytes=0, best_step=0),
        save(tmp_path / "c.h5", "oracle", 0, {"psnr": math.inf, "ssim": 1.0},
             truth={**SIGNAL, "label": None}),
    ]  # fmt: skip


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_scores_by_hand(files):
    assert collecting.scores(files, CELLS, "main", ["psnr", "ssim"]) == (
        "study,task,signal,family,label,dims,channels,samples,model,budget,"
        "parameters,bytes,seed,status,reason,best_step,constant_psnr,psnr,ssim\n"
        "main,represent,noise-b5-s1,noise,5,2,1,961,grid,100,"
        "90,360,1,ok,,10,12.5,27.300000000000004,0.3333333333333333\n"
        "main,represent,noise-b5-s1,noise,5,2,1,961,siren,100,"
        '90,0,1,diverged,"the loss, ""nan"",\nat 7",0,12.5,,\n'
        "main,represent,noise-b5-s1,noise,,2,1,961,oracle,,"
        "90,360,1,ok,,10,12.5,inf,1.0\n"
    )


def test_floats_read_back_the_same(files):
    read = rows(collecting.scores(files, CELLS, "main", ["psnr", "ssim"]))
    assert (float(read[0]["psnr"]), float(read[0]["ssim"])) == (PSNR, THIRD)
    assert float(read[2]["psnr"]) == math.inf


def test_metrics_that_a_fit_lacks_are_empty_and_others_are_left_out(files):
    read = rows(collecting.scores(files, CELLS, "main", ["iou", "psnr"]))
    assert [r["iou"] for r in read] == ["", "", ""]
    assert [r["psnr"] for r in read] == [str(PSNR), "", "inf"]
    assert "ssim" not in read[0]
    assert list(read[0])[-2:] == ["iou", "psnr"]


def test_history_has_a_row_an_evaluation(files):
    text = collecting.history(files, CELLS, "main", [])
    assert text.splitlines() == [
        "study,task,signal,family,label,dims,channels,samples,model,budget,seed,step,loss,psnr",
        "main,represent,noise-b5-s1,noise,5,2,1,961,grid,100,1,1,0.3333333333333333,4.75",
        "main,represent,noise-b5-s1,noise,5,2,1,961,grid,100,1,10,1e-20,inf",
    ]


def test_timings_have_a_row_a_fit_and_nothing_else_has_them(files):
    read = rows(collecting.timings(files, CELLS, "main", []))
    assert [r["model"] for r in read] == ["grid", "siren", "oracle"]
    assert {(r["seconds"], r["peak_bytes"], r["processor"]) for r in read} == {("0.5", "7", "x")}
    assert {r["training_seconds"] for r in read} == {""}  # these fits did not tell
    assert {(r["steps"], r["device"], r["parameters"]) for r in read} == {("20", "cpu", "90")}
    for table in (collecting.scores, collecting.history):
        assert not {"seconds", "peak_bytes", "processor"} & set(
            rows(table(files, CELLS, "s", []))[0]
        )


def test_rows_keep_the_order_of_the_files(files):
    models = [r["model"] for r in rows(collecting.scores(files[::-1], CELLS[::-1], "main", []))]
    assert models == ["oracle", "siren", "grid"]


def test_a_table_is_about_the_cells_it_names(tmp_path):
    """A file holds the cells of every study: a table takes its own, in its order."""
    cells = {}
    for budget, seed in ((4, 1), (30, 1), (30, 2)):
        one = save(tmp_path / "one.h5", "grid", budget, {"psnr": budget + 1})
        (record,) = store.cells(one, "score", arrays=True).values()
        cells[f"{budget}-s{seed}"] = replace(record, facts=record.facts | {"seed": seed})
    both = tmp_path / "both.h5"
    about = {k: v for k, v in store.facts(one, "score").items() if k not in ("format", "kind")}
    store.write(both, "score", {}, about, cells=cells)
    named = [["30-s2", "4-s1"]]
    found = rows(collecting.scores([both], named, "main", ["psnr"]))
    assert [(r["budget"], r["seed"], r["psnr"]) for r in found] == [
        ("30", "2", "31"), ("4", "1", "5")
    ]  # fmt: skip
    found = rows(collecting.history([both], named, "main", []))
    assert [(r["budget"], r["step"]) for r in found] == [
        ("30", "1"), ("30", "10"), ("4", "1"), ("4", "10")
    ]  # fmt: skip
    found = rows(collecting.timings([both], named, "main", []))
    assert [(r["budget"], r["seconds"]) for r in found] == [("30", "0.5"), ("4", "0.5")]


def test_a_study_without_fits_is_a_header():
    for collect in (collecting.scores, collecting.history, collecting.timings):
        assert collect([], [], "main", ["psnr"]).count("\n") == 1


def test_tables_with_different_metrics_are_joined(files, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text(collecting.scores(files[:2], CELLS[:2], "one", ["psnr"]), newline="")
    other.write_text(
        collecting.scores(files[::2], CELLS[::2], "other", ["ssim", "psnr"]), newline=""
    )
    joined = rows(collecting.join([one, other]))
    assert [(r["study"], r["model"], r["psnr"], r["ssim"]) for r in joined] == [
        ("one", "grid", str(PSNR), ""),
        ("one", "siren", "", ""),
        ("other", "grid", str(PSNR), str(THIRD)),
        ("other", "oracle", "inf", "1.0"),
    ]
    assert joined[1]["reason"] == 'the loss, "nan",\nat 7'
    assert list(joined[0])[-2:] == ["psnr", "ssim"]


def test_one_table_joined_is_itself(files, tmp_path):
    table = tmp_path / "one.csv"
    text = collecting.scores(files, CELLS, "one", ["psnr", "ssim"])
    table.write_text(text, newline="")
    assert collecting.join([table]) == text


def test_a_damaged_score_is_told(files):
    files[1].write_bytes(files[1].read_bytes()[:500])
    with pytest.raises(store.UserError, match=r"b\.h5"):
        collecting.scores(files, CELLS, "main", ["psnr"])
