"""Sounds, videos, pictures of floats and meshes, written by the libraries that others use."""

import av
import numpy as np
import OpenEXR
import pytest
import soundfile
import trimesh
from helpers.own_files import FLOATS, RNG, check, refused

from fieldbench.signals.file import Signal

RATE = 8000
WAVE = np.stack([np.sin(np.arange(4000) * step) for step in (0.05, 0.2)], -1) * 0.5
DEPTHS = {"PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 24, "DOUBLE": 40}


@pytest.mark.parametrize(("kind", "bits"), DEPTHS.items())
@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_sounds_of_every_depth(tmp_path, kind, bits, ending):
    if ending == "flac" and kind not in ("PCM_16", "PCM_24"):
        pytest.skip("FLAC has no such samples")
    path = tmp_path / f"sound.{ending}"
    soundfile.write(path, WAVE, RATE, subtype=kind)
    made = check(path, WAVE[:, 0], 1, atol=2.0 ** (1 - bits))
    assert (made.rate, made.holds, made.limits) == (RATE, "amplitudes", (-1.0, 1.0))
    check(path, WAVE[:, 1], 1, atol=2.0 ** (1 - bits), channel=1)
    check(path, WAVE[100:350, 0], 1, atol=2.0 ** (1 - bits), first=100, length=250)
    refused(path, "2 channels, and no number 2", channel=2)
    refused(path, "4000 samples along its first axis", first=3900, length=200)


@pytest.mark.parametrize("ending", ["mp3", "ogg"])
def test_lossy_sounds_are_near(tmp_path, ending):
    path = tmp_path / f"sound.{ending}"
    long = np.tile(WAVE, (10, 1))
    soundfile.write(path, long, 44_100)
    made = Signal(path=str(path))
    values = made.generate()[:, 0]
    assert made.holds == "amplitudes" and made.rate == 44_100
    middle = values[10_000:30_000]
    best = max(
        np.corrcoef(middle, long[10_000 + shift : 30_000 + shift, 0])[0, 1]
        for shift in range(-1500, 1500)
    )
    assert best > 0.99


def test_peaks_that_a_lossy_sound_adds_are_cut_and_told(tmp_path):
    path = tmp_path / "loud.ogg"
    soundfile.write(path, np.sign(WAVE[:, 0]), 44_100)
    made = Signal(path=str(path))
    assert made.facts["notes"] == ["peaks above full volume were cut"]
    assert np.abs(made.generate()).max() == 1


def test_a_cut_flac_is_refused(tmp_path):
    path = tmp_path / "sound.flac"
    soundfile.write(path, RNG.uniform(-1, 1, 20_000), RATE)
    whole = path.read_bytes()
    for length in (0, 3, 30, 200, len(whole) // 2):
        path.write_bytes(whole[:length])
        refused(path)


def test_a_sound_has_no_sides(tmp_path):
    path = tmp_path / "sound.wav"
    soundfile.write(path, WAVE, RATE)
    with pytest.raises(Exception, match="Use `first` and `length`"):
        Signal(path=str(path), reduced=2)
    with pytest.raises(Exception, match="Use `first` and `length`"):
        Signal(path=str(path), crop=20)


def film(path, frames, rate=12):
    """Frames (frames, rows, columns, 3), in a codec that keeps them nearly as they are."""
    with av.open(str(path), "w") as video:
        stream = video.add_stream("mpeg4", rate=rate)
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], "yuv420p"
        stream.bit_rate = 10**7
        for values in frames:
            video.mux(stream.encode(av.VideoFrame.from_ndarray(values, format="rgb24")))
        video.mux(stream.encode())


FRAMES = np.stack([np.full((32, 48, 3), 40 + 20 * k, np.uint8) for k in range(8)])
FRAMES[:, :16, :24] += 30


@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi"])
def test_videos(tmp_path, ending):
    path = tmp_path / f"film.{ending}"
    film(path, FRAMES)
    made = check(path, FRAMES / 255, 3, atol=0.03)
    assert (made.rate, made.holds, made.limits) == (12.0, "frames", (0.0, 1.0))
    check(path, FRAMES[2:5] / 255, 3, atol=0.03, first=2, length=3)
    small = FRAMES.reshape(8, 8, 4, 12, 4, 3).mean((2, 4)) / 255
    check(path, small, 3, atol=0.03, reduced=4)
    refused(path, "8 samples along its first axis", first=6, length=4)
    whole = path.read_bytes()
    for length in (0, 100, 500):
        path.write_bytes(whole[:length])
        refused(path)


def test_a_playlist_that_calls_itself_a_video_is_not_followed(tmp_path):
    film(tmp_path / "other.mp4", FRAMES)
    path = tmp_path / "film.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:1,\n{tmp_path}/other.mp4\n#EXT-X-ENDLIST\n")
    refused(path)


