"""The user's own pictures: values as written, and headers that say what is then loaded."""

import struct

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
from PIL import Image, ImageOps


@pytest.mark.parametrize("samples", [GREY8, RGB8, GREY16], ids=["grey8", "rgb8", "grey16"])
@pytest.mark.parametrize("ending", ["png", "PNG", "tif", "bmp"])
def test_picture(tmp_path, samples, ending):
    path = tmp_path / f"picture.{ending}"
    if ending == "bmp" and samples.dtype == np.uint16:
        pytest.skip("BMP has 8 bits")
    Image.fromarray(samples).save(path)
    check(path, samples / SCALE[samples.dtype], 3 if samples.ndim == 3 else 1)


@pytest.mark.parametrize("channels", [1, 3])
def test_png_of_16_bits_keeps_them(tmp_path, channels):
    samples = RGB16[..., :channels]
    write_png16(tmp_path / "deep.png", samples)
    check(tmp_path / "deep.png", samples.squeeze() / 65535, channels)


ON_WHITE = "transparency was laid on white"


@pytest.mark.parametrize("deep", [False, True])
def test_opaque_alpha_is_dropped_and_any_other_laid_on_white(tmp_path, deep):
    path, full = tmp_path / "alpha.png", 65535 if deep else 255
    colours = RGB16 if deep else RGB8
    samples = np.concatenate([colours, np.full_like(colours[..., :1], full)], axis=-1)
    expected = colours / full
    for alpha in (1.0, 0.2, 0.0):
        samples[2, 3, 3] = alpha * full
        expected[2, 3] = alpha * colours[2, 3] / full + 1 - alpha
        if deep:
            write_png16(path, samples)
        else:
            Image.fromarray(samples).save(path)
        made = check(path, expected, 3, atol=0.51 / full)
        assert made.facts["notes"] == ([] if alpha == 1 else [ON_WHITE])


def test_grey_with_alpha(tmp_path):
    path = tmp_path / "alpha.png"
    samples = np.stack([GREY8, np.full_like(GREY8, 255)], axis=-1)
    Image.fromarray(samples, "LA").save(path)
    check(path, GREY8 / 255, 1)
    samples[2, 3, 1] = 51
    Image.fromarray(samples, "LA").save(path)
    expected = GREY8 / 255
    expected[2, 3] = 0.2 * expected[2, 3] + 0.8
    assert check(path, expected, 1, atol=0.51 / 255).facts["notes"] == [ON_WHITE]
    write_png16(path, RGB16[..., :2])
    refused(path, "without the transparency")


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_a_transparent_colour_becomes_white_where_it_occurs(tmp_path, mode):
    path = tmp_path / "key.png"
    grey = np.arange(54, dtype=np.uint8).reshape(6, 9) * 4
    image = Image.fromarray(grey if mode == "L" else np.stack([grey] * 3, axis=-1)).convert(mode)
    image.info.pop("transparency", None)
    used = {"L": 8, "RGB": (8, 8, 8), "P": int(np.asarray(image).flat[0])}[mode]
    unused = {"L": 9, "RGB": (8, 8, 9), "P": int(np.asarray(image).max()) + 1}[mode]
    image.save(path, transparency=used)
    channels = 1 + 2 * (mode != "L")
    plain = np.asarray(image.convert("L" if mode == "L" else "RGB")).copy()
    expected = plain / 255
    expected[(np.asarray(image) == used).reshape(6, 9, -1).all(-1)] = 1.0
    assert check(path, expected, channels).facts["notes"] == [ON_WHITE]
    if mode == "P":
        image.putpalette([*image.getpalette()[: 3 * unused], 1, 2, 3])
    image.save(path, transparency=unused)
    assert check(path, plain / 255, channels).facts["notes"] == []


def test_a_transparent_colour_of_16_bits_becomes_white(tmp_path):
    path = tmp_path / "key.png"
    expected = RGB16 / 65535
    expected[0, 0] = 1.0
    write_png16(path, RGB16, png_chunk(b"tRNS", struct.pack(">HHH", *RGB16[0, 0].tolist())))
    assert check(path, expected, 3).facts["notes"] == [ON_WHITE]
    write_png16(path, RGB16[..., :1], png_chunk(b"tRNS", struct.pack(">H", int(RGB16[0, 0, 0]))))
    grey = RGB16[..., 0] / 65535
    grey[RGB16[..., 0] == RGB16[0, 0, 0]] = 1.0
    check(path, grey, 1)


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


