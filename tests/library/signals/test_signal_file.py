"""The user's own files: values as written, and headers that say what is then loaded."""

import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image
from scipy.io import wavfile

from fieldbench.plan import headers
from fieldbench.plan.errors import UserError
from fieldbench.signals.file import Signal

RNG = np.random.default_rng(5)
GREY8, RGB8 = RNG.integers(0, 256, (6, 9), np.uint8), RNG.integers(0, 256, (6, 9, 3), np.uint8)
GREY16 = RNG.integers(0, 65536, (6, 9), np.uint16)
RGB16 = RNG.integers(0, 65536, (6, 9, 3), np.uint16)
FLOATS = RNG.random((6, 9, 3))
SCALE = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}


def png_chunk(name, content):
    return (
        struct.pack(">I", len(content)) + name + content
        + struct.pack(">I", zlib.crc32(name + content))
    )  # fmt: skip


def write_png16(path, samples, extra=b""):
    """A 16-bit PNG of grey, grey and alpha, RGB or RGBA samples, each row filtered by `up`."""
    rows, columns, channels = samples.shape
    stored = samples.astype(">u2").view(np.uint8).reshape(rows, -1)
    filtered = np.diff(stored, axis=0, prepend=np.zeros((1, stored.shape[1]), np.uint8))
    lines = b"".join(b"\x02" + row.tobytes() for row in filtered)
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", columns, rows, 16, colour, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + extra
        + png_chunk(b"IDAT", zlib.compress(lines)) + png_chunk(b"IEND", b"")
    )  # fmt: skip


def check(path, expected, channels, atol=1e-12):
    """The header tells shape and channels; the values are as expected."""
    shape = expected.shape[:-1] if channels == 3 else expected.shape
    assert headers.header(path)[:2] == (shape, channels)
    values = Signal(path=str(path)).generate()
    assert values.dtype == np.float64
    assert values.flags.c_contiguous
    assert values.shape == (*shape, channels)
    np.testing.assert_allclose(values, expected.reshape(values.shape), rtol=0, atol=atol)


def refused(path, words=None):
    """Planning or loading raises a UserError, with these words if any are given."""
    with pytest.raises(UserError, match=words):
        headers.header(path)
        Signal(path=str(path)).generate()


@pytest.mark.parametrize("samples", [GREY8, RGB8, GREY16], ids=["grey8", "rgb8", "grey16"])
@pytest.mark.parametrize("ending", ["png", "PNG", "tif"])
def test_picture(tmp_path, samples, ending):
    path = tmp_path / f"picture.{ending}"
    Image.fromarray(samples).save(path)
    check(path, samples / SCALE[samples.dtype], 3 if samples.ndim == 3 else 1)


@pytest.mark.parametrize("channels", [1, 3])
def test_png_of_16_bits_keeps_them(tmp_path, channels):
    samples = RGB16[..., :channels]
    write_png16(tmp_path / "deep.png", samples)
    check(tmp_path / "deep.png", samples.squeeze() / 65535, channels)


@pytest.mark.parametrize("deep", [False, True])
def test_opaque_alpha_is_dropped_and_any_other_refused(tmp_path, deep):
    path, full = tmp_path / "alpha.png", 65535 if deep else 255
    colours = RGB16 if deep else RGB8
    samples = np.concatenate([colours, np.full_like(colours[..., :1], full)], axis=-1)
    for below, outcome in ((0, "opaque"), (1, "transparent")):
        samples[2, 3, 3] = full - below
        if deep:
            write_png16(path, samples)
        else:
            Image.fromarray(samples).save(path)
        if outcome == "opaque":
            check(path, colours / full, 3)
        else:
            refused(path, "transparent in places")


