"""Render: a fit's trained model, evaluated on another lattice than its own."""

from typing import Any

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.plan.cells.cell import RenderSpec
from fieldbench.plan.cells.plain import plain
from fieldbench.plan.entries.registry import load
from fieldbench.training.attempts import OWN_DEVICE, Slot, alone_if_need_be, must_be_ours
from fieldbench.training.device import prepare
from fieldbench.training.fit import Result, build
from fieldbench.training.reconstruction import reconstruct, state_of


def render(
    arrays: dict[str, np.ndarray],
    facts: dict[str, Any],
    spec: RenderSpec,
    slot: Slot = OWN_DEVICE,
) -> Result:
    """A fit as it stands, with its reconstruction where `spec` asks for it.

    A fit that failed stays failed, for the same reason. The model is rebuilt as it was trained,
    and takes the weights that the fit kept. `slot` is as for `fit`.
    """
    kept = {k: v for k, v in arrays.items() if k.startswith("history/")}
    own = {
        "cell": plain(spec.cell),
        "task": plain(spec.task),
        "code": spec.code,
        "fit_code": facts["code"],
    }
    result = Result(kept, facts | own)
    for fact in ("format", "kind"):  # the file has its own
        result.facts.pop(fact)
    if facts["status"] != "ok":
        return result
    device = prepare(spec.fit.device, spec.fit.training.threads)
    model = build(spec.fit)
    model.load_state_dict(state_of(arrays))
    task = load("tasks", spec.task.kind)(**spec.task.settings)
    shape, finer = spec.fit.domain.shape, spec.finer
    # The oracle was shown the finer signal itself: nothing to place anew.
    lattice = Lattice(finer) if shape == finer else task.target(shape, finer)
    at_once, whole = facts["points_at_once"], facts["whole_lattice"]
    values = alone_if_need_be(
        lambda: reconstruct(model.to(device), lattice, at_once, whole), device, slot
    )
    if values is None:
        must_be_ours(device)
        result.facts |= {"status": "out-of-memory", "reason": "memory ran out beyond the lattice"}
        return result
    if not np.isfinite(values).all():
        result.facts |= {"status": "diverged", "reason": "values beyond the lattice are no numbers"}
        return result
    result.arrays["reconstruction"] = values
    return result
