"""TIFF files: pictures, and stacks of pages that are volumes."""

from pathlib import Path

import numpy as np
from PIL import Image

from fieldbench.files import _alpha, arrays, checks, pictures
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError

STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = 0, 1, 2  # by photometric interpretation
PLAIN = (1, 8, 32773, 32946)  # compressions that tifffile unpacks by itself
ONE_SIGNAL = "Save it as one picture, or as pages of one size and type."


def read(path: Path, wanted: Wanted) -> Content:
    """The only page of a TIFF file as a picture; several pages of one size as a volume."""
    import tifffile

    checks.no_key(path, wanted)
    checks.check_start(path, *STARTS)
    # Without its neighbours: an OME-TIFF may name other files.
    with tifffile.TiffFile(path, _multifile=False) as file:
        count = len(file.pages)
        sides = file.pages.first.shape
        if count == 1:
            checks.bounded(path, sides)
            values, notes = _page(path, file.pages.first, 0)
            values = values[checks.taken(path, len(values), wanted)]
        else:
            part = checks.taken(path, count, wanted)
            checks.bounded(path, (part.stop - part.start, *sides))
            numbers = range(part.start, part.stop)
            values, notes = _stack(path, [(n, file.pages[n]) for n in numbers])
    colour = values.ndim == 3 + (count > 1)
    return Content(values, channels=colour, full=arrays.full(values.dtype), notes=notes)


def _stack(path: Path, pages: list) -> tuple[np.ndarray, tuple[str, ...]]:
    """Pages, one behind the other: axis 0 of a volume."""
    known = {(page.shape, page.dtype, page.photometric) for _, page in pages}
    if len(known) > 1:
        raise UserError(f"{path} holds pages of several sizes or types.", ONE_SIGNAL)
    read_pages = [_page(path, page, number) for number, page in pages]
    notes = dict.fromkeys(note for _, noted in read_pages for note in noted)
    return np.stack([values for values, _ in read_pages]), tuple(notes)


def _page(path: Path, page, number: int) -> tuple[np.ndarray, tuple[str, ...]]:  # noqa: ANN001
    """A page's values, grey or RGB, upright and without transparency; and notes."""
    if page.photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB) and page.compression in PLAIN:
        values, notes = _plain(path, page)
    elif page.bitspersample <= 8 or (page.dtype == np.uint16 and page.samplesperpixel == 1):
        with Image.open(path, formats=("TIFF",)) as image:  # Pillow knows more compressions
            image.seek(number)
            values, notes = pictures.unpacked(path, image)
            return values, notes  # Pillow has turned it upright
    else:
        raise UserError(
            f"{path} has colours or a compression of a rare kind "
            f"({page.photometric.name.lower()}, {page.compression.name.lower()}).",
            "Save it as grey or RGB, without compression.",
        )
    orientation = page.tags.valueof(pictures.ORIENTATION, 1)
    if orientation not in (0, 1):
        values, notes = _alpha.upright(values, orientation), (*notes, _alpha.TURNED)
    return values, notes


def _plain(path: Path, page) -> tuple[np.ndarray, tuple[str, ...]]:  # noqa: ANN001
    """A page that tifffile unpacks: (rows, columns) or (rows, columns, 3)."""
    size = path.stat().st_size
    ends = [a + b for a, b in zip(page.dataoffsets, page.databytecounts, strict=True)]
    # What is not there would be read as zeros.
    if not ends or max(ends) > size or min(page.databytecounts) == 0:
        raise checks.unreadable(path, "it was cut short or damaged")
    values = page.asarray()
    checks.typed(path, values.dtype.kind)
    if values.ndim == 3 and page.planarconfig == 2:  # planes apart
        values = np.moveaxis(values, 0, -1)
    colours = 3 if page.photometric == RGB else 1
    found = values.shape[-1] if values.ndim == 3 else 1
    if values.ndim not in (2, 3) or found not in (colours, colours + 1):
        raise UserError(f"{path} is neither grey nor RGB.", "Save it as grey or RGB.")
    notes: tuple[str, ...] = ()
    white = 1.0 if values.dtype.kind == "f" else (arrays.full(values.dtype) or (0, 0))[1]
    if found == colours + 1:
        values, notes = _alpha.without_alpha(values, white)
    if colours == 1 and values.ndim == 3:
        values = values[..., 0]
    if page.photometric == WHITE_IS_ZERO:
        values = ~values if values.dtype == bool else (white - values).astype(values.dtype)
    return values, notes
