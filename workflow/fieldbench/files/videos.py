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
USUAL_RATE = 25.0  # frames a second, of a video that does not say


def read(path: Path, wanted: Wanted) -> Content:
    """The frames that are asked for, RGB: (frames, rows, columns, 3)."""
    import av

    checks.no_key(path, wanted)
    try:
        frames, rate, turn = _frames(path, wanted)
    except av.FFmpegError as error:
        raise checks.unreadable(path, str(error.strerror).lower()) from error
    values, notes = _upright(np.stack(frames), turn)
    if rate is None:
        rate, notes = USUAL_RATE, (*notes, f"it tells no rate: {USUAL_RATE:g} a second were taken")
    return Content(values, "frames", True, rate=rate, full=(0, 255), notes=notes)


def _frames(path: Path, wanted: Wanted) -> tuple[list[np.ndarray], float | None, int]:
    """The frames, how many a second there are, and by how many degrees they lie turned."""
    import av

    found: list[np.ndarray] = []
    seen = turn = 0
    with open(path, "rb") as file, av.open(file, "r", FORMATS[path.suffix.lower()]) as video:
        if not video.streams.video:
            raise UserError(f"{path} holds no pictures.", "Give a video.")
        stream = video.streams.video[0]
        rate = stream.average_rate or stream.guessed_rate
        sides = (stream.height, stream.width)
        checks.bounded(path, sides)
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
    return found, float(rate) if rate else None, turn


def _upright(values: np.ndarray, turn: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Frames as they are looked at, where the file says that they were taken on their side."""
    if turn % 90 or not turn:
        return values, ()
    # Counted against the clock, as numpy's turns are.
    return np.rot90(values, turn // 90, axes=(1, 2)), (f"turned by {turn} degrees, as it says",)
