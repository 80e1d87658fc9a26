"""An estimate of the time that a run still takes, told only once it can be relied on.

What a job will take is read off those of its rule that have ended: the time of a fit goes by its
expected arithmetic, any other job takes what is usual of its rule. As many jobs run at a time as
did so far. What happens before the first job ends is left out: then libraries are loaded.
"""

import statistics
from collections import defaultdict
from collections.abc import Collection, Mapping

OVERHEAD = 3e9  # what a fit costs beside its arithmetic, in operations of a usual core
SHARE = 0.2  # of the whole time that must be over
KNOWN = 0.7  # of the time left that must be of rules whose jobs have ended a few times
FEW = 5  # such times
AGREED = 1.15  # how far estimates of the whole time may lie apart
APART = 0.15  # of the whole time, over which they are compared


class TimeLeft:
    """The time left of a run of jobs, each a rule and an expected arithmetic."""

    def __init__(self, jobs: Mapping[int, tuple[str, float]]):
        self.jobs = dict(jobs)
        self.rates: dict[str, list[float]] = defaultdict(list)  # by rule: seconds for a unit
        self.warm = 0.0  # the moment when the first job had ended
        self.busy = 0.0  # seconds of all ended jobs that began after that
        self.ended: set[int] = set()
        self.wholes: list[tuple[float, float]] = []  # moments, and the whole time as told then

    def learn(self, number: int, began: float, ended: float) -> None:
        """Take note of a job that has ended, in seconds since the run began."""
        if not self.ended:
            self.warm = ended
        self.ended.add(number)
        if began >= self.warm:
            rule, work = self.jobs.get(number, ("", 0.0))
            self.rates[rule].append((ended - began) / (OVERHEAD + work))
            self.busy += ended - began

    def tell(self, now: float, running: Mapping[int, float], failed: Collection[int]) -> float:
        """The seconds left, or NaN while nobody can say; `running` has when each job began."""
        ages = {n: now - max(began, self.warm) for n, began in running.items()}
        busy = self.busy + sum(ages.values())
        if not self.busy:
            return float("nan")
        usual = {rule: _usual(rates) for rule, rates in self.rates.items()}
        unknown = statistics.median(usual.values())
        rest = dict.fromkeys(usual, 0.0)
        for number, (rule, work) in self.jobs.items():
            if number not in self.ended and number not in failed:
                expected = usual.get(rule, unknown) * (OVERHEAD + work)
                rest[rule] = rest.get(rule, 0.0) + max(expected - ages.get(number, 0.0), 0.0)
        whole_rest = sum(rest.values())
        left = whole_rest * (now - self.warm) / busy
        known = sum(s for rule, s in rest.items() if len(self.rates.get(rule, ())) >= FEW)
        agreed = self._agrees(now, now + left)
        relied = agreed and known >= KNOWN * whole_rest and now >= SHARE * (now + left)
        return left if relied else float("nan")

    def _agrees(self, now: float, whole: float) -> bool:
        """Whether the whole time is about what it was told to be since some time ago."""
        self.wholes.append((now, whole))
        while len(self.wholes) > 1 and self.wholes[1][0] <= now - APART * whole:
            del self.wholes[0]
        told = [w for _, w in self.wholes]
        return now - self.wholes[0][0] >= APART * whole and max(told) <= AGREED * min(told)


def _usual(rates: list[float]) -> float:
    """What is usual of late, for a machine may have become busier: of the last half, the mean."""
    return statistics.fmean(rates[-max(FEW, len(rates) // 2) :])
