"""Sounds and videos: the files that are played, and the galleries that are looked at."""

import warnings

import av
import numpy as np
import pytest
from helpers import samples
from helpers.samples import PSNR
from scipy.io import wavfile

from fieldbench.exports import sound as sound_file
from fieldbench.exports import video as video_file
from fieldbench.figures import gallery
from fieldbench.plan.jobs.fingerprints import read_stamp
from fieldbench.signals import clip, tones

LOOK = samples.styles()
SOUND = {"holds": "amplitudes", "limits": (-1.0, 1.0), "rate": 8000}
FILM = {"holds": "frames", "limits": (0.0, 1.0), "rate": 16}
STAMP = {"preset": "p", "study": "s", "fits": 1, "results": "1" * 16, "fit_code": "2" * 16,
         "processor": "x86_64 AVX2",
         "code": "3" * 16}  # fmt: skip
SCORES = {"siren": {"psnr": 30.0}, "grid": {"psnr": 20.0}, "wire": {"status": "diverged"}}


def heard(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # which scipy gives for parts that it does not know
        return wavfile.read(path)


def watched(path):
    """The pictures of a file, its frames a second, and its comment."""
    with av.open(str(path)) as video:
        rate, said = video.streams.video[0].average_rate, video.metadata.get("comment", "")
        return np.stack([f.to_ndarray(format="rgb24") for f in video.decode(video=0)]), rate, said


@pytest.mark.parametrize("channels", [1, 2])
def test_a_sound_is_read_back_to_half_a_step(tmp_path, channels):
    values = np.random.default_rng(0).uniform(-1, 1, (999, channels))
    values[0], values[1] = 1, -1
    sound_file.save(values, values.shape, 22_050, tmp_path / "a.wav", STAMP)
    rate, found = heard(tmp_path / "a.wav")
    assert (rate, found.dtype) == (22_050, np.int16)
    np.testing.assert_allclose(
        found.reshape(values.shape) / sound_file.LARGEST, values, atol=0.51 / 32767
    )
    assert read_stamp(tmp_path / "a.wav") == ("1" * 16, "3" * 16)


def test_what_is_beyond_or_no_number_is_as_scored_or_silent(tmp_path):
    values = np.array([[2.0], [-3.0], [np.nan], [np.inf], [0.5]])
    sound_file.save(values, values.shape, 8000, tmp_path / "a.wav")
    assert heard(tmp_path / "a.wav")[1].tolist() == [32767, -32767, 0, 32767, 16384]
    sound_file.save(None, (7, 1), 8000, tmp_path / "b.wav")
    assert heard(tmp_path / "b.wav")[1].tolist() == [0] * 7


@pytest.mark.parametrize(("length", "times"), [(30, 8), (63, 4), (240, 1), (251, 1)])
def test_a_video_is_read_back_as_it_was_but_for_compression(tmp_path, length, times):
    values = clip.Signal(frames=4, length=length).generate()
    video_file.save(values, values.shape, 12.5, tmp_path / "a.mp4", STAMP)
    found, rate, said = watched(tmp_path / "a.mp4")
    assert (len(found), float(rate)) == (4, 12.5)
    assert found.shape[1] % 2 == 0 and 0 <= found.shape[1] - times * length <= 1
    inside = found[:, : times * length, : times * length]
    means = inside.reshape(4, length, times, length, times, 3).mean((2, 4)) / 255
    assert -10 * np.log10(np.mean((means - values) ** 2)) > 38
    assert "preset p, study s, 1 fit" in said
    assert read_stamp(tmp_path / "a.mp4") == ("1" * 16, "3" * 16)


def test_a_grey_video_and_a_failed_one(tmp_path):
    grey = np.linspace(0, 1, 20 * 240).reshape(1, 20, 240, 1).repeat(3, 0)
    video_file.save(grey, grey.shape, 5, tmp_path / "a.mp4")
    found = watched(tmp_path / "a.mp4")[0]
    assert np.ptp(found.astype(int), -1).max() <= 3 and found.max() > 240
    video_file.save(None, grey.shape, 5, tmp_path / "b.mp4")
    assert watched(tmp_path / "b.mp4")[0].shape == found.shape
    assert watched(tmp_path / "b.mp4")[0].max() <= 2


def test_the_bytes_repeat(tmp_path):
    sound, video = tones.Signal(length=500).generate(), clip.Signal(frames=5, length=20).generate()
    for name in ("one", "other"):
        sound_file.save(sound, sound.shape, 8000, tmp_path / f"{name}.wav", STAMP)
        video_file.save(video, video.shape, 16, tmp_path / f"{name}.mp4", STAMP)
    for suffix in ("wav", "mp4"):
        one, other = (tmp_path / f"{name}.{suffix}" for name in ("one", "other"))
        assert one.read_bytes() == other.read_bytes()


def drawn(truth, sort, models=("siren", "grid"), observed=None):
    made = {model: truth + 0.05 * (k + 1) for k, model in enumerate(models)}
    scores = {k: v for k, v in SCORES.items() if k in (*models, "wire")}
    return gallery.draw(
        truth, observed, made | {"wire": None}, scores, [PSNR], LOOK, "A title", sort=sort
    )


def words(figure):
    return [text.get_text() for text in figure.texts]


def test_a_sound_has_waves_spectrograms_and_errors_in_seconds():
    truth = tones.Signal(length=4000).generate()
    figure = drawn(truth, SOUND)
    assert {"waveform", "spectrogram", "absolute error", "Truth", "SIREN", "PSNR 30.0 dB"} <= set(
        words(figure)
    )
    spectra = [axes for axes in figure.axes if axes.images]
    assert len(spectra) == 3  # the truth's and those of the two that did not fail
    assert {tuple(axes.images[0].get_extent()) for axes in spectra} == {(0, 0.5, 0, 4.0)}
    whole = figure.axes[0].lines[0]
    assert whole.get_xdata()[[0, -1]] == pytest.approx([0, 3999 / 8000], abs=1e-3)
    boxes = [a.texts[0].get_text() for a in figure.axes if any(p.get_hatch() for p in a.patches)]
    assert boxes == ["diverged"]


def test_the_spectrogram_is_bright_where_the_tones_are():
    rate, pitch = 8000, 1000
    truth = np.sin(2 * np.pi * pitch * np.arange(8000) / rate)[:, None]
    figure = drawn(truth, SOUND)
    shown = next(axes.images[0] for axes in figure.axes if axes.images).get_array()
    top = np.asarray(shown)[:, 5:-5].mean(1)
    assert top.argmax() * rate / 2 / (len(top) - 1) == pytest.approx(pitch, abs=20)
    assert top.max() == pytest.approx(0, abs=1) and np.median(top) < -60


def test_errors_of_a_sound_are_within_its_limits():
    truth = -0.9 * np.cos(np.arange(4000) / 9)[:, None]
    figure = drawn(truth, SOUND)
    errors = [a.lines[0].get_ydata() for a in figure.axes if a.lines and a.get_ylim()[0] == 0]
    assert [max(e) for e in errors] == [pytest.approx(0.05), pytest.approx(0.1)]


def test_a_video_has_three_frames_an_error_and_a_row_over_time():
    truth = clip.Signal(frames=10, length=24).generate()
    figure = drawn(truth, FILM)
    assert {"frame 1", "frame 6", "frame 10", "error", "over time"} <= set(words(figure))
    images = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert len(images) == 4 + 2 * 5  # the truth has no error
    np.testing.assert_allclose(images[1], truth[5], atol=1e-6)
    row = next(int(w.split("row ")[1].split()[0]) for w in words(figure) if "A title" in w) - 1
    np.testing.assert_allclose(images[3], truth[:, row], atol=1e-6)
    moved = (np.diff(truth, axis=0) ** 2).mean((0, 2, 3))
    assert row == moved.argmax()


@pytest.mark.parametrize("count", [1, 13])
@pytest.mark.parametrize("sort", [SOUND, FILM], ids=["sound", "video"])
def test_a_gallery_fits_a_page_and_its_words_do(sort, count):
    truth = clip.Signal(frames=4, length=16).generate()
    truth = tones.Signal(length=900).generate() if sort is SOUND else truth
    figure = drawn(truth, sort, [m for m in LOOK.models if m != "wire"][:count], observed=truth)
    width, height = figure.get_size_inches()
    assert width <= 7.01 and height <= 9.01
    renderer = figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in figure.texts]
    for text, box in zip(figure.texts, boxes, strict=True):
        assert box.x0 >= 0 and box.x1 <= width * figure.dpi + 1, text.get_text()
    for k, box in enumerate(boxes):
        over = [(min(box.x1, b.x1) - max(box.x0, b.x0), min(box.y1, b.y1) - max(box.y0, b.y0))
                for b in boxes[:k]]  # fmt: skip
        assert not any(x > 0.5 and y > 2.5 for x, y in over), figure.texts[k].get_text()
