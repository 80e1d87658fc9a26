"""A benchmark of speed, small, for tests to plan and to measure."""

import yaml

from fieldbench.plan.analyses.specs import MeasureSpec
from fieldbench.plan.analyses.throughput import Throughput

ASKED = {
    "models": ["grid", "siren", "bacon"],
    "budgets": [500],
    "places": {"2d": {"shape": [20, 17], "channels": 3}, "3d": {"shape": [9, 7, 8]}},
    "sizing": "exact",
    "device": "cpu",
    "measuring": {
        "least_pairs": 2,
        "most_pairs": 4,
        "seconds": 1e-6,
        "memory_mb": 500,
        "tolerance": 1e-3,
        "machine": {"cpu": {"matrix": [64], "copy_mb": 1, "tries": 1}},
    },
}


def asked(tmp_path, **changes):
    """The benchmark planned from a file that differs from ASKED in `changes`."""
    file = tmp_path / "asked.yaml"
    file.write_text(yaml.safe_dump(ASKED | changes))
    return Throughput({"throughput": str(file), "results": "results"})


def plan_of(tmp_path, name, measuring=None, **changes):
    params = asked(tmp_path, **changes).measure_params(name)
    params["measuring"] |= measuring or {}
    return MeasureSpec.of(params)