def test_grey_with_alpha(tmp_path):
    path = tmp_path / "alpha.png"
    samples = np.stack([GREY8, np.full_like(GREY8, 255)], axis=-1)
    Image.fromarray(samples, "LA").save(path)
    check(path, GREY8 / 255, 1)
    write_png16(path, RGB16[..., :2])
    refused(path, "without the transparency")


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_a_transparent_colour_is_refused_where_it_occurs(tmp_path, mode):
    path = tmp_path / "key.png"
    grey = np.arange(54, dtype=np.uint8).reshape(6, 9) * 4
    image = Image.fromarray(grey if mode == "L" else np.stack([grey] * 3, axis=-1)).convert(mode)
    image.info.pop("transparency", None)
    used = {"L": 8, "RGB": (8, 8, 8), "P": int(np.asarray(image).flat[0])}[mode]
    unused = {"L": 9, "RGB": (8, 8, 9), "P": int(np.asarray(image).max()) + 1}[mode]
    image.save(path, transparency=used)
    refused(path, "transparent in places")
    if mode == "P":
        image.putpalette([*image.getpalette()[: 3 * unused], 1, 2, 3])
    image.save(path, transparency=unused)
    check(
        path, np.asarray(image.convert("L" if mode == "L" else "RGB")) / 255, 1 + 2 * (mode != "L")
    )


def test_a_transparent_colour_of_16_bits_is_refused(tmp_path):
    path = tmp_path / "key.png"
    write_png16(path, RGB16, png_chunk(b"tRNS", struct.pack(">HHH", *RGB16[0, 0].tolist())))
    refused(path, "transparent in places")


def test_palette_becomes_colours(tmp_path):
    image = Image.fromarray(RGB8).quantize(7)
    image.save(tmp_path / "palette.png")
    check(tmp_path / "palette.png", np.asarray(image.convert("RGB")) / 255, 3)


def test_one_bit_picture(tmp_path):
    Image.fromarray(GREY8 > 99).save(tmp_path / "mask.png")
    check(tmp_path / "mask.png", (GREY8 > 99).astype(float), 1)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg(tmp_path, mode, progressive):
    smooth = np.linspace(20, 220, 31 * 18).reshape(18, 31).astype(np.uint8)
    image = Image.fromarray(smooth).convert(mode)
    path = tmp_path / "picture.jpg"
    image.save(path, quality=95, progressive=progressive, exif=b"Exif\0\0" + b"\xff\xc0" * 50)
    check(path, np.asarray(image) / 255, 3 if mode == "RGB" else 1, atol=0.03)


@pytest.mark.parametrize("samples", [GREY8, GREY16, RGB8, RGB16, FLOATS, FLOATS[..., 0]])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_tiff_of_either_byte_order(tmp_path, samples, byteorder):
    path = tmp_path / "picture.tiff"
    kind = "rgb" if samples.ndim == 3 else "minisblack"
    if samples.dtype == np.float64:
        samples = samples.astype(np.float32)
    tifffile.imwrite(path, samples, photometric=kind, byteorder=byteorder)
    check(path, samples / SCALE.get(samples.dtype, 1), 3 if samples.ndim == 3 else 1)


def test_tiff_with_planes_apart(tmp_path):
    path = tmp_path / "planes.tif"
    for samples in (RGB16, RGB8):
        tifffile.imwrite(
            path, np.moveaxis(samples, -1, 0), photometric="rgb", planarconfig="separate"
        )
        check(path, samples / SCALE[samples.dtype], 3)


def test_tiff_compressed(tmp_path):
    for samples, way in ((GREY8, "tiff_lzw"), (RGB8, "tiff_lzw"), (GREY16, "tiff_lzw")):
        Image.fromarray(samples).save(tmp_path / "packed.tif", compression=way)
        channels = 3 if samples.ndim == 3 else 1
        check(tmp_path / "packed.tif", samples / SCALE[samples.dtype], channels)


def test_tiff_that_cannot_be_one_signal(tmp_path):
    path = tmp_path / "odd.tif"
    tifffile.imwrite(path, np.stack([GREY8] * 2), photometric="minisblack")
    refused(path, "more than one page")
    tifffile.imwrite(path, GREY8, bigtiff=True)
    refused(path, "BigTIFF")
    tifffile.imwrite(path, GREY8, extratags=[(274, 3, 1, 6, True)])
    refused(path, "turned or mirrored")
    Image.fromarray(np.dstack([RGB8, GREY8]), "CMYK").save(path)
    refused(path, "neither grey nor RGB")
    tifffile.imwrite(path, GREY16, photometric="miniswhite")
    refused(path, "0 is white")
    tifffile.imwrite(path, GREY8.astype(np.uint32) * 9)
    refused(path, "of type uint32")


