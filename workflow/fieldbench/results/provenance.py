"""Where a file comes from: the facts it carries, and the check that its inputs are as planned.

A folder of results may hold files of two versions of the code, or of two presets: copied from
elsewhere, or kept through an upgrade without what Snakemake noted of them. Each job therefore
compares what its inputs say of themselves with what is planned, and takes no others.
"""

import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldbench.plan import processor
from fieldbench.plan.entries.digests import installed
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.fingerprint import fingerprint
from fieldbench.results import store

NAMED = 3  # files that a message names


def facts(
    params: Mapping[str, Any],
    inputs: Mapping[str, Sequence[str]],
    planned: Sequence[str] = (),
) -> dict[str, Any]:
    """The facts of origin that a file made with these parameters carries.

    `inputs` are the job's HDF5 files by their kind, `planned` their origins in the same order.
    Raises a UserError that names those that were made otherwise.
    """
    check(inputs, planned)
    return {
        "origin": fingerprint(params, planned),
        "made_of": {k: [store.digest(f) for f in files] for k, files in inputs.items()},
        "versions": versions(params["libraries"]),
        **processor.facts(),
    }


def check(inputs: Mapping[str, Sequence[str]], planned: Sequence[str]) -> None:
    """Raise a UserError that names the inputs whose origin is not the planned one."""
    wanted = iter(planned)
    for kind, files in inputs.items():
        named = [next(wanted) for _ in files]
        stale = [f for f, own in zip(files, named, strict=True) if found(f, kind) != own]
        if stale:
            raise otherwise(kind, stale, len(files))
    if list(wanted):
        raise ValueError("more origins are planned than there are inputs")


def found(path: str | Path, kind: str) -> str | None:
    """The origin that a file carries; None where it was written before files carried one."""
    return store.facts(path, kind).get("origin")


def otherwise(kind: str, stale: Sequence[str], among: int) -> UserError:
    """Two sentences about files that other code or other settings than the planned made."""
    what = f"{among} {kind}s" if among > 1 else f"1 {kind}"
    were = "was" if len(stale) == 1 else "were"
    shown = ", ".join(map(str, stale[:NAMED])) + (" and others" if len(stale) > NAMED else "")
    parts = Path(stale[0]).parts
    root = Path(*parts[: parts.index(f"{kind}s")]) if f"{kind}s" in parts else Path(stale[0]).parent
    return UserError(
        f"{len(stale)} of {what} {were} made by other code or settings than planned: {shown}.",
        f"`snakemake explain --config of={root}` lists every such file and says how to remove "
        "them; then run the same command again, which makes these anew.",
    )


def versions(libraries: Iterable[str]) -> dict[str, str | None]:
    """Python's version, and those of libraries as they are installed here."""
    return {"python": platform.python_version()} | {n: installed(n) for n in libraries}


def sources(files: Iterable[str | Path]) -> list[dict[str, str]]:
    """The name and the SHA-256 of each data file behind a signal."""
    return [{"file": Path(f).name, "sha256": sha256(f)} for f in files]


def sha256(path: str | Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
