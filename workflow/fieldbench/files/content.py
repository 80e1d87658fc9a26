"""What a file holds, and which part of it is asked for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Content:
    """The values of a file as they are stored, and what the file says of them."""

    values: "np.ndarray"
    holds: str = "intensities"  # or amplitudes, of sounds; frames, of videos; distances, of meshes
    channels: bool | None = None  # whether the last axis is channels; None: the file does not say
    rate: float | None = None  # samples or frames a second along the first axis
    spacing: tuple[float, ...] | None = None  # between samples, along each axis
    # What the file means by black and white, or by the two ends of a sound; None: it says nothing.
    full: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()  # sentences on what was done to the values


@dataclass(frozen=True)
class Wanted:
    """The part of a file that is asked for."""

    key: str | None = None  # of a file that holds several arrays
    first: int = 0  # along the first axis
    length: int | None = None  # so many along the first axis; of a mesh, samples a side
    mesh: str = "occupancy"  # or distance: what a mesh becomes
