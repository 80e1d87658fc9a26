"""A step at the paper's size and largest budget fits in 12 GiB, whatever the model.

A step goes over its points in parts, each of which frees what it took, so the first few parts and
the optimiser's step show the peak; a whole step of a dense network would take minutes.
"""

import pytest
from helpers import trial

from fieldbench.plan.entries import registry

pytestmark = pytest.mark.slow
GIB = 2**30
SHAPES = {2: (1000, 1000), 3: (100, 100, 100)}
TRAINED = [
    (name, dims)
    for name, dims, _ in trial.entries("models", dims=(2, 3), channels=(1,), composed=False)
    if not registry.declare("models", name).facts.control
]
STEP = """
import itertools, json, sys
import numpy as np
import torch
from fieldbench.results.observation import Observation
from fieldbench.lattice import Lattice
from fieldbench.plan.entries import registry
from fieldbench.plan.cells.backends import training
from fieldbench.plan.config.models import Training
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, solve
from fieldbench.training.device import peak_bytes, prepare
from fieldbench.plan.cells.cell import Cell, FitSpec, ModelSpec, TaskSpec
from fieldbench.training.fit import build
from fieldbench.training.loop import make_optimiser
from fieldbench.training.objective import Objective
from fieldbench.seeds import torch_stream

name, shape = sys.argv[1], tuple(json.loads(sys.argv[2]))
declared, domain = registry.declare("models", name), Domain(len(shape), 1, shape)
size = solve(declared, 3_000_000, domain, {}, "paper")
parameters = count(declared, size, domain, {})
settings, device = training(Training(), "cpu"), prepare("cpu", 1)
model = build(FitSpec(
    Cell("represent", "noise", name, 3_000_000, 0), TaskSpec("represent", {}), domain,
    ModelSpec(name, {}, size, parameters, 1e-3, "torch"), settings, "cpu", "represent", "0",
))
lattice = Lattice(shape)
objective = Objective(
    model, registry.load("tasks", "represent")(),
    Observation(np.random.default_rng(0).random((*shape, 1), dtype=np.float32), lattice, lattice),
    batch="all", points_at_once=settings.points_at_once, whole=model.structured, device=device,
    stream=torch_stream("batch"),
)
every_part = objective._parts
objective._parts = lambda chosen: itertools.islice(every_part(chosen), 3)
optimiser = make_optimiser(model, settings, 1e-3)
objective.backward()
optimiser.step()
print(peak_bytes(device))
"""


@pytest.mark.parametrize(("name", "dims"), TRAINED)
def test_a_step_at_the_papers_size_fits_in_memory(name, dims):
    peak = int(trial.python(STEP, name, list(SHAPES[dims])).stdout)
    assert 0.2 * GIB < peak < 12 * GIB
