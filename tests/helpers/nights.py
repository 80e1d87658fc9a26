"""A run on a Slurm whose fits hold still, so that faults meet it in a known state.

Fits hold still after their first checkpoint for as long as a file of their name lies in `held`:
each fault meets jobs of which one fit is finished and the next one half way.
"""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from helpers import runs
from helpers.runs import wait_until

RUN = ("small.yaml", runs.SMALL_SCORES)
# Jobs of four fits, which are asked after every few seconds.
SLURM = (
    *("--profile", "slurm", "--group-components", "seconds=4", "scores=10"),
    *("--slurm-init-seconds-before-status-checks", "3"),
)
GROUPS = 2  # of the eight fits of the small preset
MORE = 2000 * 2**20  # bytes that, beside what a fit takes, are more than it asks for at first
END = "    def load(self) -> dict[str, Any] | None:\n"  # comes after `save`
HOLD = '''\
        self._hold()

    def _hold(self) -> None:
        """Stay here while there is a file of this fit's name; it may tell to take memory."""
        import os

        held, ballast = Path("held", self.path.name), b""
        while held.exists():
            if not ballast and held.with_name(f"{{held.name}}.memory").exists():
                ballast = bytearray(b"1") * {more}
            told = f"{{os.getpid()}} {{bool(ballast)}} {{self.path.name}}"
            write_whole(Path("at-work", os.environ["SLURM_JOB_ID"]), told.encode())
            time.sleep(0.2)

'''


@dataclass(frozen=True)
class Held:
    """A fit that holds still: its process, whether it has taken memory, its checkpoint's name."""

    pid: int
    large: bool
    name: str

    @property
    def fit(self) -> str:
        """Its name without the endings."""
        return self.name.removeprefix(".").removesuffix(".h5.checkpoint")


@dataclass
class Night:
    """A folder whose runs are struck by faults, and the count of what was lost."""

    folder: Path
    cluster: object
    known: dict[str, str] = field(default_factory=dict)
    lost: int = 0
    again: int = 0
    jobs: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    def begin(self) -> None:
        with open(self.folder / "messages.txt", "a") as messages:
            self.process = subprocess.Popen(
                [*runs.SNAKEMAKE, RUN[1], *SLURM, "--config", f"preset={RUN[0]}"],
                cwd=self.folder,
                env=runs.surroundings(),
                stdout=messages,
                stderr=messages,
                start_new_session=True,
            )

    def end(self) -> None:
        """Wait for the run's good end."""
        assert self.process.wait(timeout=runs.LONGEST) == 0, self.messages()[-4000:]
        self.note()

    def messages(self) -> str:
        return (self.folder / "messages.txt").read_text()

    def log(self, fit: str) -> str:
        (file,) = (self.folder / "results").glob(f"*/logs/fits/*/*/{fit}.log")
        return file.read_text()

    def at_work(self) -> dict[str, Held]:
        """The fit that each job of Slurm's has last held."""
        files = [f for f in (self.folder / "at-work").iterdir() if f.name.isdigit()]
        words = {file.name: file.read_text().split() for file in files}
        return {job: Held(int(pid), large == "True", n) for job, (pid, large, n) in words.items()}

    def wait_for(self, count: int, wanted, what: str) -> dict[str, Held]:
        """So many jobs that hold a fit as is wanted of `wanted(job, held)`."""

        def there():
            assert self.process.poll() is None, f"it ended:\n{self.messages()[-4000:]}"
            found = {job: held for job, held in self.at_work().items() if wanted(job, held)}
            return found if len(found) >= count else {}

        return wait_until(there, runs.LONGEST, f"{what}:\n{self.messages()[-2000:]}")

    def half_way(self) -> dict[str, Held]:
        """Wait until each job has finished a fit and holds its next; no other fit is held then."""
        first = self.wait_for(GROUPS, lambda job, held: True, "first fits")
        self.release(*(held.name for held in first.values()))
        names = {held.name for held in first.values()}
        second = self.wait_for(GROUPS, lambda job, held: held.name not in names, "second fits")
        others = {f.name for f in (self.folder / "held").iterdir()}
        self.release(*others - {held.name for held in second.values()})
        self.note()
        assert len(self.known) >= GROUPS
        return second

    def release(self, *names: str) -> None:
        for name in names:
            (self.folder / "held" / name).unlink()

    def release_all(self) -> None:
        self.release(*(file.name for file in (self.folder / "held").iterdir()))

    def note(self) -> None:
        """Compare the finished fits with those that were known."""
        now = runs.trained(self.folder)
        self.again += sum(now.get(name, old) != old for name, old in self.known.items())
        self.lost += len(self.known.keys() - now.keys())
        self.known |= now

    def ended(self, job: str, fault: str) -> None:
        """Wait until a job is over, and note what Slurm says of it."""
        over = lambda: self.cluster.job(job)["JobState"] not in ("RUNNING", "COMPLETING")  # noqa: E731
        wait_until(over, runs.LONGEST, f"the end of job {job}, {fault}")
        self.jobs[fault] = [self.cluster.job(job)]
        self.note()

    def next_of(self, fault: str, held: Held) -> str:
        """The job that took up a fit after its last one had ended."""
        last = int(self.jobs[fault][-1]["JobId"])
        wanted = lambda job, now: int(job) > last and now.name == held.name  # noqa: E731
        (job,) = self.wait_for(1, wanted, f"a retry after {fault}")
        self.jobs[fault].append(self.cluster.job(job))
        return job


def make_holding(folder: Path) -> Path:
    """The folder, a copy of the project, with fits that can be held."""
    file = folder / "workflow/fieldbench/training/checkpoint.py"
    before = file.read_text()
    assert before.count(f"\n\n{END}") == 1
    file.write_text(before.replace(f"\n\n{END}", f"\n{HOLD.format(more=MORE)}{END}"))
    return folder


def night_of(holding: Path, cluster, to: Path) -> Night:
    """Signals and observations are there; the fits are to be made, and each shall be held."""
    folder = runs.copy_folder(holding, to / "clone")
    fits = runs.found(folder, "*/fits/**/*.h5")
    for name in ("held", "at-work"):
        (folder / name).mkdir()
    for file in fits.values():
        if not file.name.startswith(("constant", "oracle")):  # which are not trained
            (folder / "held" / f".{file.name}.checkpoint").touch()
    made = [*fits.values(), *runs.found(folder, "*/scores/**/*.h5").values()]
    for file in (*made, *runs.found(folder, "*/tables/**/*.csv").values()):
        file.unlink()
    return Night(folder, cluster)


def same(folder: Path, expected: Path) -> None:
    assert runs.digests(folder) == runs.digests(expected)
    assert (folder / RUN[1]).read_bytes() == (expected / RUN[1]).read_bytes()
    assert list((folder / "results").rglob(".*")) == []
