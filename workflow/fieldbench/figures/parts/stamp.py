"""What a table or a figure says of where it comes from, in a line: the same for the same inputs."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

Stamp = Mapping[str, Any]  # preset, study, fits, code, fit_code, results, processor: as planned
LIBRARIES = ("numpy", "pandas", "matplotlib")
FORMATS = (".pdf", ".png", ".svg")

# Without these, each format records when and by which version of Matplotlib it was written.
_NO_STAMP: dict[str, dict[str, None]] = {
    ".pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None},
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
}
_KEYS = dict(zip(FORMATS, ("Subject", "Description", "Description"), strict=True))


def text(stamp: Stamp, among: Sequence[str] = LIBRARIES) -> str:
    """Whose results these are, by which code, and which libraries wrote them down."""
    fits = f"{stamp['fits']:,} fit{'s' if stamp['fits'] != 1 else ''}"
    libraries = ", ".join(f"{name} {version(name)}" for name in among)
    return (
        f"fieldbench: preset {stamp['preset']}, study {stamp['study']}, {fits}; "
        f"results {stamp['results']}, code of the fits {stamp['fit_code']}, code of this "
        f"{stamp['code']}; computed on {stamp['processor']}; "
        f"written by Python {platform.python_version()}, {libraries}."
    )


def metadata(stamp: Stamp | None, suffix: str) -> dict[str, str | None]:
    """What a figure's file says of itself; never when it was written."""
    own: dict[str, str | None] = dict(_NO_STAMP[suffix])
    return own if stamp is None else own | {_KEYS[suffix]: text(stamp)}
