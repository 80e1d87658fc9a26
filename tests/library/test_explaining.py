"""A chain as text, what differs between a file and the plan, and what may be asked about."""

import pytest

from fieldbench.explaining.agreement import differences
from fieldbench.explaining.asking import explain
from fieldbench.explaining.tree import Node
from fieldbench.plan.errors import UserError

TINY = {"preset": "tiny", "results": "results"}


def test_a_tree_by_hand():
    leaf = Node("signal", ["made"])
    first = Node("fits", ["eight of them"], [leaf])
    second = Node("data")
    second.tell("sha256", "ab")
    second.tell("licence", "")
    assert Node("figure", ["drawn"], [first, second]).text().splitlines() == [
        "figure",
        "│  drawn",
        "├─ fits",
        "│  │  eight of them",
        "│  └─ signal",
        "│        made",
        "└─ data",
        "      sha256     ab",
    ]


def test_differences_name_the_setting_and_both_values():
    planned = {"steps": 20, "betas": (0.9, 0.999), "own": {"omega": 30.0}, "path": "here.png"}
    found = {"steps": 1000, "betas": [0.9, 0.999], "own": {"omega": 30.0, "sigma": 1.0}}
    assert list(differences(planned, found, "training")) == [
        "other settings: training.own.sigma 1.0 in the file, absent planned",
        "other settings: training.steps 1000 in the file, 20 planned",
    ]
    assert list(differences(planned, planned, "training")) == []


@pytest.mark.parametrize(
    ("of", "what", "todo"),
    [
        (None, "Nothing is named", "of=results/quick/tables/scores.csv"),
        ("elsewhere/fit.h5", "not below the results folder", "of=results/"),
        (
            "results/tiny/fits/represent/photo/sirn-600-s1234.h5",
            "makes no file",
            "Did you mean results/tiny/fits/represent/photo/siren-600-s1234.h5",
        ),
        (
            "results/tiny/figures/curves-psnr.pdf",
            "makes no file",
            "Did you mean results/tiny/figures/synthetic_2d/curves-psnr.pdf",
        ),
        ("results/mine/tables/scores.csv", "of no preset", "`preset=`"),
        ("results/throughput/tables/throughput.csv", "belongs to no preset", "a preset"),
        ("results/kernels/tables/kernels.csv", "belongs to no preset", "a preset"),
    ],
)
def test_what_cannot_be_explained_is_said_in_two_sentences(of, what, todo):
    with pytest.raises(UserError) as told:
        explain(TINY | ({"of": of} if of else {}))
    assert what in told.value.what and todo in told.value.todo


def test_another_preset_of_the_project_is_planned_by_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = explain({"preset": "tiny", "of": "results/quick/tables/scores.csv"})
    assert told.startswith("results/quick/tables/scores.csv")
    assert "not there: the next run makes it" in told
    absolute = explain({"preset": "quick", "of": str(tmp_path / "results/quick/tables/scores.csv")})
    assert absolute == told


def test_a_download_is_told_with_its_licence_and_its_source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = explain(
        {
            "preset": "paper-small",
            "of": "results/downloads/DIV2K/DIV2K_train_LR_bicubic/X4/0064x4.png",
        }
    )
    assert "sha256     not there" in told
    assert "licence    Academic research only" in told and "source     Agustsson" in told
