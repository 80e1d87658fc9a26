"""Pictures by Pillow: PNG, JPEG, BMP, WebP."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile

from fieldbench.files import _alpha, checks
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError

# By the ending: Pillow's name of the format, and how such a file starts.
FORMATS = {
    ".png": ("PNG", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("JPEG", b"\xff\xd8"),
    ".jpeg": ("JPEG", b"\xff\xd8"),
    ".bmp": ("BMP", b"BM"),
    ".webp": ("WEBP", b"RIFF"),
}
PLAIN = ("1", "L", "LA", "I;16", "RGB", "RGBA")  # modes whose values are taken as they are
DEEP = ("I;16B", "RGB;16B", "RGBA;16B")  # how Pillow calls the samples of 16-bit PNGs
ORIENTATION = 274  # the tag, of EXIF and of TIFF


def read(path: Path, wanted: Wanted) -> Content:
    """A picture: rows and columns as they are looked at, grey or RGB."""
    checks.no_key(path, wanted)
    form, start = FORMATS[path.suffix.lower()]
    checks.check_start(path, start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, of damage beside what is read here
        with Image.open(path, formats=("JPEG", "MPO") if form == "JPEG" else (form,)) as image:
            # Known from the header, before anything is unpacked.
            checks.bounded(path, image.size)
            notes = _of_several(image)
            values, more = unpacked(path, image)
            orientation = _orientation(image)
    if orientation != 1:
        values, more = _alpha.upright(values, orientation), (*more, _alpha.TURNED)
    values = values[checks.taken(path, len(values), wanted)]
    return of_picture(values, (*notes, *more))


def of_picture(values: np.ndarray, notes: tuple[str, ...]) -> Content:
    """The content of a picture (rows, columns) or (rows, columns, 3), of bits or whole numbers."""
    full = (0, 1) if values.dtype == bool else (0, int(np.iinfo(values.dtype).max))
    return Content(values, channels=values.ndim == 3, full=full, notes=notes)


def unpacked(path: Path, image: ImageFile.ImageFile) -> tuple[np.ndarray, tuple[str, ...]]:
    """A picture's values without transparency, uint8, uint16 or bool; and notes."""
    raw = image.tile[0].args if image.tile else None
    if raw == "LA;16B":
        raise UserError(
            f"{path} is a 16-bit grey PNG with transparency, which cannot be read.",
            "Save it without the transparency.",
        )
    if raw in DEEP:
        return _deep(path, image, str(raw))
    mode = image.mode
    if mode == "P" or "transparency" in image.info:
        mode = "RGBA" if mode in ("P", "RGB") else "LA"
    elif mode == "YCbCr":
        mode = "RGB"
    if mode not in PLAIN:
        raise UserError(f"{path} has colours of the kind {mode}.", "Save it as grey or RGB.")
    return _plain(np.asarray(image.convert(mode)))


def _plain(values: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Values without their second or fourth channel, which is transparency."""
    if values.ndim < 3 or values.shape[-1] not in (2, 4):
        return values, ()
    values, notes = _alpha.without_alpha(values, np.iinfo(values.dtype).max)
    return (values[..., 0] if values.shape[-1] == 1 else values), notes


def _deep(path: Path, image: Image.Image, raw: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The values of a 16-bit PNG; one colour of it may stand for transparency."""
    values = np.asarray(image)
    if raw != "I;16B":
        values = values.astype(np.uint16) << 8 | _low_bytes(path, raw)
    key = image.info.get("transparency")
    if key is None:
        return _plain(values)
    solid = values != key if raw == "I;16B" else (values != np.asarray(key)).any(-1)
    if solid.all():
        return values, ()
    colours = _alpha.laid_on_white(values.reshape(*solid.shape, -1), solid, 65535)
    return colours.reshape(values.shape), (_alpha.ON_WHITE,)


def _low_bytes(path: Path, raw: str) -> np.ndarray:
    """The low bytes of a 16-bit colour PNG, which Pillow leaves out.

    Pillow keeps the second byte of every pair when it is told that the picture was stored with
    the low byte first.
    """
    with Image.open(path, formats=("PNG",)) as image:
        image.tile = [tile._replace(args=raw.replace("16B", "16L")) for tile in image.tile]
        return np.asarray(image)


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 to 8; 1 where there is none, or none that can be read."""
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except Exception:  # a damaged block beside a picture that is whole
        return 1
    return found if found in range(1, 9) else 1


def _of_several(image: Image.Image) -> tuple[str, ...]:
    """A note where a file holds several pictures, as an animation does."""
    count = getattr(image, "n_frames", 1) if image.format in ("PNG", "WEBP") else 1
    return (f"the first of its {count} pictures was read",) if count > 1 else ()
