"""One model's kernel, examined: before training, after it, and how fast frequencies were learnt."""

from functools import partial
from typing import Any

import numpy as np
import torch

from fieldbench.analysis import kernels, ntk
from fieldbench.analysis.frequencies import Learning, Optimiser, Waves, agreement, learn
from fieldbench.lattice import Lattice
from fieldbench.models._field import Field
from fieldbench.plan.analyses.specs import KernelSpec
from fieldbench.plan.cells.plain import plain
from fieldbench.plan.entries.registry import load
from fieldbench.seeds import numpy_stream, torch_stream


def examine(spec: KernelSpec) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays and facts of a model's kernel on a lattice.

    Descent goes at the inverse of the largest eigenvalue, Adam at the model's own rate.
    """
    lattice, waves = Lattice(spec.shape), _waves(spec)
    kernel = ntk.kernel(_built(spec), lattice)
    seen = kernels.spectrum(kernel)
    largest = seen.trace / seen.values.sum()
    answer = kernels.response(kernel, lattice.shape)
    place = tuple(np.array(waves.modes).T)
    arrays = {
        "spectrum": seen.values,
        "alignment": kernels.alignment(seen.vectors, waves.parts().sum(0)),
        "frequencies": np.array(spec.frequencies),
        "rates": answer.rates[place],
        "leakage": answer.leakage[place],
    }
    told = plain(spec)
    facts = {
        "trace": seen.trace,
        "largest": float(largest),
        "effective_rank": seen.effective_rank,
        "decay": seen.decay,
        "condition": seen.condition,
        "unevenness": kernels.unevenness(kernel),
        "distance_to_circulant": kernels.distance_to_circulant(kernel, lattice.shape),
        **{key: told[key] for key in ("cell", "model", "shape", "steps", "code")},
    }
    ways: dict[str, Optimiser] = {
        "descent": partial(torch.optim.SGD, lr=1 / largest),
        "adam": partial(torch.optim.Adam, lr=spec.model.learning_rate),
    }
    for way, make in ways.items():
        model = _built(spec)
        found = learn(model, lattice, waves, spec.steps, make)
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


def _built(spec: KernelSpec) -> Field:
    """The model as a fit of that seed begins."""
    return load("models", spec.model.kind)(
        dims=len(spec.shape),
        channels=1,
        shape=spec.shape,
        size=spec.model.size,
        generator=torch_stream("init", spec.cell.model, seed=spec.cell.seed),
        **spec.model.settings,
    )


def _waves(spec: KernelSpec) -> Waves:
    """The sum that every model of a seed learns: waves of one amplitude, of phases by chance."""
    others = (0,) * (len(spec.shape) - 1)
    modes = tuple((k, *others) for k in spec.frequencies)
    phases = numpy_stream("phases", seed=spec.cell.seed).uniform(0, 2 * np.pi, len(modes))
    return Waves(spec.shape, modes, np.full(len(modes), 0.1), phases)
