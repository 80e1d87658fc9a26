"""The user's own data: a picture, a volume, a sound, a video, a mesh or an array, a path away."""

from pathlib import Path
from typing import Any

import numpy as np

from fieldbench.files import checks, reading
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError
from fieldbench.signals import _ranges, _settings

COLOURS = (1, 3, 4)  # a last axis of so many is channels, without asking
FEW = 16  # a last axis of no more may be channels, where the others are far longer
FAR = 4
DECODER = 2**28  # bytes that one may take beside the values


class Signal:
    """The values of a file: intensities in [0, 1], amplitudes in [-1, 1], or a mesh's distances.

    `path` is any file that docs/own-data.md lists; `key` names an array in a file of several.
    `first` and `length` take a part along the first axis; of a mesh, `length` is samples a side and
    `mesh` what is made of it: occupancy or distance. `channel` takes one channel, counted from 0:
    sounds have their first without it, pictures all. `crop` keeps the middle, so many samples a
    side, and `reduced` takes the means of blocks of so many a side; neither goes along time.

    `range` says which values become 0 and 1 (sounds: -1 and 1): two numbers; `data`, the least and
    the greatest; or `type`, those of the file's type. Without it the type decides where that leaves
    no doubt, and the signal is refused where not. `channels` says whether the `last` axis of an
    array is channels, or `none` is.
    """

    dims = (1, 2, 3)
    random = False
    binary = False
    files = ("path",)

    def __init__(
        self,
        *,
        path: str,
        key: str | None = None,
        first: int = 0,
        length: int | None = None,
        channel: int | None = None,
        channels: str | None = None,
        crop: int | None = None,
        reduced: int = 1,
        range: Any = None,
        mesh: str = "occupancy",
    ) -> None:
        if not isinstance(path, str) or not path.strip():
            raise UserError(
                f"Signal file: `path` is {path!r}.", "Give the name of a file that exists."
            )
        self.path = Path(path).expanduser()
        _settings.whole("file", "reduced", reduced, 1)
        wanted = _wanted(key, first, length, mesh)
        content = reading.read(self.path, wanted)
        self._check_values(content)
        self.memory = DECODER + 4 * content.values.nbytes
        if mesh == "distance" and content.holds != "distances":
            raise UserError(
                f"{self.path} is no mesh, so that it has no distances.", "Take `mesh` out."
            )
        values = _channels_last(self.path, content, channels)
        values = self._one_channel(values, content.holds, channel)
        still = 1 if content.holds in ("amplitudes", "frames") else 0  # axes of time
        values = _cropped(values, still, crop)
        self.holds, self.rate = content.holds, content.rate
        self.facts: dict[str, Any] = {"notes": list(content.notes)}
        if content.spacing:
            self.facts["spacing"] = [side * reduced for side in content.spacing]
        values = self._in_range(content, values, range)
        # Reduced before there are floats of them all: a video in float64 is eight times as large.
        self._values = _reduced(values, still, reduced)
        self.shape, self.channels = self._values.shape[:-1], self._values.shape[-1]

    @property
    def limits(self) -> tuple[float, float] | None:
        """The range of the values; distances have none."""
        known = {"amplitudes": (-1.0, 1.0), "distances": None}
        return known.get(self.holds, (0.0, 1.0))

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (*shape, channels)."""
        if "range" not in self.facts:
            return np.ascontiguousarray(self._values, np.float64)
        low, high = self.facts["range"]
        return np.ascontiguousarray(_ranges.scaled(self._values, low, high, self.holds))

    def _check_values(self, content: Content) -> None:
        values = content.values
        checks.typed(self.path, values.dtype.kind)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise UserError(
                f"{self.path} holds values that are no numbers (NaN or infinite).",
                "Fill or cut them.",
            )

    def _one_channel(self, values: np.ndarray, holds: str, channel: int | None) -> np.ndarray:
        """The channel that is asked for, with its axis kept; else all, of a sound the first."""
        if channel is None:
            return values[..., :1] if holds == "amplitudes" else values
        _settings.whole("file", "channel", channel, 0)
        if channel >= values.shape[-1]:
            raise UserError(
                f"{self.path} has {values.shape[-1]} channels, and no number {channel}.",
                "Lower `channel`; the first one is number 0.",
            )
        return values[..., channel : channel + 1]

    def _in_range(self, content: Content, values: np.ndarray, wanted: Any) -> np.ndarray:
        """The values, none of them beyond the range that is asked for or certain; it is kept."""
        if content.holds == "distances":
            if wanted is not None:
                raise UserError("Signal file: distances have no `range`.", "Take `range` out.")
            return values
        low, high = _ranges.of(content, values, wanted, self.path)
        values, notes = _ranges.cut(values, low, high)
        self.facts["range"] = [float(low), float(high)]
        self.facts["notes"] += notes
        return values


def _wanted(key: Any, first: Any, length: Any, mesh: Any) -> Wanted:
    """The settings that say which part of a file is read, checked."""
    if key is not None and (not isinstance(key, str) or not key):
        raise UserError(f"Signal file: `key` is {key!r}.", "Give the name of an array.")
    _settings.whole("file", "first", first, 0)
    if length is not None:
        _settings.whole("file", "length", length, 1)
    _settings.one_of("file", "mesh", mesh, ("occupancy", "distance"))
    return Wanted(key, first, length, mesh)


def _channels_last(path: Path, content: Content, said: Any) -> np.ndarray:
    """The values with an axis of channels at the end, of one where they have none."""
    values = content.values
    if said is not None:
        _settings.one_of("file", "channels", said, ("last", "none"))
    if said is not None and content.channels is not None:
        raise UserError(
            f"{path} says by itself whether its last axis is channels.", "Take `channels` out."
        )
    last = content.channels
    if last is None:
        last = said == "last" if said else _are_channels(path, values.shape)
    values = values if last else values[..., None]
    if not 2 <= values.ndim <= 4:
        raise UserError(
            f"{path} has {content.values.ndim} axes.",
            "Give one, two or three, and one more if the last one is channels (`channels: last`).",
        )
    return values


def _are_channels(path: Path, shape: tuple[int, ...]) -> bool:
    """Whether the last axis of an array is channels; a UserError where nobody can know."""
    if len(shape) < 2 or shape[-1] in COLOURS:
        return len(shape) > 1
    *others, last = shape
    long = len(others) > 1 and last <= FEW and min(others) >= FAR * last
    if len(shape) < 4 and (last == 2 or long):
        raise UserError(
            f"{path} has the shape {shape}, whose last axis may be channels or a side.",
            f"Set `channels: last` if each sample has {last} values, or `channels: none`.",
        )
    return False


def _cropped(values: np.ndarray, still: int, crop: Any) -> np.ndarray:
    """The middle of values, at most `crop` samples a side, along all axes but those of time."""
    if crop is None:
        return values
    _settings.whole("file", "crop", crop, 1)
    _check_sides(values, still, "crop")
    for axis, side in enumerate(values.shape[:-1]):
        if axis >= still and side > crop:
            first = (side - crop) // 2
            values = values[(*[slice(None)] * axis, slice(first, first + crop))]
    return values


def _reduced(values: np.ndarray, still: int, side: int) -> np.ndarray:
    """Means of blocks of `side` samples a side, from the first; what is left over is dropped."""
    if side == 1:
        return values
    _check_sides(values, still, "reduced")
    for axis in range(still, values.ndim - 1):
        count = values.shape[axis] // side
        if not count:
            raise UserError(
                f"Signal file: `reduced` is {side}, where a side has {values.shape[axis]} samples.",
                "Give a smaller number.",
            )
        kept = values[(*[slice(None)] * axis, slice(count * side))]
        blocks = kept.reshape(*kept.shape[:axis], count, side, *kept.shape[axis + 1 :])
        values = blocks.mean(axis + 1, dtype=np.float64)
    return values


def _check_sides(values: np.ndarray, still: int, setting: str) -> None:
    if still >= values.ndim - 1:
        raise UserError(
            f"Signal file: `{setting}` is for pictures and volumes, and this is a sound.",
            "Use `first` and `length`.",
        )
