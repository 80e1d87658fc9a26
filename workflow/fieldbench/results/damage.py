"""Find damaged files among results and delete them, so that the next run makes them anew."""

from pathlib import Path

from fieldbench.plan.errors import UserError
from fieldbench.results import finished_copies, store


def clear(root: Path) -> str:
    """Delete the damaged files below a folder of results, and name each.

    What is made from a file is made again with it. So that no fit is trained again for the sake of
    its observation, the whole ones are kept aside: they are taken over where they fit.
    """
    files = sorted(f for f in root.rglob("*.h5") if not f.name.startswith("."))
    damaged = [file for file in files if not _is_whole(file)]
    if not damaged:
        return f"All {len(files)} HDF5 files below {root} are as they were written."
    if any(_stage(file, root) != "fits" for file in damaged):
        for file in files:
            if _stage(file, root) == "fits" and file not in damaged:
                finished_copies.keep(file)
    for file in damaged:
        file.resolve().unlink(missing_ok=True)  # in a cache, too, where it is a link to there
        file.unlink(missing_ok=True)
    names = " ".join(map(str, damaged))
    return (
        f"{len(damaged)} of {len(files)} HDF5 files below {root} were damaged and are deleted. "
        "Run the same command again, which makes those anew that it needs; all of them: "
        f"snakemake --cores all {names}"
    )


def _stage(file: Path, root: Path) -> str:
    """The kind of a result, which its first folder tells."""
    return file.relative_to(root).parts[0]


def _is_whole(file: Path) -> bool:
    try:
        store.check(file)
    except UserError:
        return False
    return True
