"""A video as an MP4 file (H.264): every player plays it, and its bytes repeat."""

import io
import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from fieldbench.exports._given import Given
from fieldbench.figures.parts import stamp as stamps
from fieldbench.results.store import write_whole

SMALLEST = 240  # pixels of a frame's shorter side: a smaller one is enlarged
NTSC = 1001  # television has 30,000 frames in so many seconds, which a float only nears
QUALITY = "10"  # x264's constant rate factor: about what the eye can tell from none


class Export:
    """Writes a video, true or a fit's, to be watched."""

    path = "{task}/{family}/{piece}.mp4"
    folder = "videos"
    holds = ("frames",)  # what the signal is of

    def write(self, given: Given, path: str | Path) -> None:
        plan = given.plan
        save(given.values, plan["shape"], plan["rate"], path, given.stamp)


def save(
    values: np.ndarray | None,
    shape: Sequence[int],
    rate: float,
    path: str | Path,
    origin: stamps.Stamp | None = None,
) -> None:
    """Write colours or greys (frames, rows, columns, channels), clamped to [0, 1] as scored.

    None, where a fit failed, is black of that shape; so is every value that is no number. Each
    sample of a small video becomes a square of an even number of pixels, because players blur what
    they enlarge, and the format keeps one colour for every two by two.
    """
    values = np.zeros(shape) if values is None else np.nan_to_num(values, posinf=1, neginf=0)
    short = min(values.shape[1:3])
    times = 1 if short >= SMALLEST else 2 * math.ceil(SMALLEST / short / 2)
    buffer = io.BytesIO()
    # Without `bitexact` the file would tell the versions of what wrote it.
    with av.open(buffer, "w", format="mp4", container_options={"fflags": "+bitexact"}) as video:
        if origin is not None:
            video.metadata["comment"] = stamps.text(origin, ("numpy", "av"))
        speed = Fraction(rate).limit_denominator(NTSC)
        stream = video.add_stream(
            "libx264", rate=speed, options={"crf": QUALITY, "preset": "medium"}
        )
        # One thread: the pictures may depend on how many there are.
        stream.codec_context.thread_count = 1
        stream.pix_fmt = "yuv420p"
        for number, frame in enumerate(values):
            picture = av.VideoFrame.from_ndarray(_pixels(frame, times), format="rgb24")
            if not number:
                stream.height, stream.width = picture.height, picture.width
            video.mux(stream.encode(picture))
        video.mux(stream.encode())
    write_whole(path, buffer.getvalue())


def _pixels(frame: np.ndarray, times: int) -> np.ndarray:
    """A frame as RGB of 8 bits, enlarged, its sides made even by repeating the last pixels."""
    colours = np.rint(np.clip(frame, 0, 1) * 255).astype(np.uint8)
    colours = np.repeat(colours[..., :1], 3, -1) if colours.shape[-1] != 3 else colours
    large = colours.repeat(times, 0).repeat(times, 1)
    odd = [(0, side % 2) for side in large.shape[:2]]
    return np.ascontiguousarray(np.pad(large, [*odd, (0, 0)], mode="edge"))
