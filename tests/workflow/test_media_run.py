"""A sound and a video through the whole pipeline, to files that can be heard and watched."""

import csv

import av
import numpy as np
import pytest
import runs
from scipy.io import wavfile

from fieldbench import store
from fieldbench.plan.run import Run

PRESET = """\
training: {steps: 60, evaluations: 2}
signals:
  tones: {length: 600}
  clip: {frames: 8, length: 12}
studies:
  played:
    question: Can it be heard and watched?
    signals: [tones, clip]
    models: [grid]
    budgets: [300, 900]
    metrics: [psnr, snr, lsd, ssim-frames]
"""
RESULTS = "results/played"
SOUNDS = f"{RESULTS}/sounds/played/represent/tones"
VIDEOS = f"{RESULTS}/videos/played/represent/clip"
PIECES = [f"{SOUNDS}/truth.wav", f"{SOUNDS}/grid-900-s1234.wav", f"{VIDEOS}/truth.mp4",
          f"{VIDEOS}/grid-900-s1234.mp4"]  # fmt: skip
SCORES = f"{RESULTS}/tables/played/scores.csv"
GALLERIES = [f"{RESULTS}/figures/played/galleries/represent/{n}.png" for n in ("tones", "clip")]


@pytest.fixture(scope="module")
def played(project, tmp_path_factory):
    """A folder where the preset has run, to its pieces and galleries."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("media") / "clone")
    (folder / "played.yaml").write_text(PRESET)
    runs.run(folder, "played.yaml", SCORES, *PIECES, *GALLERIES)
    return folder


def score(folder, signal, metric):
    with open(folder / SCORES, newline="") as file:
        rows = {(r["signal"], r["model"], r["budget"]): r for r in csv.DictReader(file)}
    return rows[signal, "grid", "900"][metric]


def test_the_pieces_are_targets_of_the_study(played):
    targets = Run({"preset": str(played / "played.yaml")}).targets("played")
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
    writer = played / "workflow/fieldbench/figures/wav.py"
    with runs.edited(writer, "LARGEST = 32_767", "LARGEST = 32_766"):
        planned = runs.planned(played, "played.yaml")
    assert planned - before == {piece.removeprefix(f"{RESULTS}/") for piece in PIECES[:2]}
