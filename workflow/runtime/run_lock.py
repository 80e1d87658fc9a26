"""One run at a time on the results of a preset, and what is said to a second one.

Beside Snakemake's own lock, which two runs that begin together may both find free, which outlives
its owner, and which any run that ends takes from all: here the system holds the lock, and it goes
with the process.
"""

import fcntl
import os
from pathlib import Path

from fieldbench.plan.errors import UserError

STATE = Path(".snakemake")
_held = []  # open until this process ends


def claim(preset: str) -> None:
    """Take the preset's lock for as long as this process lives."""
    file = open(_file(preset), "a+")  # noqa: SIM115
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UserError(
            f"Snakemake {_owner(preset)} is already at work on {preset}.", _todo(preset)
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    _held.append(file)


def explain_locks(preset: str) -> str:
    """What stands behind a lock of Snakemake's that is there; empty where there is none."""
    if not any((STATE / "locks").glob("*")):
        return ""
    try:
        with open(_file(preset)) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return ""
    except OSError:
        return f"Snakemake {_owner(preset)} is already at work on {preset}. {_todo(preset)}"
    return (
        "A run that was killed has left a lock. `make run` clears it; so does "
        "`python workflow/recover.py`, and then the same command."
    )


def _file(preset: str) -> Path:
    STATE.mkdir(exist_ok=True)
    return STATE / f"{preset}.running"


def _owner(preset: str) -> str:
    return f"(process {_file(preset).read_text()})"


def _todo(preset: str) -> str:
    return f"Wait for it, or stop it with: kill -INT {_file(preset).read_text()}"
