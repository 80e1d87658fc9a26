"""What every kind of export owes: files that other programs read, and that repeat."""

import string
import warnings
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import trimesh
from helpers import givens
from scipy.io import wavfile

from fieldbench.exports import video as exports_video
from fieldbench.plan.entries import registry

NAMES = registry.names("exports")


def declared(kind):
    return registry.declare("exports", kind)


def write(kind, given, file):
    registry.load("exports", kind)().write(given, file)
    return file.read_bytes()


@pytest.fixture
def suffix(kind):
    return Path(declared(kind).facts.path).suffix


@pytest.mark.parametrize("kind", NAMES)
def test_it_declares_all_facts(kind, suffix):
    facts = declared(kind).facts
    assert suffix and facts.folder
    assert bool(facts.holds) != bool(facts.pictures)
    braces = {name for _, name, *_ in string.Formatter().parse(facts.path) if name}
    assert {"task", "family"} < braces
    assert registry.load("exports", kind).__doc__.startswith("Writes ")


def test_no_two_kinds_are_one_file():
    paths = [(declared(k).facts.folder, declared(k).facts.path) for k in NAMES]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("kind", NAMES)
def test_the_same_numbers_give_the_same_bytes(kind, suffix, tmp_path):
    _, given = givens.exported(declared(kind))
    for name, own in given.items():
        once, again = (write(kind, own, tmp_path / f"{k}{suffix}") for k in (1, 2))
        assert once == again, name
        assert b"results " + givens.STAMP["results"].encode() in once, name


@pytest.mark.parametrize("kind", NAMES)
def test_another_program_reads_it_back(kind, suffix, tmp_path):
    truth, given = givens.exported(declared(kind))
    files = {name: tmp_path / f"{name}{suffix}" for name in given}
    for name, own in given.items():
        write(kind, own, files[name])
    assert files["truth"].read_bytes() == files["fit"].read_bytes()  # a perfect one
    READERS.get(suffix, not_empty)(files, truth)


def test_a_video_of_television_keeps_its_rate(tmp_path):
    rate = Fraction(30_000, 1001)
    exports_video.save(np.zeros((3, 4, 6, 1)), (), float(rate), tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as video:
        assert video.streams.video[0].average_rate == rate


def heard(files, truth):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # which scipy gives for parts that it does not know
        rate, found = wavfile.read(files["truth"])
        silence = wavfile.read(files["failed"])[1]
    assert rate == 8
    np.testing.assert_allclose(found.reshape(truth.shape) / 32_767, truth, atol=1 / 32_767)
    assert not silence.any() and len(silence) == len(truth)


def watched(files, truth):
    pictures = {}
    for name, file in files.items():
        with av.open(str(file)) as video:
            frames = [frame.to_ndarray(format="gray") for frame in video.decode(video=0)]
        pictures[name] = np.stack(frames)
    times = pictures["truth"].shape[1] // truth.shape[1]
    seen = pictures["truth"][:, times // 2 :: times, times // 2 :: times] / 255
    assert np.abs(seen - truth[..., 0]).mean() < 0.03  # compressed
    assert pictures["failed"].max() <= 2 and pictures["failed"].shape == pictures["truth"].shape


def turned(files, truth):
    body = trimesh.load_mesh(files["truth"], process=False)
    assert len(body.faces) and body.is_watertight
    inside = (truth[..., 0] > 0.5).mean() * 2.0**3  # of the cube from -1 to 1
    assert np.abs(body.bounds).max() < 1 + 2 / min(truth.shape[:-1])  # closed beyond the border
    assert 0.75 * inside < body.volume < 1.25 * inside
    assert b"element vertex 0\n" in files["failed"].read_bytes()


def not_empty(files, truth):
    """All that can be said of files that no program here reads."""
    assert all(file.stat().st_size for file in files.values())


READERS = {".wav": heard, ".mp4": watched, ".ply": turned}
