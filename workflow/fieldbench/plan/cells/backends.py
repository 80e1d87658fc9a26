"""Which implementation computes a model, and where. Resolved at planning, never swapped later."""

import os
from importlib.util import find_spec

from fieldbench.plan.cells.cell import TrainingSpec
from fieldbench.plan.cells.machine import gpus
from fieldbench.plan.config.models import Training
from fieldbench.plan.entries.registry import Declaration, nearest
from fieldbench.plan.errors import UserError

# Points evaluated together: as many as fit a processor's cache, or keep a GPU busy.
POINTS_AT_ONCE = {"cpu": 2048, "cuda": 2**18}
DEVICE = "FIELDBENCH_DEVICE"  # the variable that says what `auto` means
BACKENDS = ("torch", "tinycudann", "gsplat")


def device(asked: str) -> str:
    """`auto` becomes cuda where this machine has an NVIDIA device that may be used, else cpu.

    Unless the environment says it: where a run is begun on one machine and its jobs run on others,
    all must mean the same.
    """
    if asked != "auto":
        return asked
    told = os.environ.get(DEVICE)
    if told is None:
        return "cuda" if gpus() else "cpu"
    if told not in POINTS_AT_ONCE:
        raise UserError(
            f"{DEVICE} is '{told}' in the environment.", "Set it to cpu or cuda, or unset it."
        )
    return told


def backend(
    asked: str | None, model: Declaration, device: str, dims: int, derivatives: int, where: str
) -> str:
    """The backend of a model: torch unless asked for; `auto` is the fastest that is to be had.

    `derivatives` is how often a task differentiates the model. A backend that is named is checked
    to exist, to be offered, to be installed and to have its device.
    """
    if asked is None:
        return "torch"
    offered = model.facts.backends
    if asked == "auto":
        others = (b for b in offered if b != "torch")
        here = (b for b in others if device == "cuda" and find_spec(b))
        return next((b for b in here if not lacks(model, b, dims, derivatives)), "torch")
    if asked not in BACKENDS:
        raise UserError(
            f"{where}: there is no backend '{asked}'.", nearest(asked, (*BACKENDS, "auto"))
        )
    if asked not in offered:
        raise UserError(
            f"{where}: {model.name} has no backend '{asked}'.",
            f"Choose one of: {', '.join(offered)}.",
        )
    if find_spec(asked) is None:
        raise UserError(
            f"{where} names the backend '{asked}', whose package is not installed here.",
            "Install it as envs/gpu.yaml says, or name the backend torch.",
        )
    if asked != "torch" and device != "cuda":
        raise UserError(
            f"{where} names the backend '{asked}', which needs an NVIDIA device.",
            "Run where there is one, or name the backend torch or auto.",
        )
    return asked


def lacks(model: Declaration, backend: str, dims: int, derivatives: int) -> str | None:
    """What a backend of a model cannot do of what it is asked for, if anything."""
    if dims not in (model.facts.backend_dims or {}).get(backend, model.facts.dims):
        return f"{model.name} by {backend} does no {dims}D"
    if derivatives and backend != "torch":
        return f"{model.name} by {backend} has no derivatives in its coordinates"
    return None


def training(settings: Training, device: str) -> TrainingSpec:
    """The training settings, with what `auto` means on a device."""
    plain = settings.model_dump()
    if settings.points_at_once == "auto":
        plain["points_at_once"] = POINTS_AT_ONCE[device]
    return TrainingSpec(**plain)