@pytest.mark.parametrize("shape", [(11,), (4, 5), (3, 4, 5), (2, 3, 4)])
@pytest.mark.parametrize("kind", ["f2", "f4", ">f8", "u1", ">u2", "i2", "?"])
def test_array(tmp_path, shape, kind):
    path, kind = tmp_path / "array.npy", np.dtype(kind)
    floats = RNG.random(shape)
    if kind.kind == "f":
        stored = floats.astype(kind)
        expected = stored.astype(float)
    elif kind.kind == "b":
        stored = floats > 0.5
        expected = stored.astype(float)
    else:
        low, high = np.iinfo(kind).min, np.iinfo(kind).max
        stored = (low + floats * (high - low)).astype(kind)
        expected = (stored.astype(float) - low) / (high - low)
    np.save(path, stored)
    check(path, expected, 1)


@pytest.mark.parametrize("shape", [(11, 3), (4, 5, 3), (2, 3, 4, 3)])
def test_array_whose_last_axis_is_three_is_in_colour(tmp_path, shape):
    samples = RNG.random(shape)
    np.save(tmp_path / "colour.npy", samples)
    check(tmp_path / "colour.npy", samples, 3)
    np.save(tmp_path / "fortran.npy", np.asfortranarray(samples))
    check(tmp_path / "fortran.npy", samples, 3)
    with open(tmp_path / "second.npy", "wb") as file:
        np.lib.format.write_array(file, samples, version=(2, 0))
    check(tmp_path / "second.npy", samples, 3)


def test_array_whose_last_axis_is_one_is_scalar(tmp_path):
    np.save(tmp_path / "scalar.npy", FLOATS[..., :1])
    check(tmp_path / "scalar.npy", FLOATS[..., 0], 1)


def test_array_that_cannot_be_a_signal(tmp_path):
    path = tmp_path / "odd.npy"
    cases = [
        (FLOATS * 1.5, "Rescale"),
        (FLOATS - 0.5, "Rescale"),
        (np.where(FLOATS > 0.9, np.nan, FLOATS), "NaN"),
        (np.where(FLOATS > 0.9, np.inf, FLOATS), "Rescale"),
        (RGB8.astype(np.int64), "type '<i8'"),
        (FLOATS.astype(complex), "type '<c16'"),
        (np.array([{}], dtype=object), "type"),
        (np.zeros(3, dtype=[("a", "f4")]), "type"),
        (GREY8 % 2, "only 0 and 1"),
        (np.zeros((2, 2, 2, 2)), "4 axes"),
        (np.float64(0.5), "0 axes"),
        (np.zeros((0, 4)), "no samples"),
    ]
    for samples, words in cases:
        np.save(path, samples, allow_pickle=True)
        refused(path, words)


@pytest.mark.parametrize("kind", ["u1", "<i2", "<i4", "<f4"])
@pytest.mark.parametrize("channels", [1, 2])
def test_sound(tmp_path, kind, channels):
    path = tmp_path / "sound.wav"
    wave = RNG.uniform(-1, 1, (50, channels))
    zero, full = {"u1": (128, 127), "<i2": (0, 32767), "<i4": (0, 2**31 - 1), "<f4": (0, 1)}[kind]
    wavfile.write(path, 8000, (zero + full * wave).astype(kind).squeeze())
    check(path, wave[:, 0], 1, atol=0.02 if kind == "u1" else 1e-4)
    told = headers.header(path)
    assert (told.rate, told.holds, told.limits) == (8000, "amplitudes", (-1.0, 1.0))


def test_silence_is_zero(tmp_path):
    for zero in (np.zeros(9, np.int16), np.full(9, 128, np.uint8), np.zeros(9, np.float32)):
        wavfile.write(tmp_path / "silent.wav", 8000, zero)
        check(tmp_path / "silent.wav", np.zeros(9), 1, atol=0)


