"""Small signals, plans and fits that many tests share, all made by the real library."""

import copy
import itertools
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import torch

from fieldbench.plan.cells import backends
from fieldbench.plan.cells.plain import plain
from fieldbench.plan.config.models import Training
from fieldbench.plan.entries import folders, registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, solve
from fieldbench.seeds import numpy_stream

torch.set_num_threads(1)  # as fits have; on small tensors threads only wait for each other
WORKFLOW = registry.LIBRARY.parent
OWN = {k: v for k, v in os.environ.items() if k == folders.ENTRIES}
BUDGET = 5000
# How far the textbook's way may be from float64, of the scale, and a fast way, of that distance.
LOST, FEW = 0.05, 10
SHAPES = {1: (60,), 2: (20, 17), 3: (9, 7, 8)}  # not cubes, so that swapped axes are noticed
DIVISIBLE = {1: (40,), 2: (12, 20), 3: (8, 4, 12)}  # by four, which super-resolve asks for
# What suits signals of a few hundred samples; the defaults suit a million.
SETTINGS = {
    "ffn": {"features": 32, "sigma": 0.5},
    "siren": {"omega": 10.0},
    "wire": {"omega": 5.0, "sigma": 2.0},
    "positional-mlp": {"rungs": 3},
    # A kink on every edge: of six layers some sample meets one, and rounding decides on which side.
    "kan-meyer": {"hidden_layers": 1},
}

# Published rates are for a thousand steps; ten steps need larger ones to arrive anywhere.
RATES = {
    "ffn": 1e-2,
    "siren": 3e-3,
    "relu-mlp": 1e-2,
    "positional-mlp": 1e-2,
    "ga-planes": 3e-2,
    "instant-ngp": 3e-2,
    "wire": 1e-2,
    "bacon": 1e-2,
}
# Where ten are too few: hash tables start at zero, what is left of wavelets and of products of
# nine sines must first be arranged, and Gaussians spread from the middle eighth of an image. A rate
# that hurried them would have them diverge.
STEPS = {"instant-ngp": 40, "wire": 60, "bacon": 60, "gsplat": 60}
# Composed models are six layers deep, and some of their activations answer little at first.
RATES |= dict.fromkeys(registry.composed(), 5e-3)
STEPS |= dict.fromkeys(registry.composed(), 60)
# Parts as small and as calm as the signals.
PARTS = {
    "neff": {"octaves": 3},
    "rff": {"features": 16, "sigma": 0.5},
    "fkan": {"frequencies": 8},
    "fkan-layer": {"outputs": 8},
    "log-spaced": {"octaves": 2.0, "frequencies": 8},
    "sine": {"omega": 10.0},
    "scaled-sine": {"omega": 10.0},
    "finer": {"omega": 5.0},
    "gaussian": {"deviation": 1.0},
    "super-gaussian": {"deviation": 1.0},
    "laplacian": {"reach": 1.0},
    "quadratic": {"steepness": 1.0},
    "multi-quadratic": {"steepness": 1.0, "hidden_layers": 1},
    "sigmoid": {"hidden_layers": 1},  # six layers of it learn nothing for hundreds of steps
}
for name in registry.composed():
    parts = [path.stem.replace("_", "-") for path in registry.sources("models", name)]
    RATES[name] = 2e-2 if "sigmoid" in parts else RATES[name]
    calm = {k: v for part in parts[1:] for k, v in PARTS.get(part, {}).items()}
    SETTINGS[name] = calm | SETTINGS.get(name, {})
# Six layers of these wave so fast that sixty steps only learn some samples by heart.
SHALLOW = {f"kan-{basis}": {"hidden_layers": 1} for basis in ("fourier", "morlet")}
# The settings that make a signal small enough to try its task on.
SPECIMENS = {
    "scene": {"length": 8, "views": 3, "held": 2},
    "ring-distance": {"length": 16},
    "radiated": {"length": 16, "wavenumber": 6.0, "deviation": 0.1},
    "slowness": {"length": 16, "contrast": 0.5},
    "pulse": {"frames": 6, "length": 12, "duration": 1.0, "deviation": 0.2, "peak": 1.0},
}
RATES |= {"kan-bsrbf": 1e-3, "kan-fcn": 5e-2, "kan-gegenbauer": 1e-3, "kan-lucas": 1e-3}
STEPS |= {"kan-lucas": 150, "kan-sines": 250}


def smooth(shape, channels=1):
    """A plane wave, one period along the diagonal, its phase by channel; in [0.05, 0.95]."""
    axes = np.meshgrid(*[np.arange(n) / n for n in shape], indexing="ij")
    waves = [np.sin(2 * np.pi * sum(axes) / len(shape) + phase) for phase in range(channels)]
    return np.stack(waves, -1) * 0.45 + 0.5


@cache
def specimen(task):
    """A small signal of the sort that a task is for: its values, and what else it gives the task.

    None for a task of any signal.
    """
    wanted = registry.declare("tasks", task).facts.holds
    if wanted is None:
        return None
    for name in registry.names("signals"):
        declared = registry.declare("signals", name)
        if declared.facts.holds == wanted and "needs" not in declared.functions:
            made = registry.load("signals", name)(**SPECIMENS.get(name, {}))
            return made.generate(), made.beside() if hasattr(made, "beside") else {}
    raise AssertionError(f"there is no signal without a file for the task {task}")


