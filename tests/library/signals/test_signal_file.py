"""The user's own pictures: values as written, and headers that say what is then loaded."""

import struct
import subprocess
import sys

import numpy as np
import pytest
import tifffile
from helpers.own_files import (
    FLOATS,
    GREY8,
    GREY16,
    RGB8,
    RGB16,
    SCALE,
    check,
    png_chunk,
    refused,
    write_png16,
)
from helpers.runs import PROJECT
from PIL import Image

from fieldbench.plan.cells import file_headers

HEAVY_AFTER_HEADERS = """
import sys
from fieldbench.plan.cells import file_headers
for path in sys.argv[1:]:
    file_headers.header(path)
print(*sorted({"numpy", "torch", "tifffile"} & set(sys.modules)))
"""


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


def test_jpeg_for_print_is_refused(tmp_path):
    Image.fromarray(np.dstack([RGB8, GREY8]), "CMYK").save(tmp_path / "print.jpg")
    refused(tmp_path / "print.jpg", "CMYK")


def test_jpeg_header_behind_padding_and_a_comment(tmp_path):
    path = tmp_path / "padded.jpg"
    Image.fromarray(RGB8).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:2] + b"\xff\xff\xff\xfe\x00\x04\xff\xc0" + whole[2:])
    assert file_headers.header(path) == (RGB8.shape[:2], 3, None)


def test_headers_of_pictures_are_read_without_numpy(tmp_path):
    paths = [tmp_path / f"picture.{ending}" for ending in ("png", "jpg", "tif")]
    for path in paths:
        Image.fromarray(RGB8).save(path)
    done = subprocess.run(
        [sys.executable, "-c", HEAVY_AFTER_HEADERS, *map(str, paths)],
        env={"PYTHONPATH": str(PROJECT / "workflow")},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == []


def test_png_without_a_picture_is_refused(tmp_path):
    path = tmp_path / "empty.png"
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0))
    path.write_bytes(file_headers.PNG_START + head + png_chunk(b"IEND", b""))
    refused(path)
