"""Make this folder ready to run again after a kill: no orphans, no dead owner's lock, no scraps.

Orphans are processes of this machine, and jobs that Slurm runs for this folder where there is one.
A run that is still alive is left alone, and said so, unless it was told to end so long ago that it
is stuck. Results are looked for where config/config.yaml has them: a folder that was named on a
command line only (`--config results=...`) cannot be known here, and keeps its scraps, which do no
harm. What is to be cleared is listed before the
processes are, so that nothing of a run which begins this very moment is taken for a dead one's.
"""

import fcntl
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
from runtime import ending

from fieldbench.plan.config import presets
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.errors import UserError

GRACE = 3  # seconds for what a run started to end with it, by itself
PATIENCE = 10  # seconds for orphans to go
SLURMS_PATIENCE = 180  # seconds for Slurm to end jobs: it asks them first
PROFILE = presets.CONFIG.parent / "slurm" / "config.yaml"
PREFIX = "fieldbench_"  # of the names that slurm/config.yaml gives to jobs


def main(folder: Path) -> None:
    """Recover one working folder."""
    locks = list((folder / ".snakemake" / "locks").glob("*"))
    scraps = list(results_of(folder).rglob(".*.partial"))
    processes = at_work(folder)
    alive = end_stuck([p for p in processes if is_snakemake(p)], folder)
    if alive:
        sys.exit(
            f"Snakemake is already running in this folder (process {alive[0].pid}). "
            f"Wait for it, or stop it with: kill -INT {alive[0].pid}"
        )
    if elsewhere := claimed(folder):
        sys.exit(
            f"A run on another machine is at work on {elsewhere} in this folder. "
            "Wait for it, or stop it there with Ctrl-C."
        )
    cancel_jobs(folder)
    # The warm process of a run that ended this very moment is on its way out.
    _, left = psutil.wait_procs([p for p in processes if _is_job(p, folder)], timeout=GRACE)
    orphans = [p for p in left if not _is_over(p)]
    for process in orphans:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(orphans, timeout=PATIENCE)
    if orphans:
        print(f"Stopped {_counted(orphans)} that a killed run had left behind.")
    for scrap in (*locks, *scraps):
        scrap.unlink(missing_ok=True)
    if locks:
        print("Cleared the lock of a run that is no more.")


def results_of(folder: Path) -> Path:
    """The folder of results, as config/config.yaml names it."""
    try:
        return folder / presets.read_config(read_yaml(presets.CONFIG / "config.yaml")).results
    except UserError as error:
        sys.exit(str(error))


def end_stuck(alive: list[psutil.Process], folder: Path) -> list[psutil.Process]:
    """Kill the runs that were told to end long ago and did not; the others are returned."""
    stuck = [p for p in alive if ending.is_overdue(p, folder)]
    for process in stuck:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stuck, timeout=PATIENCE)
    if stuck:
        print(f"Stopped a run that was told to end and was stuck (process {stuck[0].pid}).")
    return [p for p in alive if p not in stuck]


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
    """A run, that is; not what a run starts for its jobs."""
    words = _words(process)
    named = any(Path(w).name == "snakemake" for w in words[:3])
    return named and not {"--unlock", "--mode"} & set(words)


def claimed(folder: Path) -> str:
    """The preset that a living run holds, wherever in the network it lives; usually none."""
    for lock in (folder / ".snakemake").glob("*.running"):
        with open(lock) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return lock.stem
    return ""


def cancel_jobs(folder: Path) -> None:
    """End what Slurm still runs, or was going to run, for this folder's runs."""
    jobs = jobs_of(folder)
    if not jobs:
        return
    subprocess.run(["scancel", "--quiet", *jobs], check=False)
    end = time.monotonic() + SLURMS_PATIENCE
    while left := jobs_of(folder):
        if time.monotonic() > end:
            sys.exit(
                f"Slurm has been told to end its jobs {', '.join(left)} and has not yet. "
                "Wait until `squeue --me` shows them no more, and run this again."
            )
        time.sleep(1)
    print(f"Cancelled {len(jobs)} jobs of Slurm's that a killed run had left behind.")


def jobs_of(folder: Path) -> list[str]:
    """Ids of this user's jobs of Slurm, pending and running, that runs in the folder have sent."""
    if not shutil.which("squeue"):
        return []
    shown = subprocess.run(
        ["squeue", "--me", "--noheader", "--format=%i %j %Z"], capture_output=True, text=True
    )
    if shown.returncode and has_used_slurm(folder):
        sys.exit(
            "Slurm does not answer, so jobs that it may still run for this folder cannot be ended: "
            f"{shown.stderr.strip()}. Run this again when `squeue` answers."
        )
    jobs = (line.split(" ", 2) for line in shown.stdout.splitlines())
    return [job for job, name, where in jobs if name.startswith(PREFIX) and Path(where) == folder]


def has_used_slurm(folder: Path) -> bool:
    """Whether jobs were sent from here: then their logs are where slurm/config.yaml has them."""
    profile = PROFILE.read_text(encoding="utf-8")
    named = re.search(r"^slurm-logdir: (.+)$", profile, re.MULTILINE)
    return (folder / named[1].strip()).exists() if named else True


def _is_job(process: psutil.Process, folder: Path) -> bool:
    """A script of Snakemake's, or the warm process and what it forked."""
    words = " ".join(_words(process))
    return str(folder / ".snakemake" / "scripts") in words or "fork_server.py" in words


def _is_over(process: psutil.Process) -> bool:
    """Whether a process has ended, if nobody has taken notice of it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _counted(jobs: list[psutil.Process]) -> str:
    return "a job" if len(jobs) == 1 else f"{len(jobs)} jobs"


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


if __name__ == "__main__":
    main(Path.cwd())
