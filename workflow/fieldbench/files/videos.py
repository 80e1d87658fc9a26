"""Videos by av: frames one after the other, and how many a second."""

from pathlib import Path

import numpy as np

from fieldbench.files import checks
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError

# The decoder of each ending, named so that no file can choose one that reads other files.
FORMATS = {
    ".mp4": "mov",
    ".mov": "mov",
    ".m4v": "mov",
    ".mkv": "matroska",
    ".webm": "matroska",
    ".avi": "avi",
}


def read(path: Path, wanted: Wanted) -> Content:
    """The frames that are asked for, RGB: (frames, rows, columns, 3)."""
    import av

    checks.no_key(path, wanted)
    with open(path, "rb") as file, av.open(file, "r", FORMATS[path.suffix.lower()]) as video:
        if not video.streams.video:
            raise UserError(f"{path} holds no pictures.", "Give a video.")
        stream = video.streams.video[0]
        rate = stream.average_rate or stream.guessed_rate
        sides = (stream.height, stream.width)
        checks.bounded(path, sides)
        found, seen, turn = [], 0, 0
        for frame in video.decode(stream):
            seen += 1
            if seen <= wanted.first:
                continue
            if (frame.height, frame.width) != sides:
                raise UserError(f"{path} has frames of several sizes.", "Give a video with one.")
            found.append(frame.to_ndarray(format="rgb24"))
            checks.bounded(path, (len(found), *sides))
            turn = round(frame.rotation) % 360
            if len(found) == wanted.length:
                break
    if not found or len(found) < (wanted.length or 1):
        checks.taken(path, seen, wanted)
        raise checks.unreadable(path, "it holds no frames")
    values, notes = _upright(np.stack(found), turn)
    speed = float(rate) if rate else None
    return Content(values, "frames", True, rate=speed, full=(0, 255), notes=notes)


def _upright(values: np.ndarray, turn: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Frames as they are looked at, where the file says that they were taken on their side."""
    if turn % 90 or not turn:
        return values, ()
    # Counted against the clock, as numpy's turns are.
    return np.rot90(values, turn // 90, axes=(1, 2)), (f"turned by {turn} degrees, as it says",)