@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
@pytest.mark.parametrize("samples", [GREY8, GREY16, RGB8], ids=["grey8", "grey16", "rgb8"])
def test_tiff_of_several_pages_is_a_volume(tmp_path, samples, compression):
    path, pages = tmp_path / "stack.tif", np.stack([samples, samples[::-1], samples // 2])
    if compression == "lzw":  # which Pillow writes
        first, *others = [Image.fromarray(page) for page in pages]
        first.save(path, compression="tiff_lzw", save_all=True, append_images=others)
    else:
        kind = "rgb" if samples.ndim == 3 else "minisblack"
        tifffile.imwrite(path, pages, photometric=kind, compression=compression)
    channels = 3 if samples.ndim == 3 else 1
    check(path, pages / SCALE[samples.dtype], channels)
    check(path, pages[1:2] / SCALE[samples.dtype], channels, first=1, length=1)


def test_tiff_that_is_large_turned_or_where_0_is_white(tmp_path):
    path = tmp_path / "odd.tif"
    tifffile.imwrite(path, GREY8, bigtiff=True)
    check(path, GREY8 / 255, 1)
    tifffile.imwrite(path, GREY8, extratags=[(274, 3, 1, 6, True)])
    made = check(path, np.rot90(GREY8, -1) / 255, 1)
    assert made.facts["notes"] == ["turned as its orientation tag says"]
    tifffile.imwrite(path, GREY16, photometric="miniswhite")
    check(path, (65535 - GREY16) / 65535, 1)


def test_tiff_that_cannot_be_one_signal(tmp_path):
    path = tmp_path / "odd.tif"
    Image.fromarray(np.dstack([RGB8, GREY8]), "CMYK").save(path)
    refused(path, "CMYK|separated")
    tifffile.imwrite(path, GREY8.astype(np.uint32) * 9)
    refused(path, "of type uint32")
    with tifffile.TiffWriter(path) as file:
        file.write(GREY8, photometric="minisblack")
        file.write(GREY8[1:], photometric="minisblack")
    refused(path, "several sizes")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_a_photograph_is_turned_as_its_exif_says(tmp_path, orientation, ending):
    smooth = np.linspace(20, 220, 31 * 18).reshape(18, 31).astype(np.uint8)
    image, path = Image.fromarray(np.stack([smooth] * 3, -1)), tmp_path / f"turned.{ending}"
    tags = Image.Exif()
    tags[274] = orientation
    image.save(path, exif=tags, quality=95, lossless=True)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    assert upright.shape[:2] == ((31, 18) if orientation > 4 else (18, 31))
    made = check(path, upright / 255, 3, atol=0.03)
    turned = ["turned as its orientation tag says"]
    assert made.facts["notes"] == (turned if orientation > 1 else [])


def test_webp(tmp_path):
    path = tmp_path / "picture.webp"
    Image.fromarray(RGB8).save(path, lossless=True)
    check(path, RGB8 / 255, 3)
    frames = [Image.fromarray(np.roll(RGB8, n, 1)) for n in range(2)]
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    made = check(path, RGB8 / 255, 3)
    assert made.facts["notes"] == ["the first of its 2 pictures was read"]


def test_jpeg_for_print_is_refused(tmp_path):
    Image.fromarray(np.dstack([RGB8, GREY8]), "CMYK").save(tmp_path / "print.jpg")
    refused(tmp_path / "print.jpg", "CMYK")


def test_jpeg_header_behind_padding_and_a_comment(tmp_path):
    path = tmp_path / "padded.jpg"
    Image.fromarray(RGB8).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:2] + b"\xff\xff\xff\xfe\x00\x04\xff\xc0" + whole[2:])
    check(path, np.asarray(Image.open(path)) / 255, 3)


def test_png_without_a_picture_is_refused(tmp_path):
    path = tmp_path / "empty.png"
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IEND", b""))
    refused(path)
