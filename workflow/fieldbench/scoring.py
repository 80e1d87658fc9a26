"""Metrics over a fit: the first place where truth and reconstruction meet."""

from typing import Any

import numpy as np

from fieldbench.plan.registry import load


def score(
    truth: np.ndarray, reconstruction: np.ndarray, metrics: list[str]
) -> dict[str, dict[str, Any]]:
    """Each metric's value, with its unit and its better direction.

    Both arrays are (*shape, channels). The reconstruction is clamped to [0, 1], the truth is not,
    and everything is computed in float64: so the paper evaluates.
    """
    if truth.shape != reconstruction.shape:
        raise ValueError(f"truth is {truth.shape}, reconstruction {reconstruction.shape}")
    true = truth.astype(np.float64)
    found = np.clip(reconstruction.astype(np.float64), 0.0, 1.0)
    scores = {}
    for name in metrics:
        metric = load("metrics", name)()
        value = metric.score(true, found)
        scores[name] = {"value": value, "unit": metric.unit, "better": metric.better}
    return scores
