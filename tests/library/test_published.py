"""Numbers printed elsewhere: what the file says, what a study may answer, and the comparison."""

import csv
import io
from pathlib import Path

import pytest
import yaml

from fieldbench.analysis import published as comparison
from fieldbench.plan.config import published
from fieldbench.plan.config.presets import read_preset
from fieldbench.plan.errors import UserError

STUDY = {
    "question": "Are ours as printed?",
    "tasks": ["represent", "denoise"],
    "signals": ["cat", "dog"],
    "models": ["grid", "siren"],
    "budgets": [1000, 10000],
    "published": {"div2k-fitting": {"task": "represent"}},
}
PRESET = {
    "signals": {name: {"kind": "photo", "length": 32} for name in ("cat", "dog")},
    "studies": {"main": STUDY},
}


def preset(tmp_path, **changes):
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(PRESET | {"studies": {"main": STUDY | changes}}))
    return file


def block_file(tmp_path, **changes):
    block = yaml.safe_load(published.FILE.read_text())["blocks"]["ct"] | changes
    file = tmp_path / "published.yaml"
    file.write_text(yaml.safe_dump({"sources": {"page": "A page"}, "blocks": {"one": block}}))
    return file


def test_every_block_is_whole():
    found = published.read()
    assert len(found.blocks) == 9
    for name, block in found.blocks.items():
        assert block.budgets == [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000]
        assert len(block.values) == (7 if name.startswith("dragon") else 8)
        fitted = name in ("div2k-fitting", "dragon-occupancy", "dragon-surface")
        assert ("grid" in block.values) == fitted != ("grid-tv" in block.values)
        top = 1 if block.metric == "iou" else 157
        assert all(0 <= value <= top for values in block.values.values() for value in values)
    # The three that an own computation has confirmed to the last digit.
    assert found.blocks["div2k-fitting"].values["grid"][:3] == [21.92, 24.06, 27.29]
    assert found.blocks["dragon-surface"].values["grid"][0] == 14.87
    assert found.blocks["dragon-occupancy-upscale"].values["grid-tv"][0] == 0.77


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"values": {"sirn": [1.0] * 6}}, "no model 'sirn'. Did you mean 'siren'"),
        ({"values": {"siren": [1.0] * 5}}, "siren has 5 numbers for 6 budgets"),
        ({"metric": "pnsr"}, "no metric 'pnsr'"),
        ({"source": "paper"}, "no source 'paper'"),
        ({"colour": "red"}, "unknown key 'colour'"),
    ],
)
def test_a_fault_in_the_file_is_said(tmp_path, changes, said):
    with pytest.raises(UserError, match=said):
        published.read(block_file(tmp_path, **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"published": {"div2k-fiting": {}}}, "no block 'div2k-fiting'. Did you mean"),
        ({"published": {"div2k-fitting": {}}}, "names no task"),
        ({"published": {"ct": {"task": "tomography"}}}, "the study has no task 'tomography'"),
        ({"published": {"ct": {"task": "denoise", "signals": ["cow"]}}}, "no signal 'cow'"),
        (
            {"published": {"dragon-surface-upscale": {"task": "denoise"}}},
            "about iou, which the study does not score",
        ),
        ({"models": ["grid-tv"]}, "none of its models"),
        ({"budgets": [1000]}, "none of its budgets"),
        ({"published": {"ct": {"task": "denoise", "family": 1}}}, "unknown key 'family'"),
        ({"reference": "grid-tv"}, "no model 'grid-tv'"),
        ({"reference": {"inpaint": "grid"}}, "no task 'inpaint'"),
        ({"reference": {"denoise": "wire"}}, "no model 'wire'"),
        ({"sets": {"Both": ["cat", "dog"]}}, "set Both is not a usable name"),
        ({"sets": {"cat": ["cat", "dog"]}}, "set cat is the name of a signal"),
        ({"sets": {"both": []}}, "set both lists no signals"),
        ({"sets": {"both": ["cat", "dgo"]}}, "no signal 'dgo'. Did you mean 'dog'"),
    ],
)
def test_what_a_study_cannot_answer_is_said(tmp_path, changes, said):
    with pytest.raises(UserError, match=said):
        read_preset(preset(tmp_path, **changes))


def test_task_and_signals_have_defaults(tmp_path):
    file = preset(tmp_path, tasks=["represent"], published={"div2k-fitting": {}})
    answer = published.answers(read_preset(file).studies["main"])["div2k-fitting"]
    assert (answer["task"], answer["families"]) == ("represent", ["cat", "dog"])
    assert answer["source"].endswith("21c12f78")


