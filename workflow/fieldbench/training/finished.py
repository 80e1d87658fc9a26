"""A fit as a file: trained, or taken over where it was finished before."""

import hashlib
from pathlib import Path
from typing import Any

from fieldbench.plan.cells.cell import FitSpec
from fieldbench.results import finished_copies, store
from fieldbench.results.observation import Observation
from fieldbench.training.attempts import OWN_DEVICE, Slot
from fieldbench.training.fit import fit, identity


def finish(
    file: str | Path,
    observation: Observation,
    spec: FitSpec,
    origin: dict[str, Any] | None = None,
    slot: Slot = OWN_DEVICE,
) -> None:
    """Write the fit of a spec, which is kept until it is scored.

    `origin` are facts of where it came from, `slot` is as for `fit`. The checkpoint goes last, so
    that a fit which cannot be written, for want of space, goes on from there.
    """
    file = Path(file)
    checkpoint = file.with_name(f".{file.name}.checkpoint")
    facts = origin or {}
    who = f"{sorted(facts.items())} {identity(observation, spec)}"
    who = hashlib.sha256(who.encode()).hexdigest()
    if finished_copies.take(file, who):
        print("This fit was finished before: taken over.", flush=True)
    else:
        result = fit(observation, spec, checkpoint, slot)
        facts = facts | result.facts | {"identity": who}
        timing = result.timing | slot.facts()
        store.write(finished_copies.path_of(file), "fit", result.arrays, facts, timing)
        finished_copies.give(file)
    checkpoint.unlink(missing_ok=True)
