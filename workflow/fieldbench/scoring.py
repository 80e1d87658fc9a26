"""Metrics over fits: the first place where truth and reconstruction meet."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fieldbench.numerics.constant import Constant
from fieldbench.plan.entries.registry import load
from fieldbench.plan.metric_columns import column
from fieldbench.results.statuses import COLLAPSED, OK
from fieldbench.results.store import Record

KEPT = ("status", "reason", "parameters", "backend", "device")
COUNTS = ("bytes", "best_step", "steps")  # which a fit that failed may not have


class Scorer:
    """A truth and its metrics, ready for any number of reconstructions.

    `needs` are the metrics, each with the paths of what it needs, in the order of its own `needs`.
    The truth is (*shape, channels). It is not clamped, reconstructions are clamped to the signal's
    `limits`, which are [0, 1] for most and None where values may be anything, and everything is
    computed in float64: so the paper evaluates. A metric may want reconstructions as
    they are, and says so by `clamped = False`. `aligned`: the task leaves brightness and contrast
    free, so that a constant is compared without them.
    """

    def __init__(
        self,
        truth: np.ndarray,
        needs: Mapping[str, Sequence[str]],
        limits: Sequence[float] | None = (0.0, 1.0),
        aligned: bool = False,
    ):
        self.truth = truth.astype(np.float64)
        self.limits = limits
        self.constant = Constant(self.truth, aligned)
        self.metrics = {
            name: load("metrics", name)(**({"files": tuple(files)} if files else {}))
            for name, files in needs.items()
        }

    def score(self, reconstruction: np.ndarray, metrics: Sequence[str]) -> dict[str, dict]:
        """The value of each of these metrics, with its unit and its better direction.

        A metric with parts has one value a part, `metric-part`.
        """
        if self.truth.shape != reconstruction.shape:
            raise ValueError(f"truth is {self.truth.shape}, reconstruction {reconstruction.shape}")
        found, clamped = reconstruction.astype(np.float64), self._clamped(reconstruction)
        scores = {}
        for name in metrics:
            metric = self.metrics[name]
            as_it_is = not getattr(metric, "clamped", True)
            value = metric.score(self.truth, found if as_it_is else clamped)
            parts = value if isinstance(value, dict) else {}
            values = {column(name, p): v for p, v in parts.items()} or {name: value}
            for key, number in values.items():
                scores[key] = {"value": number, "unit": metric.unit, "better": metric.better}
        return scores

    def record(
        self, cell: Mapping[str, Any], arrays: dict[str, np.ndarray], fit: dict[str, Any]
    ) -> Record:
        """What a score file holds of a cell, from its fit's arrays and facts.

        `cell` says its `budget`, its `seed` and its `metrics`. A fit that failed has no scores;
        one that is no better than a constant has them, and the status `collapsed`. A control,
        whose budget is 0, never is.
        """
        ok = fit["status"] == OK
        scores = self.score(arrays["reconstruction"], cell["metrics"]) if ok else {}
        facts = {k: cell[k] for k in ("budget", "seed")} | {k: fit[k] for k in KEPT}
        facts |= {"constant_psnr": self.constant.psnr}
        if ok and cell["budget"]:
            found = arrays["reconstruction"]
            # Clamping would cut what the best brightness and contrast bring back.
            fault = self.constant.fault(found if self.constant.aligned else self._clamped(found))
            facts |= {"status": COLLAPSED, "reason": fault} if fault else {}
        facts |= {k: fit.get(k, 0) for k in COUNTS} | {"scores": scores}
        return Record(facts, {k: v for k, v in arrays.items() if k.startswith("history/")})

    def _clamped(self, reconstruction: np.ndarray) -> np.ndarray:
        """Float64 values within the signal's limits."""
        found = reconstruction.astype(np.float64)
        return found if self.limits is None else found.clip(*self.limits)
