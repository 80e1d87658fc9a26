"""Metrics over a fit: the first place where truth and reconstruction meet."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fieldbench.plan.parts import column
from fieldbench.plan.registry import load


def score(
    truth: np.ndarray,
    reconstruction: np.ndarray,
    metrics: Sequence[str],
    files: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Each metric's value, with its unit and its better direction.

    A metric with parts has one value a part, `metric-part`. `files` are the paths of what a
    metric needs, in the order of its `needs`.

    Both arrays are (*shape, channels). The reconstruction is clamped to [0, 1], unless the metric
    says that it wants it as it is (`clamped = False`); the truth is not, and everything is
    computed in float64: so the paper evaluates.
    """
    if truth.shape != reconstruction.shape:
        raise ValueError(f"truth is {truth.shape}, reconstruction {reconstruction.shape}")
    true = truth.astype(np.float64)
    as_found = reconstruction.astype(np.float64)
    clamped = np.clip(as_found, 0.0, 1.0)
    scores = {}
    for name in metrics:
        own = tuple((files or {}).get(name, ()))
        given = {"files": own} if own else {}
        metric = load("metrics", name)(**given)
        value = metric.score(true, clamped if getattr(metric, "clamped", True) else as_found)
        values = {column(name, p): v for p, v in value.items()} if isinstance(value, dict) else {}
        for key, number in (values or {name: value}).items():
            scores[key] = {"value": number, "unit": metric.unit, "better": metric.better}
    return scores
