"""A fit as a file: trained, or taken over where it was finished before."""

from pathlib import Path

from fieldbench import kept, store
from fieldbench.observation import Observation
from fieldbench.training.fit import FitPlan, fit, identity


def finish(
    file: str | Path, observation: Observation, shape: tuple[int, ...], plan: FitPlan
) -> None:
    """Write the fit of a plan, which is kept until it is scored.

    The checkpoint goes last, so that a fit which cannot be written, for want of space, goes on from
    there.
    """
    file = Path(file)
    checkpoint = file.with_name(f".{file.name}.checkpoint")
    if kept.take(file, identity(observation, shape, plan)):
        print("This fit was finished before: taken over.", flush=True)
    else:
        result = fit(observation, shape, plan, checkpoint)
        store.write(kept.path_of(file), "fit", result.arrays, result.facts, result.timing)
        kept.give(file)
    checkpoint.unlink(missing_ok=True)
