"""Pictures that come inside the scikit-image package: no network, the same bytes everywhere."""

from pathlib import Path

import numpy as np
import skimage
from PIL import Image
from skimage.transform import resize

from fieldbench.plan.errors import UserError


def read(name: str) -> np.ndarray:
    """A bundled 8-bit picture as it is stored, in [0, 1]: float64, (rows, columns[, channels])."""
    # skimage.data's own functions may try to download; the file is read where pip put it.
    path = Path(skimage.__file__).parent / "data" / name
    try:
        with Image.open(path) as image:
            return np.asarray(image, dtype=np.float64) / 255
    except OSError as error:
        raise UserError(
            f"The installed scikit-image does not bring its picture {name}.",
            "Reinstall the environment that envs/ describes.",
        ) from error


def square(picture: np.ndarray, length: int) -> np.ndarray:
    """The central square of a picture, smoothed and resampled to `length` samples a side."""
    side = min(picture.shape[:2])
    top, left = ((n - side) // 2 for n in picture.shape[:2])
    crop = picture[top : top + side, left : left + side]
    if length == side:
        return np.ascontiguousarray(crop)
    small = resize(crop, (length, length), order=1, mode="reflect", anti_aliasing=True)
    return np.clip(small, 0.0, 1.0)
