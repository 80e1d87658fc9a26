"""Fit one model to one array, without a workflow: for notebooks and scripts.

The array is planned, observed, trained and scored exactly as a preset's file would be, so the same
settings give the same numbers here and there. Nothing heavy is imported until a fit is asked for.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from fieldbench.plan.errors import UserError

if TYPE_CHECKING:
    import numpy as np

    from fieldbench.plan.cells.cell import Cell
    from fieldbench.plan.jobs.run import Run

_NAME = "array"  # of the signal and of the study


@dataclass(frozen=True, eq=False)
class Fitted:
    """A trained model's answer: its values on the array's own lattice, and what it took."""

    reconstruction: np.ndarray  # of the array's shape
    psnr: float
    parameters: int
    size: int  # a width, nodes along an axis, Gaussians: what the budget decided
    seconds: float


def fit_array(
    values: np.ndarray,
    model: str = "grid",
    budget: int = 10_000,
    *,
    task: str = "represent",
    seed: int = 1234,
    settings: dict[str, Any] | None = None,
    task_settings: dict[str, Any] | None = None,
    **training: Any,
) -> Fitted:
    """Train a model within a budget on an array of one to three axes, and score it.

    Values lie in [0, 1] or are integers of 8 or 16 bits; a last axis of 3 is colour. `settings` are
    the model's, `task_settings` the task's, and all other names a preset's `training`: `steps=300`.
    """
    preset = {
        "training": training,
        "signals": {_NAME: {"kind": "file", "path": "array.npy"}},
        "tasks": {task: task_settings} if task_settings else {},
        "models": {model: settings} if settings else {},
        "studies": {
            _NAME: {
                "question": "How much of the array does the model keep?",
                "tasks": [task],
                "signals": [_NAME],
                "models": [model],
                "budgets": [budget],
                "seeds": [seed],
            }
        },
    }
    with tempfile.TemporaryDirectory() as folder:
        return _fit(values, preset, Path(folder), model)


def _fit(values: np.ndarray, preset: dict[str, Any], folder: Path, model: str) -> Fitted:
    """Save the array and the preset in a folder, plan them, and train the model's one cell."""
    import numpy as np

    from fieldbench.plan.jobs.run import Run

    path = folder / "array.npy"
    np.save(path, np.asarray(values))
    preset["signals"][_NAME]["path"] = str(path)
    plan = folder / f"{_NAME}.yaml"
    plan.write_text(yaml.safe_dump(preset), encoding="utf-8")
    run = Run({"preset": str(plan), "results": str(folder / "results")}, checks=False)
    cells = [cell for cell in run.cells.fits if cell.model == model]
    if not cells:
        reasons = [reason for _, cell, reason in run.cells.dropped if cell.model == model]
        raise UserError(
            f"{model} cannot be fitted: {reasons[0]}.", "Choose another budget or model."
        )
    return _train(run, cells[0], path, np.shape(values))


def _train(run: Run, cell: Cell, path: Path, shape: tuple[int, ...]) -> Fitted:
    """Observe the array as the task shows it, train the cell's model on it, and score it."""
    from fieldbench.plan.entries.registry import load
    from fieldbench.scoring import Scorer
    from fieldbench.seeds import numpy_stream
    from fieldbench.training.fit import fit

    spec = run.cells.fits[cell]
    truth = load("signals", "file")(path=str(path)).generate()
    observing = load("tasks", spec.task.kind)(**spec.task.settings)
    observation = observing.observe(truth, numpy_stream("noise", cell.task, cell.signal))
    result = fit(observation, spec, path.with_suffix(".checkpoint"))
    if result.facts["status"] != "ok":
        raise UserError(
            f"The fit of {cell.model} failed: {result.facts['reason']}.",
            "Lower its learning rate (settings={'learning_rate': ...}) or the budget.",
        )
    found = result.arrays["reconstruction"]
    scores = Scorer(truth, {"psnr": ()}).score(found, ["psnr"])
    return Fitted(
        reconstruction=found.reshape(shape),
        psnr=scores["psnr"]["value"],
        parameters=spec.model.parameters,
        size=spec.model.size,
        seconds=result.timing["seconds"],
    )
