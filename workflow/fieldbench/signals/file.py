"""The user's own data: a picture, an array or a sound, a path away."""

import warnings
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image
from scipy.io import wavfile

from fieldbench.plan.cells import file_headers
from fieldbench.plan.errors import UserError


class Signal:
    """The shape, channels and limits are those that `plan.cells.file_headers` reads from the file.

    Pictures and arrays are intensities in [0, 1], sounds amplitudes in [-1, 1].

    * .png .jpg .tif: grey or RGB, 8 or 16 bit (TIFF also floats), rows as they are stored; a
      JPEG's EXIF rotation is not applied. Transparency is dropped, and refused unless opaque.
    * .npy: one to three axes, and a last axis of 3 for colour. Bool, 8- and 16-bit integers or
      floats. Wider integers are refused, because their range tells nothing of the values'.
    * .wav: the first channel.

    Integers are scaled by the range of their type; floats must lie within the limits.
    """

    dims = (1, 2, 3)
    random = False
    binary = False
    files = ("path",)

    def __init__(self, *, path: str) -> None:
        if not isinstance(path, str) or not path.strip():
            raise UserError(
                f"Signal file: `path` is {path!r}.", "Give the name of a file that exists."
            )
        self.path = Path(path).expanduser()
        self.shape, self.channels, _ = file_headers.header(self.path)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (*shape, channels)."""
        kind = self.path.suffix.lower()
        load = {".npy": _array, ".wav": _sound, ".tif": _tiff, ".tiff": _tiff}.get(kind, _picture)
        try:
            values = load(self.path)
        except UserError:
            raise
        except Exception as error:  # a damaged file makes its decoder raise nearly anything
            raise UserError(
                f"{self.path} cannot be loaded: {error}.", "Save or fetch it again."
            ) from error
        if values.size != np.prod(self.shape) * self.channels:
            raise UserError(
                f"{self.path} holds an array of shape {values.shape}, where its header tells "
                f"{self.shape} with {self.channels} channels.",
                "Save it again as a plain PNG or NPY file.",
            )
        return np.ascontiguousarray(values.reshape(*self.shape, self.channels))


def _scaled(values: np.ndarray, path: Path) -> np.ndarray:
    """Float64 in [0, 1]: integers by the range of their type, floats as they are."""
    if values.dtype == bool:
        return values.astype(np.float64)
    if values.dtype.kind in "ui" and values.dtype.itemsize <= 2:
        if values.min() >= 0 and values.max() <= 1:
            raise UserError(
                f"{path} holds only 0 and 1, of a type that goes to {np.iinfo(values.dtype).max}.",
                "Save it as bool, or as a picture with 0 and 255.",
            )
        low, high = np.iinfo(values.dtype).min, np.iinfo(values.dtype).max
        return (values.astype(np.float64) - low) / (high - low)
    if values.dtype.kind != "f":
        raise UserError(
            f"{path} holds values of type {values.dtype}.",
            "Save it as 8- or 16-bit integers, or as floats in [0, 1].",
        )
    return _within(values.astype(np.float64), 0.0, 1.0, path)


def _within(values: np.ndarray, low: float, high: float, path: Path) -> np.ndarray:
    """`values`, checked to be numbers in [low, high]."""
    if np.isnan(values).any():
        raise UserError(f"{path} holds values that are no numbers (NaN).", "Fill or cut them.")
    if values.min() < low or values.max() > high:
        raise UserError(
            f"{path} holds values from {values.min():g} to {values.max():g}.",
            f"Rescale them to lie in [{low:g}, {high:g}].",
        )
    return values


def _array(path: Path) -> np.ndarray:
    return _scaled(np.load(path, allow_pickle=False), path)


def _sound(path: Path) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wavfile.WavFileWarning)  # of chunks without sound
        _, values = wavfile.read(path)
    first = values if values.ndim == 1 else values[:, 0]
    if first.dtype == np.uint8:
        return (first.astype(np.float64) - 128) / 128
    if first.dtype.kind == "i":  # 24 bits come as the upper ones of 32
        return first / -float(np.iinfo(first.dtype).min)
    return _within(first.astype(np.float64), -1.0, 1.0, path)


def _tiff(path: Path) -> np.ndarray:
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        if page.bitspersample <= 8 or (page.dtype == np.uint16 and page.samplesperpixel == 1):
            return _picture(path)  # Pillow knows more compressions, but loses deep colours
        values = page.asarray()
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and values.ndim == 3:
            values = np.moveaxis(values, 0, -1)
    return _scaled(_opaque(values, path), path)


def _picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        raw = image.tile[0].args
        see_through = "transparency" in image.info  # one colour stands for nothing
        if raw in ("I;16B", "RGB;16B") and see_through:
            raise _transparent(path)
        if image.mode in ("P", "YCbCr", "RGB") and see_through:
            image = image.convert("RGBA")
        elif image.mode in ("P", "YCbCr"):
            image = image.convert("RGB")
        elif see_through:
            image = image.convert("LA")
        values = np.asarray(image)
    if path.suffix.lower() == ".png" and raw in ("RGB;16B", "RGBA;16B"):
        values = values.astype(np.uint16) << 8 | _low_bytes(path, raw)
    return _scaled(_opaque(values, path), path)


def _low_bytes(path: Path, raw: str) -> np.ndarray:
    """The low bytes of a 16-bit colour PNG, which Pillow leaves out.

    Pillow keeps the second byte of every pair when it is told that the picture was stored with
    the low byte first.
    """
    with Image.open(path) as image:
        image.tile = [tile._replace(args=raw.replace("16B", "16L")) for tile in image.tile]
        return np.asarray(image)


def _opaque(values: np.ndarray, path: Path) -> np.ndarray:
    """Drop a second or fourth channel, which must be full everywhere."""
    if values.ndim < 3 or values.shape[-1] not in (2, 4):
        return values
    full = np.iinfo(values.dtype).max if values.dtype.kind in "ui" else 1.0
    if (values[..., -1] != full).any():
        raise _transparent(path)
    return values[..., :-1]


def _transparent(path: Path) -> UserError:
    return UserError(
        f"{path} is transparent in places.", "Save it on a background, without transparency."
    )
