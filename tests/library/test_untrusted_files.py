"""Files that are made to mislead: to fill memory, to read others, to be run. Each is refused."""

import hashlib
import struct
import time
import zlib

import h5py
import numpy as np
import pytest
import tifffile
import yaml
from PIL import Image

from fieldbench.files import meshes
from fieldbench.plan.cells.planner import plan_cells
from fieldbench.plan.config import presets
from fieldbench.plan.config.models import Preset
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.errors import UserError
from fieldbench.results import store
from fieldbench.signals import _published
from fieldbench.signals.file import Signal

LONGEST = 5.0  # seconds of a processor that a refusal may take


@pytest.fixture(autouse=True)
def soon():
    began = time.process_time()
    yield
    assert time.process_time() - began < LONGEST


def planned(path) -> None:
    """Plan a preset whose only signal is this file."""
    study = {"question": "Q", "signals": ["mine"], "models": ["grid"], "budgets": [100]}
    signals = {"mine": {"kind": "file", "path": path}}
    plan_cells(Preset(signals=signals, studies={"main": study}))


def png(width: int, height: int, rows: bytes, extra: bytes = b"") -> bytes:
    def chunk(name, content):
        sum_ = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(2**31 - 1, 2**31 - 1), (2**17, 2**13)])
def test_picture_that_says_it_is_huge(tmp_path, width, height):
    path = tmp_path / "huge.png"
    path.write_bytes(png(width, height, b"\0"))
    with pytest.raises(UserError, match=r"samples|cannot be read"):
        planned(str(path))


def test_picture_just_below_what_a_signal_may_have_is_left_to_pillow_s_own_bound(tmp_path):
    path = tmp_path / "huge.png"
    path.write_bytes(png(2**14, 2**14, b"\0"))
    with pytest.raises(UserError, match=r"cannot be read: .*decompression bomb"):
        Signal(path=str(path)).generate()


def test_published_picture_of_another_size_is_not_unpacked(tmp_path):
    path = tmp_path / "huge.png"
    path.write_bytes(png(2**13, 2**13, bytes(2**26 + 2**13)))
    assert path.stat().st_size < 100_000
    with pytest.raises(UserError, match="8192 rows of 8192 pixels"):
        _published.picture(path, (32, 32), "L")
    Image.new("L", (32, 32)).save(path.with_suffix(".bmp"))
    path.with_suffix(".bmp").rename(path)
    with pytest.raises(UserError, match="cannot be used"):  # a PNG by its name only
        _published.picture(path, (32, 32), "L")


def test_tiff_that_says_it_is_huge(tmp_path):
    path = tmp_path / "huge.tif"
    tifffile.imwrite(path, np.zeros((16, 16, 3), np.uint16), photometric="rgb")
    content = bytearray(path.read_bytes())
    for tag in (256, 257):
        place = content.index(struct.pack("<HHI", tag, 4, 1)) + 8
        content[place : place + 4] = struct.pack("<I", 2**20)
    path.write_bytes(content)
    with pytest.raises(UserError, match="samples"):
        planned(str(path))


@pytest.mark.parametrize("shape", ["(10**9,)", "(1000000000,)", "(4294967296, 4294967296)"])
def test_array_that_says_it_is_huge(tmp_path, shape):
    path = tmp_path / "huge.npy"
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    path.write_bytes(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + bytes(64))
    with pytest.raises(UserError, match=r"cut short|damaged"):
        Signal(path=str(path))


@pytest.mark.parametrize("text", ["(" * 9000, "-" * 9000 + "1", "[" * 200 + "]" * 200, "1" * 10**6])
def test_array_header_that_nests_without_end(tmp_path, text):
    path = tmp_path / "deep.npy"
    path.write_bytes(b"\x93NUMPY\x02\0" + struct.pack("<I", len(text)) + text.encode())
    with pytest.raises(UserError, match="damaged"):
        Signal(path=str(path))


class Opened:
    """What a pickle would run."""

    def __reduce__(self):
        return exec, ("raise AssertionError('a pickle was opened')",)


def test_array_of_objects_is_never_opened(tmp_path):
    path = tmp_path / "objects.npy"
    np.save(path, np.array([Opened()], dtype=object), allow_pickle=True)
    for opening in (
        lambda p: _published.bits(p, (1,)),
        lambda p: Signal(path=str(p)),
    ):
        with pytest.raises(UserError):
            opening(path)


