"""DICOM: one file, or a folder whose files are the slices of one series, by pydicom."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from fieldbench.files import checks
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError

DEFLATED = "1.2.840.10008.1.2.1.99"  # packed as a whole: its size would be known too late
MARK, MARK_AT = b"DICM", 128


def is_one(path: Path) -> bool:
    """Whether a file carries DICOM's mark, whatever its name ends in."""
    with open(path, "rb") as file:
        file.seek(MARK_AT)
        return file.read(len(MARK)) == MARK


def read(path: Path, wanted: Wanted) -> Content:
    """A slice or a volume, scaled as the files say, and the spacing in millimetres."""
    checks.no_key(path, wanted)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values that are not quite as the standard has them
        return _series(path, wanted) if path.is_dir() else _single(path, wanted)


def _single(path: Path, wanted: Wanted) -> Content:
    """One file: a slice (rows, columns), or a volume of several frames."""
    if not is_one(path):
        raise checks.unreadable(path, "it does not start like a DICOM file")
    head = _head(path)
    frames = int(head.get("NumberOfFrames", 1) or 1)
    checks.bounded(path, (frames, head.Rows, head.Columns, head.SamplesPerPixel))
    values = _values(path)
    values, notes = _black_is_least(values[checks.taken(path, len(values), wanted)], head)
    colour = head.SamplesPerPixel > 1
    flat = values.ndim - colour == 2
    sides = _spacing(head) if flat else (_between(head), *_spacing(head))
    return Content(values, channels=colour, spacing=sides, notes=notes)


def _series(folder: Path, wanted: Wanted) -> Content:
    """The slices of a folder, ordered along the direction that they are stacked in."""
    heads = {file: _head(file) for file in sorted(folder.iterdir()) if _is_slice(file)}
    if not heads:
        raise UserError(
            f"{folder} is a folder without DICOM files.", "Name a file, or a folder of a series."
        )
    series = {str(head.get("SeriesInstanceUID", "")) for head in heads.values()}
    sizes = {(head.Rows, head.Columns, head.SamplesPerPixel) for head in heads.values()}
    if len(series) > 1 or len(sizes) > 1:
        raise UserError(
            f"{folder} holds slices of {len(series)} series and {len(sizes)} sizes.",
            "Put the files of one series into a folder of their own.",
        )
    files = sorted(heads, key=lambda file: (_place(heads[file]), file.name))
    part = checks.taken(folder, len(files), wanted)
    (size,) = sizes
    checks.bounded(folder, (part.stop - part.start, *size))
    head = heads[files[0]]
    values, notes = _black_is_least(np.stack([_values(file) for file in files[part]]), head)
    places = [_place(heads[file]) for file in files]
    apart = float(np.median(np.diff(places))) if len(places) > 1 else _between(head)
    note = f"{len(files)} slices, in the order of their places"
    colour = head.SamplesPerPixel > 1
    return Content(values, channels=colour, spacing=(apart, *_spacing(head)), notes=(note, *notes))


def _is_slice(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".") and is_one(file)


def _head(path: Path) -> Any:
    """What a file says before its values; a file without values is refused."""
    import pydicom

    with checks.damages(path):
        if str(pydicom.filereader.read_file_meta_info(path).TransferSyntaxUID) == DEFLATED:
            raise UserError(f"{path} is packed as a whole.", "Save it without deflation.")
        head = pydicom.dcmread(path, stop_before_pixels=True)
        if not all(name in head for name in ("Rows", "Columns", "SamplesPerPixel")):
            raise UserError(f"{path} holds no picture.", "Give a file or a folder of slices.")
    return head


def _values(path: Path) -> np.ndarray:
    """The values of a file, scaled by its slope and intercept."""
    import pydicom

    with checks.damages(path):
        own = pydicom.dcmread(path)
        values = pydicom.pixels.apply_modality_lut(own.pixel_array, own)
    return values


def _black_is_least(values: np.ndarray, head: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    """All values of a file or a series, turned round where the least of them is white."""
    if head.get("PhotometricInterpretation") != "MONOCHROME1":
        return values, ()
    return values.max() + values.min() - values, ("turned round: its least value is white",)


def _spacing(head: Any) -> tuple[float, ...]:
    return tuple(float(side) for side in head.get("PixelSpacing", (1.0, 1.0)))


def _between(head: Any) -> float:
    return float(head.get("SpacingBetweenSlices") or head.get("SliceThickness") or 1.0)


def _place(head: Any) -> float:
    """Where a slice lies along the direction of the stack, in millimetres."""
    if "ImagePositionPatient" in head and "ImageOrientationPatient" in head:
        turn = np.array(head.ImageOrientationPatient, float)
        return float(np.cross(turn[:3], turn[3:]) @ np.array(head.ImagePositionPatient, float))
    return float(head.get("InstanceNumber") or 0)
