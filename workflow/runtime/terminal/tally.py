"""The count of a run's jobs: which are due, which run, which are done and which have failed."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runtime.terminal.time_left import TimeLeft

_FRESH = 1.0  # seconds for which an estimate of the time left is shown


@dataclass(frozen=True)
class Goal:
    """The jobs that a run is about, as their count is told."""

    rules: frozenset[str] = frozenset()  # whose jobs they are
    noun: str = "jobs"
    made: int = 0  # how many are there before the run


@dataclass(frozen=True)
class Job:
    """One job of a run."""

    rule: str
    name: str  # in words
    log: str = ""
    work: float = 0.0  # expected arithmetic
    model: str = ""  # of a fit

    @property
    def kind(self) -> str:
        """Which jobs take a like time."""
        return f"{self.rule} {self.model}".strip()


class Tally:
    """The state of a run, as the events of its jobs tell it. Moments are seconds since it began."""

    def __init__(self, jobs: Mapping[int, Job], goal: Goal):
        self.jobs, self.goal = dict(jobs), goal
        self.running: dict[int, float] = {}  # when each began
        self.done: set[int] = set()
        self.failed: set[int] = set()
        self.notes: dict[str, str] = {}  # by a job's log: how far it says it is
        self._own = {n for n, job in self.jobs.items() if job.rule in goal.rules}
        self._began = time.monotonic()
        self._left = TimeLeft({n: (job.kind, job.work) for n, job in self.jobs.items()})
        self._told = 0.0, float("nan")  # when the time left was estimated, and it

    def now(self) -> float:
        """The seconds since the run began."""
        return time.monotonic() - self._began

    def begin(self, number: int, job: Job) -> None:
        """Note that a job has begun, be it once more; it is taken as given where it is not due."""
        self.jobs.setdefault(number, job)
        self.failed.discard(number)
        self.running[number] = self.now()

    def finish(self, number: int) -> None:
        """Note that a job is done."""
        began = self.running.pop(number, None)
        self.done.add(number)
        if began is not None:
            self._left.learn(number, began, self.now())

    def give_up(self, number: int) -> None:
        """Note that a job has ended and was not done, be it by another's fault."""
        self.running.pop(number, None)

    def fail(self, number: int) -> None:
        """Note that a job has failed."""
        self.give_up(number)
        self.failed.add(number)

    @property
    def reached(self) -> int:
        """How many of the goal are there."""
        return self.goal.made + self.count(self.done)

    @property
    def total(self) -> int:
        """How many of the goal there will be in all."""
        return self.goal.made + len(self._own)

    @property
    def others(self) -> tuple[int, int]:
        """How many jobs beside the goal's are done, and how many there are."""
        return len(self.done) - self.count(self.done), len(self.jobs) - len(self._own)

    def count(self, numbers: Iterable[int]) -> int:
        """How many of some jobs are the goal's."""
        return len(self._own.intersection(numbers))

    def seconds_left(self) -> float:
        """The seconds left of the run, or NaN while nobody can say."""
        now = self.now()
        if now > self._told[0] + _FRESH:
            self._told = now, self._left.tell(now, self.running, self.failed)
        return self._told[1] - (now - self._told[0])
