"""Finished copies: a fit has a second, hidden name until it has been scored.

Whoever runs a workflow removes the output of a job that it did not see the end of, and on a
cluster the outputs of a whole group of jobs when one of them fails. The second name, which it does
not know of, is a hard link and takes no space; where a file system has none, it is a copy.
"""

import contextlib
import os
from pathlib import Path

from fieldbench.plan.errors import UserError
from fieldbench.results import store


def path_of(fit: str | Path) -> Path:
    """The hidden name of a fit: that of its finished copy."""
    fit = Path(fit)
    return fit.with_name(f".{fit.name}.kept")


def take(fit: str | Path, identity: str) -> bool:
    """Make a fit from its finished copy, if there is one, whole and of that identity."""
    kept = path_of(fit)
    try:
        if store.facts(kept, "fit").get("identity") == identity:
            give(fit)
            return True
    except UserError:  # damaged, or simply not there
        pass
    drop(fit)
    return False


def give(fit: str | Path) -> None:
    """Give the finished copy the name of the fit as well."""
    Path(fit).unlink(missing_ok=True)
    _link(path_of(fit), Path(fit))


def keep(fit: str | Path) -> None:
    """Make the finished copy of a fit that is there."""
    drop(fit)
    _link(Path(fit).resolve(), path_of(fit))


def drop(fit: str | Path) -> None:
    """Delete the finished copy of a fit that is scored, or no good."""
    with contextlib.suppress(OSError):  # not there, or in a folder that has been locked since
        path_of(fit).unlink()


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:
        store.write_whole(new, old.read_bytes())
