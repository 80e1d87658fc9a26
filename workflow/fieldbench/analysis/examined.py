"""One model's kernel, examined: before training, after it, and how fast frequencies were learnt."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from fieldbench.analysis import kernels, ntk
from fieldbench.analysis.frequencies import Learning, Optimiser, Waves, agreement, learn
from fieldbench.lattice import Lattice
from fieldbench.models._field import Field
from fieldbench.plan.entries.registry import load
from fieldbench.seeds import numpy_stream, torch_stream


@dataclass(frozen=True)
class KernelPlan:
    """Everything that decides the result; plain values, as planned."""

    cell: dict[str, Any]  # place, model, budget, seed
    model: dict[str, Any]  # kind, settings, size, parameters, learning_rate, backend
    shape: list[int]
    frequencies: list[int]  # periods along the first axis
    steps: int
    code: str  # the digest of the sources


def examine(plan: KernelPlan) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays and facts of a model's kernel on a lattice.

    Descent goes at the inverse of the largest eigenvalue, Adam at the model's own rate.
    """
    lattice, waves = Lattice(tuple(plan.shape)), _waves(plan)
    kernel = ntk.kernel(_built(plan), lattice)
    seen = kernels.spectrum(kernel)
    largest = seen.trace / seen.values.sum()
    answer = kernels.response(kernel, lattice.shape)
    place = tuple(np.array(waves.modes).T)
    arrays = {
        "spectrum": seen.values,
        "alignment": kernels.alignment(seen.vectors, waves.parts().sum(0)),
        "frequencies": np.array(plan.frequencies),
        "rates": answer.rates[place],
        "leakage": answer.leakage[place],
    }
    facts = {
        "trace": seen.trace,
        "largest": float(largest),
        "effective_rank": seen.effective_rank,
        "decay": seen.decay,
        "condition": seen.condition,
        "unevenness": kernels.unevenness(kernel),
        "distance_to_circulant": kernels.distance_to_circulant(kernel, lattice.shape),
        **{k: getattr(plan, k) for k in ("cell", "model", "shape", "steps", "code")},
    }
    ways: dict[str, Optimiser] = {
        "descent": partial(torch.optim.SGD, lr=1 / largest),
        "adam": partial(torch.optim.Adam, lr=plan.model["learning_rate"]),
    }
    for way, make in ways.items():
        model = _built(plan)
        found = learn(model, lattice, waves, plan.steps, make)
        arrays |= _learnt(way, found)
        facts[f"{way}_agreement"] = agreement(arrays["rates"], found.reached())
        facts[f"{way}_drift"] = kernels.drift(kernel, ntk.kernel(model, lattice))
    return arrays, facts


def _learnt(way: str, found: Learning) -> dict[str, np.ndarray]:
    """When each frequency was learnt, and how much of it in the end."""
    return {
        f"{way}/reached": found.reached(),
        f"{way}/share": found.shares[-1],
        f"{way}/loss": found.losses[[0, -1]],
    }


def _built(plan: KernelPlan) -> Field:
    """The model as a fit of that seed begins."""
    return load("models", plan.model["kind"])(
        dims=len(plan.shape),
        channels=1,
        shape=tuple(plan.shape),
        size=plan.model["size"],
        generator=torch_stream("init", plan.cell["model"], seed=plan.cell["seed"]),
        **plan.model["settings"],
    )


def _waves(plan: KernelPlan) -> Waves:
    """The sum that every model of a seed learns: waves of one amplitude, of phases by chance."""
    others = (0,) * (len(plan.shape) - 1)
    modes = tuple((k, *others) for k in plan.frequencies)
    phases = numpy_stream("phases", seed=plan.cell["seed"]).uniform(0, 2 * np.pi, len(modes))
    return Waves(tuple(plan.shape), modes, np.full(len(modes), 0.1), phases)