def test_sound_of_24_bits_with_a_foreign_chunk(tmp_path):
    samples = [-(2**23), -1, 0, 1, 2**23 - 1]
    content = b"".join(s.to_bytes(3, "little", signed=True) for s in samples) + b"\0"
    form = struct.pack("<HHIIHH", 1, 1, 8000, 24000, 3, 24)
    chunks = b"fmt " + struct.pack("<I", 16) + form + b"note" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"data" + struct.pack("<I", 15) + content
    path = tmp_path / "deep.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    check(path, np.array(samples) / 2**23, 1, atol=1e-12)


def test_sound_that_cannot_be_a_signal(tmp_path):
    path = tmp_path / "odd.wav"
    wavfile.write(path, 8000, np.array([0.0, 1.5], np.float32))
    refused(path, "Rescale")
    wavfile.write(path, 8000, np.zeros(50, np.int16))
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + struct.pack("<H", 2) + whole[22:])
    refused(path, "compressed")


def test_jpeg_for_print_is_refused(tmp_path):
    Image.fromarray(np.dstack([RGB8, GREY8]), "CMYK").save(tmp_path / "print.jpg")
    refused(tmp_path / "print.jpg", "CMYK")


def test_jpeg_header_behind_tables_and_padding(tmp_path):
    path = tmp_path / "tables.jpg"
    tables = b"\xff\xc4\x00\x13" + bytes(17) + b"\xff\xff\xff\xdb\x00\x04\xff\xc0"
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, 70, 90, 3)
    path.write_bytes(b"\xff\xd8" + tables + frame)
    assert headers.header(path) == ((70, 90), 3, None)


@pytest.mark.parametrize("ending", ["npy", "wav"])
def test_plan_already_notices_missing_samples(tmp_path, ending):
    path = tmp_path / f"short.{ending}"
    if ending == "npy":
        np.save(path, GREY16)
    else:
        wavfile.write(path, 8000, np.zeros(50, np.int16))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="cut short"):
        headers.header(path)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of the damage that it notices
@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "npy", "wav"])
def test_damaged_file_is_never_anything_but_a_user_error(tmp_path, ending):
    path = tmp_path / f"damaged.{ending}"
    if ending == "npy":
        np.save(path, RGB8)
    elif ending == "wav":
        wavfile.write(path, 8000, GREY16.astype(np.int16).ravel())
    else:
        Image.fromarray(np.kron(RGB8, np.ones((8, 8, 1), np.uint8))).save(path)
    whole = path.read_bytes()
    # Only cuts well before the end: without its last bytes a picture may still be whole.
    for length in {*range(0, min(len(whole), 300), 3), len(whole) // 2, len(whole) * 2 // 3}:
        path.write_bytes(whole[:length])
        refused(path)
    path.write_bytes(b"These are words, not samples.\n" * 9)
    refused(path, "does not start like one")
    for place in range(min(len(whole), 200)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            shape, channels, _ = headers.header(path)
            assert Signal(path=str(path)).generate().shape == (*shape, channels)
        except UserError:
            pass


@pytest.mark.parametrize(
    "header",
    ["{'descr': '<f8', 'shape': ('a',)}", "{'descr': '<f8', 'shape': (-4, -2)}", "[]", "{", "{}",
     "{'descr': '<f8', 'shape': 5}", "{'descr': 5, 'shape': (5,)}", "\0", "7" * 99999],
)  # fmt: skip
def test_odd_array_header(tmp_path, header):
    path = tmp_path / "odd.npy"
    length = struct.pack("<I", len(header))
    path.write_bytes(b"\x93NUMPY\x02\0" + length + header.encode() + bytes(99))
    with pytest.raises(UserError):
        headers.header(path)


def test_missing_and_unknown_files(tmp_path):
    refused(tmp_path / "none.png", "is not there")
    refused(tmp_path / "film.mp4", r"'\.mp4' cannot be read")
    (tmp_path / "folder.npy").mkdir()
    refused(tmp_path / "folder.npy", "cannot be read")
    for path in ("", "  ", None, 3):
        with pytest.raises(UserError, match="`path`"):
            Signal(path=path)
