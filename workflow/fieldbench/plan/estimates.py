"""What a fit may take: for telling the time left, and for asking a cluster for enough."""

from fieldbench.plan import registry
from fieldbench.plan.cells import ModelPlan, SignalPlan
from fieldbench.plan.config import Training

_SLOW = 5e9  # operations a second that even a slow core reaches
INTERPRETER_MB = 1500  # Python with torch loaded


def work(signal: SignalPlan, model: ModelPlan, training: Training) -> float:
    """Arithmetic of a fit: six operations a parameter, point and step, as for dense networks.

    For models that touch few parameters a point this is far too much, and on the safe side.
    """
    if registry.declare("models", model.kind).facts.get("control"):
        return 0.0
    points = signal.place.points
    per_step = points if training.batch == "all" else min(points, training.batch)
    return 6.0 * training.steps * per_step * model.parameters


def memory_mb(signal: SignalPlan, model: ModelPlan, attempt: int) -> int:
    """The interpreter, the lattice some forty times over, the optimiser; more at each attempt."""
    numbers = 40 * signal.place.points * (signal.channels + 2) + 6 * model.parameters
    return attempt * (INTERPRETER_MB + 4 * numbers // 2**20)


def runtime_minutes(signal: SignalPlan, model: ModelPlan, training: Training, attempt: int) -> int:
    """Minutes on a slow core; a fit that is cut off resumes at its checkpoint."""
    return attempt * (10 + int(work(signal, model, training) / _SLOW / 60))
