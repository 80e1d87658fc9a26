"""A fit as a file: trained, or taken over where it was finished before."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fieldbench.results import finished_copies, store
from fieldbench.results.observation import Observation
from fieldbench.training.fit import FitPlan, fit, identity


def finish(
    file: str | Path,
    observation: Observation,
    shape: tuple[int, ...],
    plan: FitPlan,
    origin: dict[str, Any] | None = None,
    alone: Callable[[], bool] = lambda: False,
    told: Callable[[], dict[str, Any]] = dict,
) -> None:
    """Write the fit of a plan, which is kept until it is scored.

    `origin` are facts of where it came from, `alone` is as for `fit`, `told` is more about its
    times. The checkpoint goes last, so that a fit which cannot be written, for want of space, goes
    on from there.
    """
    file = Path(file)
    checkpoint = file.with_name(f".{file.name}.checkpoint")
    facts = origin or {}
    who = f"{sorted(facts.items())} {identity(observation, shape, plan)}"
    who = hashlib.sha256(who.encode()).hexdigest()
    if finished_copies.take(file, who):
        print("This fit was finished before: taken over.", flush=True)
    else:
        result = fit(observation, shape, plan, checkpoint, alone)
        facts = facts | result.facts | {"identity": who}
        store.write(
            finished_copies.path_of(file), "fit", result.arrays, facts, result.timing | told()
        )
        finished_copies.give(file)
    checkpoint.unlink(missing_ok=True)
