"""How these tests run Snakemake, and how they read what it leaves. Nothing here is pretended."""

import base64
import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from fieldbench.results import store

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SNAKEMAKE = [sys.executable, "-m", "snakemake"]
OURS = ("SNAKEMAKE_", "FIELDBENCH_")  # what the tests' own surroundings must not bring in

# Seconds, and one checkpoint after the other: for what needs many runs but not every rule.
SMALL = """\
training: {steps: 600, evaluations: 4, checkpoint_seconds: 0.05}
signals:
  noise: {kind: bandlimited, dims: 2, length: 16, label: [9]}
studies:
  main:
    question: Does it work?
    signals: [noise]
    models: [grid, siren]
    budgets: [100, 150, 200]
"""
SMALL_FITS = 8  # two models at three budgets, and the two controls
SMALL_SCORES = "results/small/tables/scores.csv"  # a target: its fits and scores, no figures
LONGEST = 600  # seconds for one run, on a machine that is busy with others


def project_files() -> list[str]:
    """Every file of the project that is not ignored, as git sees it."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


def copy_project(to: Path) -> Path:
    """A fresh clone, uncommitted work included, with the small preset in it."""
    for name in project_files():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, to / name)
    # Loops that are compiled already: their cache goes by the source's time and size, kept above.
    for cached in PROJECT.glob("workflow/fieldbench/*/__pycache__/*.nb?"):
        place = to / cached.relative_to(PROJECT)
        place.parent.mkdir(exist_ok=True)
        shutil.copy2(cached, place)
    (to / "small.yaml").write_text(SMALL)
    return to


def copy_folder(folder: Path, to: Path) -> Path:
    """A folder with all it holds; modification times and links are kept."""
    subprocess.run(["cp", "-a", str(folder), str(to)], check=True)
    return to


def surroundings() -> dict[str, str]:
    """The environment of a user who has just activated this Python."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    return kept | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def snakemake(
    folder: Path,
    preset: str,
    *words: str,
    config: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
    seconds: float = LONGEST,
) -> subprocess.CompletedProcess:
    """Run `snakemake WORDS --config preset=PRESET CONFIG` in a folder, to its end."""
    return subprocess.run(
        [*SNAKEMAKE, *words, "--config", f"preset={preset}", *config],
        cwd=folder,
        env=surroundings() | (env or {}),
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def run(folder: Path, preset: str, *words: str, **others) -> subprocess.CompletedProcess:
    """As `snakemake`, on two cores, and it must succeed."""
    done = snakemake(folder, preset, "--cores", "2", *words, **others)
    assert done.returncode == 0, f"snakemake failed in {folder}:\n{done.stderr[-4000:]}"
    return done


def begin(
    folder: Path, preset: str, *words: str, env: dict[str, str] | None = None
) -> subprocess.Popen:
    """Start a run in a session of its own, its messages in `messages.txt`."""
    with open(folder / "messages.txt", "w") as messages:
        return subprocess.Popen(
            [*SNAKEMAKE, "--cores", "2", *words, "--config", f"preset={preset}"],
            cwd=folder,
            env=surroundings() | (env or {}),
            stdout=messages,
            stderr=messages,
            start_new_session=True,
        )


def recover(folder: Path) -> subprocess.CompletedProcess:
    """Run workflow/recover.py there."""
    return subprocess.run(
        [sys.executable, "workflow/recover.py"],
        cwd=folder,
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=60,
    )


def planned(folder: Path, preset: str = "tiny") -> set[str]:
    """The files that a run would make now, below results/<preset>."""
    done = snakemake(folder, preset, "--summary")
    assert done.returncode == 0, done.stderr[-2000:]
    rows = list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))
    assert rows, f"no summary:\n{done.stdout[:500]}"
    root = f"results/{Path(preset).stem}/"
    return {row["output_file"].removeprefix(root) for row in rows if row["plan"] != "no update"}


@contextmanager
def edited(file: Path, old: str, new: str):
    """The file with one place of it changed; afterwards it is as it was, to its times."""
    before, times = file.read_text(), file.stat()
    assert before.count(old) >= 1, f"{file} does not hold {old!r}"
    file.write_text(before.replace(old, new, 1))
    try:
        yield
    finally:
        file.write_text(before)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def found(folder: Path, pattern: str) -> dict[str, Path]:
    """Files of the results by their name below results/."""
    root = folder / "results"
    files = sorted(f for f in root.glob(pattern) if not f.name.startswith("."))
    return {str(f.relative_to(root)): f for f in files}


def digests(folder: Path) -> dict[str, str]:
    """What every HDF5 file of the results holds, but for the group `timing`."""
    return {name: store.digest(file) for name, file in found(folder, "**/*.h5").items()}


def drawn(folder: Path) -> dict[str, bytes]:
    """Every table and figure, byte by byte, but those that tell times."""
    files = {**found(folder, "*/tables/**/*.*"), **found(folder, "*/figures/**/*.*")}
    timed = re.compile(r"/(timings[^/]*|rankings/.*)$|/timings/")  # with columns or axes of seconds
    return {n: f.read_bytes() for n, f in files.items() if not timed.search(n)}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """The identity of every fit file: one that is made again gets another."""
    known = {}
    for name, file in found(folder, "*/fits/**/*.h5").items():
        with suppress(FileNotFoundError):  # a live run may remove one that it makes again
            status = file.stat()
            known[name] = status.st_ino, status.st_mtime_ns
    return known


def trained(folder: Path) -> dict[str, str]:
    """What identifies every finished fit, kept ones included: its times differ in each training."""
    files = found(folder, "*/fits/**/*.h5")
    for kept in (folder / "results").glob("*/fits/**/.*.kept"):
        own = kept.with_name(kept.name[1:].removesuffix(".kept"))
        files.setdefault(str(own.relative_to(folder / "results")), kept)
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}


def incomplete(folder: Path) -> set[str]:
    """The files below results/ whose jobs Snakemake had begun and not seen the end of."""
    marks = (folder / ".snakemake/incomplete").iterdir()
    names = (base64.urlsafe_b64decode(mark.name).decode() for mark in marks if mark.is_file())
    return {name.removeprefix("results/") for name in names}


def processes(folder: Path) -> list[psutil.Process]:
    """The processes that work in a folder."""
    at_work = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == folder:
                at_work.append(process)
        except (psutil.Error, OSError):
            continue
    return at_work


def wait_until(happened, seconds: float, what: str):
    """The first true answer of `happened`, asked until then."""
    end = time.monotonic() + seconds
    while not (answer := happened()):
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)
    return answer
