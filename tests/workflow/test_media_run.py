"""A sound and a video through the whole pipeline, to files that can be heard and watched."""

import csv

import av
import numpy as np
import pytest
from helpers import runs
from scipy.io import wavfile

from fieldbench.plan.jobs.run import Run
from fieldbench.results import store

PRESET = """\
training: {steps: 60, evaluations: 2}
signals:
  tones: {length: 600}
  mine: {kind: file, path: mine.wav}
  clip: {frames: 8, length: 12}
studies:
  played:
    question: Can it be heard and watched?
    signals: [tones, mine, clip]
    models: [grid]
    budgets: [300, 900]
    metrics: [psnr, snr, lsd, ssim-frames]
"""
RESULTS = "results/played"
SOUNDS = f"{RESULTS}/sounds/played/represent/tones"
MINE = f"{RESULTS}/sounds/played/represent/mine"
VIDEOS = f"{RESULTS}/videos/played/represent/clip"
PIECES = [
    f"{place}/{name}.{kind}"
    for place, kind in ((SOUNDS, "wav"), (VIDEOS, "mp4"), (MINE, "wav"))
    for name in ("truth", "grid-900-s1234")
]
SCORES = f"{RESULTS}/tables/played/scores.csv"
OWN = (12_000 * np.sin(np.arange(500) / 9)).astype(np.int16)
GALLERIES = [
    f"{RESULTS}/figures/played/galleries/represent/{n}.png" for n in ("tones", "mine", "clip")
]


@pytest.fixture(scope="module")
def played(project, tmp_path_factory):
    """A folder where the preset has run, to its pieces and galleries."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("media") / "clone")
    (folder / "played.yaml").write_text(PRESET)
    wavfile.write(folder / "mine.wav", 4000, OWN)
    runs.run(folder, "played.yaml", SCORES, *PIECES, *GALLERIES)
    return folder


def score(folder, signal, metric):
    with open(folder / SCORES, newline="") as file:
        rows = {(r["signal"], r["model"], r["budget"]): r for r in csv.DictReader(file)}
    return rows[signal, "grid", "900"][metric]


def test_the_pieces_are_targets_of_the_study(played, monkeypatch):
    monkeypatch.chdir(played)
    targets = Run({"preset": str(played / "played.yaml")}).targets.of("played")
    assert {t for t in targets if t.endswith((".wav", ".mp4"))} == set(PIECES)
    assert not any("/sheets/" in t for t in targets)  # of two budgets: videos have none


def test_what_is_heard_has_the_score_that_is_told(played):
    (rate, true), (_, found) = (wavfile.read(played / piece) for piece in PIECES[:2])
    assert (rate, true.shape, found.shape) == (8000, (600,), (600,))
    true, found = true / 32767, found / 32767
    snr = 10 * np.log10(np.mean(true**2) / np.mean((true - found) ** 2))
    assert snr == pytest.approx(float(score(played, "tones", "snr")), abs=0.1)
    assert float(score(played, "tones", "lsd")) > 0
    assert score(played, "tones", "ssim-frames") == score(played, "clip", "lsd") == ""


def test_a_sound_of_ones_own_is_a_sound(played):
    rate, heard = wavfile.read(played / PIECES[4])
    assert rate == 4000
    np.testing.assert_allclose(heard / np.abs(heard).max(), OWN / OWN.max(), atol=1e-3)
    assert float(score(played, "mine", "snr")) > 10
    assert float(score(played, "mine", "lsd")) > 0


def test_what_is_watched_is_the_reconstruction(played):
    fit = store.read(played / RESULTS / "fits/represent/clip/grid-900-s1234.h5", "fit")[0]
    with av.open(str(played / PIECES[3])) as video:
        found = np.stack([f.to_ndarray(format="rgb24") for f in video.decode(video=0)])
    means = found.reshape(8, 12, 20, 12, 20, 3).mean((2, 4)) / 255
    expected = fit["reconstruction"].clip(0, 1)
    assert -10 * np.log10(np.mean((means - expected) ** 2)) > 35
    assert 0 < float(score(played, "clip", "ssim-frames")) < 1


def test_a_piece_is_explained_and_written_again_alone_when_its_writer_changes(played):
    asked = (f"of={PIECES[1]}",)
    said = runs.snakemake(played, "played.yaml", "--cores", "1", "explain", config=asked)
    assert "sound of the study played" in said.stdout + said.stderr
    assert "made by this code from these results" in said.stdout + said.stderr
    before = runs.planned(played, "played.yaml")
    writer = played / "workflow/fieldbench/exports/sound.py"
    with runs.edited(writer, "LARGEST = 32_767", "LARGEST = 32_766"):
        planned = runs.planned(played, "played.yaml")
    assert planned - before == {p.removeprefix(f"{RESULTS}/") for p in PIECES if p.endswith(".wav")}
