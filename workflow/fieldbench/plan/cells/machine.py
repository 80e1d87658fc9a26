"""The devices of this machine, which a plan depends on."""

import os
from itertools import takewhile
from pathlib import Path


def gpus() -> list[str]:
    """The NVIDIA devices that may be used, as CUDA_VISIBLE_DEVICES names them, or all by number."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None:
        return [str(number) for number, _ in enumerate(Path("/dev").glob("nvidia[0-9]*"))]
    names = (name.strip() for name in named.split(","))
    # As CUDA reads it: what follows a name that is none is not seen.
    return list(dict.fromkeys(takewhile(lambda name: name not in ("", "-1"), names)))
