"""Shapes that move so that frames and pixels show it, and the published clip."""

import numpy as np
import pytest
from helpers import published
from helpers.mirror import mirrored

from fieldbench.plan.errors import UserError
from fieldbench.signals import clip, video


def share_beyond(values, axis, frequency):
    """The share of what changes along an axis that is faster than a frequency, cycles a sample."""
    power = np.abs(np.fft.rfft(values, axis=axis)) ** 2
    beyond = np.fft.rfftfreq(values.shape[axis]) > frequency
    moved = np.moveaxis(power, axis, 0)
    return moved[beyond].sum() / moved[1:].sum()


@pytest.mark.parametrize(
    "settings", [{}, {"frames": 12, "length": 40}, {"frames": 48, "length": 24}]
)
def test_frames_and_pixels_resolve_what_moves(settings):
    values = clip.Signal(**settings).generate()
    assert share_beyond(values, 0, 0.3) < 0.02
    steps = np.abs(np.diff(values, axis=0, append=values[:1])).mean((1, 2, 3))
    assert steps.min() > 0.001  # everything moves all the time
    assert steps[-1] < 1.5 * steps[:-1].max()  # and from the last frame to the first


def test_the_first_axis_is_time_the_second_runs_down():
    values = clip.Signal(frames=8, length=32).generate()
    red = (values[..., 0] > 0.8) & (values[..., 1] < 0.5)
    rows, columns = (
        [np.nonzero(frame)[k].mean() / 32 for frame in red if frame.any()] for k in (0, 1)
    )
    assert max(rows) - min(rows) == pytest.approx(2 * clip.ORBIT, abs=0.05)
    assert rows[0] == min(rows) and columns[0] < columns[1]  # from the top, to the right


def test_the_published_clip():
    file = mirrored("video/bikes.mp4")
    values = video.Signal(frames=32, reduced=2, files=(file,)).generate()
    known = np.load(mirrored("video/bikes_32f_136x320.npy"), allow_pickle=False)
    assert values.shape == known.shape
    np.testing.assert_allclose(values * 255, known, atol=0.51)  # which was rounded


def test_reduced_are_the_means_of_blocks(tmp_path):
    file = published.stand_in("bikes", tmp_path)
    full, small = (video.Signal(frames=2, reduced=r, files=(file,)).generate() for r in (1, 7))
    assert small.shape == (2, 38, 91, 3)
    np.testing.assert_allclose(small[1, 37, 90], full[1, 259:266, 630:637].mean((0, 1)))
    bright = (full[..., 0] > 0.5).sum(2)
    assert abs(bright - [[320], [328]]).max() <= 1


@pytest.mark.parametrize("settings", [{"frames": 1}, {"frames": 251}, {"reduced": 0}])
def test_impossible_settings_are_refused(settings, tmp_path):
    with pytest.raises(UserError, match=next(iter(settings))):
        video.Signal(**settings, files=(str(tmp_path),))


def test_another_video_is_refused(tmp_path):
    file = published.stand_in("bikes", tmp_path)
    with pytest.raises(UserError, match="8 frames, where 9 are expected"):
        video.Signal(frames=9, reduced=8, files=(file,)).generate()
    small = np.zeros((3, 240, 240, 3))
    published.video_file.save(small, small.shape, 25, tmp_path / "small.mp4")
    with pytest.raises(UserError, match="240 rows of 240"):
        video.Signal(frames=3, reduced=8, files=(tmp_path / "small.mp4",)).generate()
    for content in (b"", file.read_bytes()[:600], b"no video at all" * 9):
        path = tmp_path / "cut.mp4"
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"cut\.mp4"):
            video.Signal(frames=3, reduced=8, files=(path,)).generate()