def test_nothing_of_it_reaches_a_fit_or_a_score(plan, tmp_path):
    plain = {k: v for k, v in STUDY.items() if k != "published"}
    files = {}
    for name, study in (("with", STUDY | {"sets": {"both": ["cat"]}}), ("without", plain)):
        (tmp_path / name).mkdir()
        files[name] = tmp_path / name / "own.yaml"
        files[name].write_text(yaml.safe_dump(PRESET | {"studies": {"main": study}}))
    asked, plain = (plan(files[name]) for name in ("with", "without"))
    assert list(asked.cells.fits) == list(plain.cells.fits)
    for cell in asked.cells.fits:
        assert asked.params.fit(cell) == plain.params.fit(cell)
        assert asked.params.score([cell]) == plain.params.score([cell])
    more = set(asked.targets.of("main")) - set(plain.targets.of("main"))
    assert {Path(name).name for name in more} == {
        "published.csv", "published-ranks.csv", "published.md", "published.tex", "summary.csv",
        "psnr.md", "psnr.tex", "curves-psnr.pdf", "curves-psnr.png", "gaps-psnr.pdf",
        "gaps-psnr.png", "div2k-fitting.pdf", "div2k-fitting.png",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("models", "named", "expected"),
    [
        (["siren", "grid-tv", "grid"], None, "grid"),
        (["siren", "grid-tv"], None, "grid-tv"),
        (["siren", "grid-tv", "grid"], "grid-tv", "grid-tv"),
        (["siren"], None, None),
    ],
)
def test_the_reference_is_the_grid_unless_another_is_named(plan, tmp_path, models, named, expected):
    file = preset(tmp_path, models=models, published={}, reference=named)
    run = plan(file)
    found = {task: expected for task in STUDY["tasks"] if expected}
    assert run.targets.studies["main"].references == found
    gaps = [name for name in run.targets.of("main") if "gaps" in name]
    assert bool(gaps) == (expected is not None)


def test_each_task_may_have_a_reference_of_its_own(plan, tmp_path):
    changes = {"models": ["siren", "grid-tv", "grid"], "published": {}}
    file = preset(tmp_path, **changes, reference={"denoise": "grid-tv"})
    run = plan(file)
    expected = {"represent": "grid", "denoise": "grid-tv"}
    assert run.targets.studies["main"].references == expected
    assert (
        run.jobs["results/own/figures/main/gaps-psnr.pdf"].params["plan"]["reference"] == expected
    )


# -- the comparison -------------------------------------------------------------------------

PSNR = {"name": "psnr", "unit": "dB", "better": "higher"}
BLOCK = {
    "title": "Two images", "task": "represent", "families": ["cat", "dog"], "metric": PSNR,
    "over": {"signals": 10, "what": "images"}, "tolerance": 0.5, "budgets": [100, 200],
    "values": {"grid": [20.0, 150.0], "siren": [21.0, 40.0], "ffn": [22.0, 30.0],
               "wire": [1.0, 2.0]},
    "source": "A page", "conventions": "None.",
}  # fmt: skip
FITS = """\
task,signal,family,model,budget,seed,status,psnr
represent,cat,cat,grid,100,1,ok,19.0
represent,dog,dog,grid,100,1,ok,21.5
represent,cow,cow,grid,100,1,ok,90.0
denoise,cat,cat,grid,100,1,ok,90.0
represent,cat,cat,siren,100,1,ok,24.0
represent,dog,dog,siren,100,1,diverged,
represent,cat,cat,ffn,100,1,ok,23.0
represent,dog,dog,ffn,100,1,ok,23.0
represent,cat,cat,grid,200,1,ok,inf
represent,cat,cat,siren,200,1,ok,45.0
represent,cat,cat,ffn,200,1,diverged,
represent,cat,cat,grid,300,1,ok,50.0
represent,cat,cat,constant,,1,ok,9.0
"""


@pytest.fixture
def fits(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text(FITS)
    return file


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_means_beside_printed_ones_by_hand(fits):
    found = {
        (r["model"], r["budget"]): r
        for r in rows(comparison.published(fits, "main", {"two": BLOCK}, 100.0))
    }
    assert set(found) == {(m, b) for m in ("grid", "siren", "ffn") for b in ("100", "200")}
    grid = found["grid", "100"]  # (19 + 21.5) / 2 beside 20
    assert (grid["value"], grid["std"], grid["difference"]) == ("20.25", "1.25", "0.25")
    assert (grid["low"], grid["high"], grid["within"]) == ("19.0", "21.5", "yes")
    assert (grid["n"], grid["signals"], grid["of"], grid["what"]) == ("2", "2", "10", "images")
    siren = found["siren", "100"]  # one of two diverged
    assert (siren["value"], siren["n"], siren["failures"], siren["signals"]) == (
        "24.0", "1", "1", "1",
    )  # fmt: skip
    assert (siren["difference"], siren["within"], siren["std"], siren["low"]) == (
        "3.0", "no", "", "",
    )  # fmt: skip
    exact = found["grid", "200"]  # both beyond 100 dB: no difference
    assert (exact["value"], exact["printed"], exact["difference"]) == ("inf", "150.0", "0.0")
    assert exact["within"] == "yes"
    lost = found["ffn", "200"]
    assert (lost["value"], lost["difference"], lost["within"], lost["n"]) == ("", "", "", "0")
    assert all(r["source"] == "A page" and r["study"] == "main" for r in found.values())


def test_orders_of_models_by_hand(fits):
    first, second = rows(comparison.rankings(fits, "main", {"two": BLOCK}, 100.0))
    # Here siren, ffn, grid; printed ffn, siren, grid: two pairs of three agree.
    assert float(first["kendall"]) == pytest.approx(1 / 3)
    assert float(first["spearman"]) == pytest.approx(0.5)
    assert (first["best_here"], first["best_printed"]) == ("siren", "ffn")
    assert (first["models"], first["within"]) == ("3", "1")
    assert (second["budget"], second["models"], second["kendall"]) == ("200", "2", "1.0")
    assert second["best_here"] == second["best_printed"] == "grid"


def test_one_model_has_no_order(fits):
    block = BLOCK | {"values": {"grid": [20.0, 150.0]}}
    found = rows(comparison.rankings(fits, "main", {"two": block}, 100.0))
    assert [r["kendall"] for r in found] == ["", ""]
