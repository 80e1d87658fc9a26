"""A preset of published signals, planned: shapes, channels and files, before any file is there."""

import pytest

from fieldbench.plan.errors import UserError

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
def run(plan):
    return plan(PRESET)


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


def test_an_image_without_quotes_is_told(plan):
    with pytest.raises(UserError, match=r"'wide'.*'image' is 8\. Give a word, in quotes"):
        plan(PRESET.replace('"0010"', "0010"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"0010"', '"0011"', r"'wide': `image` is '0011'\. Choose one of 0064"),
        ("reduced: 1", "reduced: 2", r"'wide': `reduced` is 2\. Choose 4, or 1"),
        ("part: surface", "part: skin", r"'dragon': `part` is 'skin'\. Choose occupancy or"),
        ("1.117e-3", "1e-3", r"'fine-dragon': `pitch` is 0\.001\. Choose 0\.00141 or 0\.001117"),
    ],
)
def test_a_bad_setting_is_told_before_anything_runs(plan, old, new, words):
    with pytest.raises(UserError, match=f"^Signal {words}"):
        plan(PRESET.replace(old, new, 1))
