"""Checks that readers share. Each failure is a UserError that names the file."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fieldbench.files.content import Wanted
from fieldbench.plan.bounds import MOST_SAMPLES
from fieldbench.plan.errors import UserError

LISTED = 8  # names that a message shows
AGAIN = "Save or fetch it again."


def unreadable(path: Path, why: str) -> UserError:
    return UserError(f"{path} cannot be read: {why}.", AGAIN)


@contextmanager
def damages(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises at a damaged file into a UserError."""
    try:
        yield
    except UserError:
        raise
    except FileNotFoundError:
        raise UserError(f"{path} is not there.", "Correct `path` of the signal.") from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno and error.strerror:
            raise UserError(
                f"{path} cannot be read: {error.strerror}.",
                "Give yourself the right to read it, or name another file.",
            ) from None
        said = " ".join(str(error).split())[:200].rstrip(".!")
        raise unreadable(path, said or type(error).__name__) from error


def check_start(path: Path, *starts: bytes, at: int = 0) -> None:
    """Raise a UserError unless a file has one of these beginnings, `at` so many bytes."""
    with open(path, "rb") as file:
        file.seek(at)
        found = file.read(max(map(len, starts)))
    if not found.startswith(starts):
        raise unreadable(path, f"it does not start like a {path.suffix.lower()} file")


def bounded(path: Path, shape: Iterable[int]) -> None:
    """Raise a UserError for more samples than a signal may have, or for none."""
    samples = math.prod(map(int, shape))
    if samples > MOST_SAMPLES:
        raise UserError(
            f"{path} holds {samples:,} samples.",
            f"Read at most {MOST_SAMPLES:,}: set `first` and `length`, or give a smaller file.",
        )
    if samples == 0:
        raise UserError(f"{path} holds no samples.", "Give a file with at least one.")


def check_axes(path: Path, axes: int) -> None:
    """Refuse an array that has no axis, or more than a signal and its channels have."""
    if not 1 <= axes <= 4:
        raise UserError(
            f"{path} has {axes} axes.",
            "Give one, two or three, and one more if the last one is channels.",
        )


def taken(path: Path, total: int, wanted: Wanted) -> slice:
    """The part of the first axis that is asked for, of `total` samples."""
    end = total if wanted.length is None else wanted.first + wanted.length
    if wanted.first >= max(total, 1) or end > total:
        asked = f"from {wanted.first}" + ("" if wanted.length is None else f" to {end - 1}")
        raise UserError(
            f"{path} has {total} samples along its first axis, where those {asked} are asked for.",
            "Lower `first` or `length`; the first sample is number 0.",
        )
    return slice(wanted.first, end)


def chosen(path: Path, key: str | None, names: Sequence[str], what: str) -> str:
    """The one array of a file that `key` names; without a key, the only one there is."""
    if key is None and len(names) == 1:
        return names[0]
    shown = ", ".join(names[:LISTED]) + (" and others" if len(names) > LISTED else "")
    if not names:
        raise UserError(f"{path} holds no {what}.", "Give a file with at least one.")
    if key is None:
        raise UserError(
            f"{path} holds {len(names)} {what}s: {shown}.", "Choose one with the setting `key`."
        )
    if key not in names:
        raise UserError(
            f"{path} holds no {what} '{key}'.", f"Set `key` to one that is there: {shown}."
        )
    return key


def no_key(path: Path, wanted: Wanted) -> None:
    """Refuse a key for a file that holds one thing only."""
    if wanted.key is not None:
        raise UserError(
            f"{path} holds one array without a name, so that there is no '{wanted.key}' in it.",
            "Take `key` out.",
        )


def typed(path: Path, kind: str) -> None:
    """Refuse values that are neither numbers nor booleans; `kind` is NumPy's letter."""
    if kind not in "biuf":
        raise UserError(
            f"{path} holds values of a type that is no plain number.",
            "Save it as integers, floats or booleans.",
        )
