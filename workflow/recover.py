"""Make this folder ready to run again after a kill: no orphans, no dead owner's lock, no scraps.

A run that is still alive is left alone, and said so. What is to be cleared is listed before the
processes are, so that nothing of a run which begins this very moment is taken for a dead one's.
"""

import sys
from pathlib import Path

import psutil

PATIENCE = 10  # seconds for orphans to go


def main(folder: Path) -> None:
    """Recover one working folder."""
    locks = list((folder / ".snakemake" / "locks").glob("*"))
    scraps = list((folder / "results").rglob(".*.partial"))
    processes = at_work(folder)
    alive = [p for p in processes if is_snakemake(p)]
    if alive:
        sys.exit(
            f"Snakemake is already running in this folder (process {alive[0].pid}). "
            f"Wait for it, or stop it with: kill -INT {alive[0].pid}"
        )
    orphans = [p for p in processes if _is_job(p, folder)]
    for process in orphans:
        process.kill()
    psutil.wait_procs(orphans, timeout=PATIENCE)
    if orphans:
        print(f"Stopped {len(orphans)} jobs that a killed run had left behind.")
    for left in (*locks, *scraps):
        left.unlink(missing_ok=True)
    if locks:
        print("Cleared the lock of a run that is no more.")


def at_work(folder: Path) -> list[psutil.Process]:
    """This user's processes that work in the folder, but this one and its parents."""
    own = psutil.Process()
    ours = {own.pid, *(p.pid for p in own.parents())}
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid not in ours and Path(process.cwd()) == folder:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # another user's, or already gone
    return found


def is_snakemake(process: psutil.Process) -> bool:
    words = _words(process)
    return any(Path(w).name == "snakemake" for w in words[:3]) and "--unlock" not in words


def _is_job(process: psutil.Process, folder: Path) -> bool:
    """A script of Snakemake's, or the warm process and what it forked."""
    words = " ".join(_words(process))
    return str(folder / ".snakemake" / "scripts") in words or "_warm.py" in words


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


if __name__ == "__main__":
    main(Path.cwd())
