"""Made-up scores of composed models: four encodings by three activations, and three bases."""

import numpy as np
import pandas as pd

from fieldbench.figures.parts.style import Style
from fieldbench.plan.targets import compositions
from helpers import samples

ENCODINGS, ACTIVATIONS = ("identity", "neff", "rff", "fkan"), ("relu", "sine", "tanh")
BASES = ("chebyshev-1", "fourier", "taylor")
MLPS = [f"mlp-{e}-{a}" for e in ENCODINGS for a in ACTIVATIONS]
KANS = [f"kan-{b}" for b in BASES]
COMPOSED = {model: compositions.made_of(model) for model in (*MLPS, *KANS)}
ROUGH = "which takes second derivatives, which mlp-rff-relu does not have"


def style(**more):
    """The look that fieldbench ships, with names for these models."""
    return Style.of(compositions.named(samples.config(), COMPOSED) | more)


def scores(values=None, seeds=2, tasks=("represent",), families=("photo",), **failed):
    """One row a fit at a budget of 3000, and the controls.

    `values` is model to PSNR of the first seed; each later seed has 2 dB more. `failed` is the
    seeds of a model, with underscores, that diverged.
    """
    values = values or {m: 20.0 + place for place, m in enumerate(COMPOSED)}
    rows = []
    for task in tasks:
        for family in families:
            for seed in range(seeds):
                for place, (model, value) in enumerate(values.items()):
                    lost = seed in failed.get(model.replace("-", "_"), ())
                    status = "diverged" if lost else "ok"
                    made = (task, family, None, seed, model, 3000, value + 2.0 * seed, status)
                    rows.append(samples.row(*made) | {"parameters": 2900 - 10 * place})
                for model in ("constant", "oracle"):
                    rows.append(samples.control(task, family, None, seed, model))
    return pd.DataFrame(rows)


def timings(rows):
    """Seconds of training of each fit: the later a model among its rows, the longer."""
    order = {model: place for place, model in enumerate(dict.fromkeys(rows["model"]))}
    seconds = [np.nan if np.isnan(b) else 1.0 + order[m] for m, b in zip(
        rows["model"], rows["budget"].astype(float), strict=True)]  # fmt: skip
    return rows[["study", "task", "family", "model", "budget", "seed"]].assign(
        training_seconds=seconds
    )


def impossible(model="mlp-rff-relu", task="represent", family="photo"):
    pair = {"task": task, "family": family, "model": model, "budget": 3000}
    return [pair | {"reason": ROUGH.replace("mlp-rff-relu", model)}]
