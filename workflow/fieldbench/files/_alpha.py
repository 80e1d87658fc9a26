"""Pictures with transparency, laid on white; pictures that lie on their side, turned upright."""

import numpy as np

ON_WHITE = "transparency was laid on white"
TURNED = "turned as its orientation tag says"


def laid_on_white(colours: np.ndarray, alpha: np.ndarray, white: float) -> np.ndarray:
    """Colours (rows, columns, channels) over white; `alpha` (rows, columns) is 0 to 1.

    They keep their type: integers are rounded.
    """
    share = alpha.astype(np.float64)[..., None]
    mixed = colours * share + white * (1 - share)
    kept = np.rint(mixed) if colours.dtype.kind in "ui" else mixed
    return kept.astype(colours.dtype)


def without_alpha(values: np.ndarray, white: float) -> tuple[np.ndarray, tuple[str, ...]]:
    """The colours of values whose last channel is transparency, `white` where full; and notes.

    An alpha that is full everywhere is dropped without a word.
    """
    colours, alpha = values[..., :-1], values[..., -1]
    if (alpha == white).all():
        return colours, ()
    return laid_on_white(colours, alpha / white, white), (ON_WHITE,)


def upright(values: np.ndarray, orientation: int) -> np.ndarray:
    """Rows and columns as EXIF's orientation, 1 to 8, says that they are looked at."""
    if orientation in (5, 6, 7, 8):  # stored by columns
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return values
