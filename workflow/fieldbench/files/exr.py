"""OpenEXR pictures: floats, which are light and not bounded by 1."""

from pathlib import Path

import numpy as np

from fieldbench.files import _alpha, checks
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError

START = b"\x76\x2f\x31\x01"


def read(path: Path, wanted: Wanted) -> Content:
    """A picture (rows, columns) or (rows, columns, 3); `key` names one channel of several."""
    import OpenEXR

    checks.check_start(path, START)
    with OpenEXR.File(str(path), header_only=True) as file:
        header = dict(file.header())
        low, high = (tuple(map(int, corner)) for corner in header["dataWindow"])
        planes_told = len(header["channels"])
        deep = "deep" in str(header.get("type", "")).lower()
    columns, rows = (b - a + 1 for a, b in zip(low, high, strict=True))
    if deep or rows < 1 or columns < 1:
        raise UserError(f"{path} is a deep or an empty picture.", "Save it flat.")
    checks.bounded(path, (rows, columns, planes_told))
    with OpenEXR.File(str(path), separate_channels=True) as file:
        planes = {name: np.array(own.pixels) for name, own in file.channels().items()}
    values, notes = _picture(path, planes, wanted.key)
    return Content(
        values[checks.taken(path, len(values), wanted)], channels=values.ndim == 3, notes=notes
    )


def _picture(
    path: Path, planes: dict[str, np.ndarray], key: str | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The colours of a picture by its planes' names, or the one plane of that name."""
    if key is None and {"R", "G", "B"} <= planes.keys():
        return _on_white(np.stack([planes[name] for name in "RGB"], -1), planes.get("A"))
    if key is None and "Y" in planes and planes.keys() <= {"Y", "A"}:
        values, notes = _on_white(planes["Y"][..., None], planes.get("A"))
        return values[..., 0], notes
    return planes[checks.chosen(path, key, list(planes), "channel")], ()


def _on_white(colours: np.ndarray, alpha: np.ndarray | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Colours that their alpha has been multiplied into already, as EXR has them, over white."""
    if alpha is None or (alpha == 1).all():
        return colours, ()
    return colours + (1 - alpha.astype(np.float64))[..., None], (_alpha.ON_WHITE,)
