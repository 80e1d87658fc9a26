"""An estimate of the time that a run still takes, told only once it can be relied on.

What a job will take is read off those of its kind that have ended: the time of a fit goes by its
expected arithmetic, any other job takes what is usual of its kind. Where hardly any has ended yet
there are bounds only. As many jobs run at a time as did so far. What happens before the first job
ends is left out: then libraries are loaded.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Collection, Mapping

OVERHEAD = 3e9  # what a fit costs beside its arithmetic, in operations of a usual core
UNKNOWN = 1.0, 5.0  # seconds of a job, at least and at most, where nothing is known of its kind
UNSURE = 3.0  # a factor by which a fit may take longer or less than those of other models
FEW = 3  # jobs of a kind that must have ended for it to be known
SHARE = 0.2  # of the whole time that must be over
NEAR = 1.4  # the factor by which the middle of both bounds may be off
AGREED = 1.15  # how far estimates of the whole time may lie apart
APART = 0.15  # of the whole time, over which they are compared


class TimeLeft:
    """The time left of a run of jobs, each a kind and an expected arithmetic."""

    def __init__(self, jobs: Mapping[int, tuple[str, float]]):
        self.jobs = dict(jobs)
        self.rates: dict[str, list[float]] = defaultdict(list)  # by kind: seconds for a unit
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
            kind, work = self.jobs.get(number, ("", 0.0))
            self.rates[kind].append((ended - began) / (OVERHEAD + work))
            self.busy += ended - began

    def tell(self, now: float, running: Mapping[int, float], failed: Collection[int]) -> float:
        """The seconds left, or NaN while nobody can say; `running` has when each job began."""
        ages = {n: now - max(began, self.warm) for n, began in running.items()}
        busy = self.busy + sum(ages.values())
        if not self.busy:
            return math.nan
        bounds = {kind: self._bounds(kind) for kind, _ in self.jobs.values()}
        least = most = 0.0
        for number, (kind, work) in self.jobs.items():
            if number not in self.ended and number not in failed:
                low, high = (rate * (OVERHEAD + work) for rate in bounds[kind])
                age = ages.get(number, 0.0)
                least, most = least + max(low - age, 0.0), most + max(high - age, 0.0)
        left = math.sqrt(least * most) * (now - self.warm) / busy
        agreed = self._agrees(now, now + left)
        relied = agreed and now >= SHARE * (now + left) and most <= NEAR**2 * least
        return left if relied else math.nan

    def _bounds(self, kind: str) -> tuple[float, float]:
        """The least and the most seconds for a unit of what a job of a kind costs."""
        rates = self.rates.get(kind, [])
        if len(rates) >= FEW:
            # Of late, for a machine may have become busier.
            usual = statistics.fmean(rates[-max(FEW, len(rates) // 2) :])
            return usual, usual
        rule = kind.split()[0]
        alike = [r for k, rates in self.rates.items() if k.split()[:1] == [rule] for r in rates]
        if len(alike) >= FEW:
            usual = statistics.fmean(alike)
            return usual / UNSURE, usual * UNSURE
        return UNKNOWN[0] / OVERHEAD, UNKNOWN[1] / OVERHEAD

    def _agrees(self, now: float, whole: float) -> bool:
        """Whether the whole time is about what it was told to be since some time ago."""
        self.wholes.append((now, whole))
        while len(self.wholes) > 1 and self.wholes[1][0] <= now - APART * whole:
            del self.wholes[0]
        told = [w for _, w in self.wholes]
        return now - self.wholes[0][0] >= APART * whole and max(told) <= AGREED * min(told)