def write_exr(path, **channels):
    head = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(head, channels) as file:
        file.write(str(path))


def test_exr(tmp_path):
    path, light = tmp_path / "light.exr", FLOATS.astype(np.float32)
    write_exr(path, RGB=light)
    check(path, light.astype(float), 3)
    write_exr(path, Y=light[..., 0].copy())
    check(path, light[..., 0].astype(float), 1)
    write_exr(path, RGB=light * 7)
    refused(path, "values from .*, of type float32")
    check(path, (light * 7).astype(float) / 7, 3, atol=1e-6, range=[0, 7])
    alpha = np.full(light.shape[:2], 0.25, np.float32)
    write_exr(path, RGBA=np.dstack([light * alpha[..., None], alpha]))
    made = check(path, 0.25 * light.astype(float) + 0.75, 3, atol=1e-6)
    assert made.facts["notes"] == ["transparency was laid on white"]
    write_exr(path, Z=light[..., 0].copy(), N=light[..., 1].copy())
    refused(path, "2 channels: ")
    check(path, light[..., 1].astype(float), 1, key="N")
    whole = path.read_bytes()
    for length in (0, 3, 60, len(whole) - 40):
        path.write_bytes(whole[:length])
        refused(path, key="N")


BALL = trimesh.creation.icosphere(subdivisions=4, radius=3.0)


@pytest.mark.parametrize("ending", ["ply", "obj", "stl"])
def test_a_mesh_is_what_it_encloses(tmp_path, ending):
    path = tmp_path / f"ball.{ending}"
    BALL.export(path)
    axis = 2 * np.arange(20) / 20 - 1
    away = np.sqrt(sum(p**2 for p in np.meshgrid(axis, axis, axis, indexing="ij"))) - 0.9
    made = Signal(path=str(path), length=20)
    sure = np.abs(away) > 0.01  # beyond what the ball of triangles lacks
    np.testing.assert_array_equal(made.generate()[sure, 0], (away < 0)[sure])
    assert (made.shape, made.holds, made.limits) == ((20, 20, 20), "intensities", (0.0, 1.0))
    made = Signal(path=str(path), length=20, mesh="distance")
    np.testing.assert_allclose(made.generate()[..., 0], away, atol=0.01)
    assert (made.holds, made.limits) == ("distances", None)
    assert made.facts["spacing"] == pytest.approx([0.1] * 3)
    refused(path, "no first sample", first=2)
    assert Signal(path=str(path)).shape == (64, 64, 64)


def test_a_mesh_with_a_few_holes_is_read_and_told_and_one_half_open_is_not(tmp_path):
    path = tmp_path / "ball.ply"
    trimesh.Trimesh(BALL.vertices, BALL.faces[5:], process=False).export(path)
    made = Signal(path=str(path), length=12)
    assert "edges are open" in made.facts["notes"][0]
    whole = trimesh.Trimesh(BALL.vertices, BALL.faces, process=False)
    whole.export(tmp_path / "whole.ply")
    expected = Signal(path=str(tmp_path / "whole.ply"), length=12).generate()
    np.testing.assert_array_equal(made.generate(), expected)
    trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], process=False).export(path)
    refused(path, "not closed")


def test_an_obj_that_names_other_files_opens_none(tmp_path):
    path = tmp_path / "ball.obj"
    BALL.export(path)
    path.write_text("mtllib /etc/hostname\nusemtl secret\n" + path.read_text())
    assert Signal(path=str(path), length=8).shape == (8, 8, 8)


def test_a_picture_is_no_mesh(tmp_path):
    np.save(tmp_path / "flat.npy", FLOATS)
    refused(tmp_path / "flat.npy", "is no mesh", mesh="distance")
