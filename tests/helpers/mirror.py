"""Where the mirror of published data lies, for the tests that compare with it."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def folder() -> Path:
    """The folder that FIELDBENCH_MIRROR names, or `shared/data` beside the checkout."""
    return Path(os.environ.get("FIELDBENCH_MIRROR") or BESIDE)


def mirrored(name: str) -> Path:
    """A file of the mirror; skips the test where there is no mirror, fails where it lacks it."""
    mirror = folder()
    if not mirror.is_dir():
        pytest.skip(f"there is no mirror of the published data at {mirror}")
    path = mirror / name
    assert path.exists(), f"the mirror {mirror} lacks {name}"
    return path
