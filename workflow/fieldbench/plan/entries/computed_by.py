"""What computes the numbers of a job's result: code, libraries, processor."""

from typing import Any

from fieldbench.plan import processor
from fieldbench.plan.entries import digests


def computed_by(script: str, *entries: tuple[str, str], backend: str = "torch") -> dict[str, Any]:
    """The parameters that tell what computes: any change of them computes anew.

    `libraries` are those whose versions are in the digest `code`; results record the same ones.
    """
    return {
        "code": digests.stage(script, *entries, backend=backend),
        "libraries": digests.versions(script, *entries, backend=backend),
        "processor": processor.planned(),
    }