def test_sound_that_says_it_is_longer_than_the_file(tmp_path):
    path = tmp_path / "long.wav"
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    for chunk, told in ((b"data", 2**32 - 1), (b"note", 2**32 - 1)):
        size = struct.pack("<I", told)
        path.write_bytes(
            b"RIFF\xff\xff\xff\xffWAVEfmt "
            + struct.pack("<I", 16)
            + form
            + chunk
            + size
            + b"\0" * 9
        )
        with pytest.raises(UserError, match="cut short"):
            Signal(path=str(path))


@pytest.mark.parametrize("form", ["ascii", "binary_little_endian"])
@pytest.mark.parametrize("vertices", ["1000000000000", "-5", "4", "9" * 400])
def test_mesh_that_says_it_has_countless_vertices(tmp_path, form, vertices):
    path = tmp_path / "mesh.ply"
    lines = ["ply", f"format {form} 1.0", f"element vertex {vertices}"]
    lines += [f"property float {axis}" for axis in "xyz"]
    lines += ["element face 1000000000000", "property list uint int vertex_indices", "end_header"]
    path.write_bytes("\n".join(lines).encode() + b"\n" + b"\xff" * 64)
    with pytest.raises(UserError, match="cannot be used"), _published.usable(path):
        meshes.read_triangles(path, "ply")


def test_arrays_that_lie_in_other_files_are_not_read(tmp_path):
    """A result that another user put into a shared cache could name any file of ours."""
    secret, path = tmp_path / "secret", tmp_path / "fit.h5"
    secret.write_bytes(bytes(64))
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["values"] = np.arange(8.0)
    layout = h5py.VirtualLayout((8,), "f8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "values", (8,))

    def external(file):
        file.create_dataset("values", (8,), "f8", external=[(str(secret), 0, 64)])

    for fill in (external, lambda file: file.create_virtual_dataset("values", layout)):
        forged(path, fill)
        with pytest.raises(UserError, match=r"fit.h5 is not a whole HDF5 file"):
            store.read(path, "fit")

    def linked(file):
        file["values"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "values")
        file["more"] = h5py.SoftLink("/values")

    forged(path, linked)
    assert store.read(path, "fit")[0] == {}


def forged(path, fill):
    """A file that carries a right checksum, as anybody can write one."""
    store.write(path, "fit", {}, {})
    block = len(store._seal(""))
    with h5py.File(path, "a") as file:
        fill(file)
    content = path.read_bytes()[block:]
    path.write_bytes(store._seal(hashlib.sha256(content).hexdigest()) + content)


LAUGHS = "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]" for n in range(1, 12))])
ENDLESS = {
    "aliases": LAUGHS,
    "merged": LAUGHS + "\nabout: *a11",
    "of itself": "a: &a [*a]",
    "nested": "a: " + "[" * 5000 + "]" * 5000,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_preset_that_grows_without_end(tmp_path, text):
    path = tmp_path / "bomb.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match="repeats or nests"):
        read_yaml(path)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!python/name:os.system"])
def test_preset_that_names_python_objects(tmp_path, tag):
    path = tmp_path / "evil.yaml"
    path.write_text(f"about: {tag} [touch hacked]\n")
    with pytest.raises(UserError, match="is not valid YAML"):
        read_yaml(path)


@pytest.mark.parametrize("path", ["{model}.npy", "a\nb.npy", "\0", "", 3, None])
def test_path_that_cannot_be_one(path):
    with pytest.raises(UserError, match="`path` is"):
        planned(path)


@pytest.mark.parametrize("results", ["-rf", "a{task}", "a\nb", "~/results", " ", "\x1b[2J"])
def test_results_folder_that_cannot_be_one(results):
    with pytest.raises(UserError, match="`results` is"):
        presets.read_config({"results": results})


@pytest.mark.parametrize("name", ["../up", "a b", "$(touch x)", "-x", "a/b", "ü", "a\n", "a;b"])
@pytest.mark.parametrize("place", ["signals", "tasks", "models", "studies"])
def test_names_that_would_leave_their_folder(tmp_path, name, place):
    preset = {
        "signals": {"photo": {}},
        "studies": {"main": {"question": "Q", "signals": ["photo"], "models": ["grid"],
                             "budgets": [100]}},
    }  # fmt: skip
    study = preset["studies"]["main"]
    preset.setdefault(place, {})[name] = study if place == "studies" else {"kind": "grid"}
    path = tmp_path / "preset.yaml"
    path.write_text(yaml.safe_dump(preset))
    with pytest.raises(UserError, match="is not a usable name"):
        presets.read_preset(path)
