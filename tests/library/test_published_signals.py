"""A preset of published signals, planned: shapes, channels and files, before any file is there."""

import pytest

from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.run import Run

PRESET = """
signals:
  wide: {kind: div2k, image: "0010", reduced: 1}
  ct: {}
  dragon: {part: surface}
  fine-dragon: {kind: dragon, mesh: volume, part: surface, pitch: 1.117e-3}
studies:
  all:
    question: Which?
    signals: [wide, ct, dragon, fine-dragon]
    models: [grid]
    budgets: [900]
"""
EXPECTED = {
    "wide": ((1644, 2040), 3, "DIV2K/DIV2K_train_HR/0010.png"),
    "ct": ((326, 435), 1, "ct/chest.png"),
    "dragon": ((146, 104, 66), 1, "meshes/dragon_vrip.ply"),
    "fine-dragon": ((184, 130, 83), 1, "dragon/dragon_sr_sparse.npy"),
}


@pytest.fixture
def run(tmp_path):
    (tmp_path / "mine.yaml").write_text(PRESET)
    return Run({"preset": str(tmp_path / "mine.yaml")})


@pytest.mark.parametrize("signal", EXPECTED)
def test_what_the_plan_says_of_a_published_signal(run, signal):
    shape, channels, file = EXPECTED[signal]
    plan = run.cells.signals[signal]
    assert (plan.shape, plan.channels) == (shape, channels)
    (source,) = run.files.behind_signal(signal)
    assert source.endswith(f"/{file}")


def test_parameters_of_the_job_hold_no_path(run):
    for signal in EXPECTED:
        params = run.params.signal(signal)
        assert "files" not in params["settings"]
        assert "/" not in str(params)


def test_an_image_without_quotes_is_told(tmp_path):
    (tmp_path / "mine.yaml").write_text(PRESET.replace('"0010"', "0010"))
    with pytest.raises(UserError, match=r"'wide'.*'image' is 8\. Give a word, in quotes"):
        Run({"preset": str(tmp_path / "mine.yaml")})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"0010"', '"0011"', r"'wide': `image` is '0011'\. Choose one of 0064"),
        ("reduced: 1", "reduced: 2", r"'wide': `reduced` is 2\. Choose 4, or 1"),
        ("part: surface", "part: skin", r"'dragon': `part` is 'skin'\. Choose occupancy or"),
        ("1.117e-3", "1e-3", r"'fine-dragon': `pitch` is 0\.001\. Choose 0\.00141 or 0\.001117"),
    ],
)
def test_a_bad_setting_is_told_before_anything_runs(tmp_path, old, new, words):
    (tmp_path / "mine.yaml").write_text(PRESET.replace(old, new, 1))
    with pytest.raises(UserError, match=f"^Signal {words}"):
        Run({"preset": str(tmp_path / "mine.yaml")})
