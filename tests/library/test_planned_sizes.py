"""Models are sized by the plan, which loads nothing heavy."""

import json

from helpers import trial

DECLARED_ONLY = """
import json, sys
import fieldbench
from fieldbench.plan.entries import registry, sizing
from fieldbench.plan.jobs import run
told = {}
for name in registry.names("models"):
    declared = registry.declare("models", name)
    for dims in declared.facts.dims:
        place = sizing.Domain(dims, 3, (30,) * dims)
        sizing.solve(declared, 10**6, place, {}, "exact")
        told[f"{name}-{dims}"] = sizing.solve(declared, 10**6, place, {}, "paper")
print(json.dumps([m for m in ("numpy", "torch", "h5py", "pandas") if m in sys.modules]))
"""


def test_plan_sizes_every_model_without_numpy_or_torch():
    assert json.loads(trial.python(DECLARED_ONLY).stdout) == []