def truth(task, dims, channels):
    """A signal that a task can be tried on; one of its own sort where it wants such."""
    known = specimen(task)
    return known[0].copy() if known else smooth(DIVISIBLE[dims], channels)


def mapped(task, shape, channels):
    """The shape and channels of what a task has a model map."""
    declared = registry.declare("tasks", task)
    asks = declared.functions.get("asks", lambda shape, channels, **_: (shape, channels))
    return asks(shape, channels, **declared.settings)


def observed(values, task="represent", **settings):
    """A signal (*shape, channels) seen through a task, with the noise that a run would draw."""
    made = registry.load("tasks", task)(**settings)
    beside = {name: specimen(task)[1][name] for name in made.takes}
    return made.observe(values, numpy_stream("noise", task), **beside)


def place(dims, channels=1):
    return Domain(dims, channels, SHAPES[dims])


def sized(name, where, budget=BUDGET, settings=None):
    """The settings of a small model, its size for the budget, and its parameters."""
    declared = registry.declare("models", name)
    settings = SETTINGS.get(name, {}) if settings is None else settings
    size = solve(declared, budget, where, settings, "exact")
    return settings, size, count(declared, size, where, settings)


def training(**changes):
    """How a fit is trained, in ten steps unless told otherwise."""
    settings = {"steps": 10, "evaluations": 2, "points_at_once": 2048, **changes}
    return backends.training(Training(**settings), "cpu")


def plan_of(
    name, where, *, task="represent", task_settings=None, own=None, rate=None, seed=1234, **changes
):
    """The params of a fit, as `FitSpec.to_params` has them.

    `own` are settings of the model, `changes` settings of the training.
    """
    settings = SETTINGS.get(name, {}) | SHALLOW.get(name, {}) | (own or {})
    settings, size, parameters = sized(name, where, settings=settings)
    declared = registry.declare("models", name)
    own = declared.facts.learning_rate
    changes = {"steps": STEPS[name], **changes} if name in STEPS else changes
    return {
        "cell": {"task": task, "signal": "trial", "model": name, "budget": BUDGET, "seed": seed},
        "task": {"kind": task, "settings": task_settings or {}},
        "domain": plain(where),
        "model": {
            "kind": name,
            "settings": settings,
            "size": size,
            "parameters": parameters,
            "learning_rate": rate or RATES.get(name, own),
            "backend": "torch",
        },
        "training": plain(training(**changes)),
        "device": "cpu",
        "sees": task,
        "code": "0",
        "libraries": {},
        "processor": "",
    }


def entries(kind, dims=(1, 2, 3), channels=(1, 3), composed=True):
    """(name, dims, channels) of every entry of a kind in everything that it declares.

    Composed models share their frame's code: each is tried once a dimension, and of those with
    several parts each in one of them, so that every part is in every dimension.
    """
    crossed = [*itertools.product(registry.names(kind), dims, channels)]
    if kind == "models" and composed:
        ways = ((1, 1), (2, 3), (3, 1))
        for number, name in enumerate(registry.composed()):
            several = len(registry.sources("models", name)) > 2
            crossed += [(name, *way) for way in ([ways[number % 3]] if several else ways)]
    if kind == "tasks":
        known = {name: specimen(name) for name in registry.names("tasks")}
        shapes = {name: s[0].shape for name, s in known.items() if s}
        crossed = [entry for entry in crossed if entry[0] not in shapes]
        crossed += [(name, len(s) - 1, s[-1]) for name, s in shapes.items()]
    return [
        entry for entry in crossed
        if entry[1] in registry.declare(kind, entry[0]).facts.dims
    ]  # fmt: skip


def assert_as_exact(fast, textbook, model, way, rtol=1e-4, atol=1e-5):
    """Two ways to the same tensors agree to rounding, or as both agree with a model in float64.

    `way` computes the textbook's tensors from a model. Six layers make a difference between two
    inputs hundreds of times larger: then the fast way may err as far as a few times what the
    textbook's errs, by the largest number of each tensor. `atol` is of a scale of at least 1.
    """
    try:
        for found, expected in zip(fast, textbook, strict=True):
            scale = max(1.0, expected.abs().max().item())
            torch.testing.assert_close(found, expected, rtol=rtol, atol=atol * scale)
    except AssertionError:
        for found, expected, true in zip(
            fast, textbook, way(copy.deepcopy(model).double()), strict=True
        ):
            scale = max(1.0, true.abs().max().item())
            inevitable = (expected - true).abs().max().item()
            assert inevitable < LOST * scale, "rounding alone makes it another model"
            assert (found - true).abs().max().item() <= (rtol + atol) * scale + FEW * inevitable


def python(code, *arguments, check=True, workflow=WORKFLOW):
    """A fresh interpreter that finds the library and these tests' helpers."""
    paths = f"{workflow}:{Path(__file__).parents[1]}"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        check=check, capture_output=True, text=True,
        env={"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"} | OWN,
    )  # fmt: skip
