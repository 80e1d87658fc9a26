"""Snakemake's cache between workflows, as far as it is ours to check: its folder, and links to it.

The cache is on where `SNAKEMAKE_OUTPUT_CACHE` names its folder. Each result then lies there, under
a name made of all that decides it, and the results folder holds a link.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from fieldbench.plan.errors import UserError
from fieldbench.plan.outputs import cached_folders

VARIABLE = "SNAKEMAKE_OUTPUT_CACHE"
ROOM = 2**28  # bytes that must be free: one job's result, and those of its neighbours


def folder() -> str | None:
    """The cache's folder, as it is named; None where there is no cache."""
    return os.environ.get(VARIABLE) or None


def check() -> None:
    """Raise a UserError, before any work, where the cache could not keep a result."""
    named = folder()
    if named is None:
        return
    path = Path(named)
    if not path.is_absolute():
        raise UserError(
            f"{VARIABLE} is {named}, which counts from whatever folder a job is in.",
            f"Name it from the root: export {VARIABLE}={path.absolute()}",
        )
    if not path.is_dir():
        raise UserError(
            f"The folder {named}, which {VARIABLE} names, is not there.",
            "Make it, for all who shall share it, or unset the variable to run without.",
        )
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise UserError(
            f"The cache {named} may not be written to by you.",
            f"Have its owner run: chmod g+rwxs {named} (and you be of its group), or unset "
            f"{VARIABLE} to run without.",
        )
    disk = os.statvfs(path)
    if disk.f_bavail * disk.f_frsize < ROOM:
        raise UserError(
            f"The disk of the cache {named} is full: less than {ROOM >> 20} MiB are free.",
            f"Free some space there, or unset {VARIABLE} to run without; finished files are kept.",
        )


def drop_dead_links(root: str) -> list[str]:
    """Delete links among a run's results whose cache entry is gone, so that they are made anew.

    Where the whole folder of the entries is gone, as when its disk is not mounted, none is taken
    out and a UserError says so.
    """
    dead = [link for link in _links(root) if not link.exists()]
    away = sorted({str(link.readlink().parent) for link in dead if not _has_folder(link)})
    if away:
        raise UserError(
            f"Results in {root} are links into {', '.join(away)}, which is not there.",
            f"Bring it back; if it is gone for good, make them anew after: "
            f"find {root} -xtype l -delete",
        )
    for link in dead:
        link.unlink(missing_ok=True)
    return [str(link) for link in dead]


def _has_folder(link: Path) -> bool:
    return link.readlink().parent.is_dir()


def _links(root: str) -> Iterator[Path]:
    """The results below a run's folder that are links with a full name, as Snakemake makes them."""
    for part in cached_folders():
        for place, _, names in os.walk(Path(root, part)):
            files = (Path(place, name) for name in names)
            yield from (f for f in files if f.is_symlink() and f.readlink().is_absolute())
