"""Estimates of a job's work, memory and minutes, for progress and for clusters."""

import math
from collections.abc import Sequence

from fieldbench.plan.cells.cell import ModelSpec, TaskSpec, TrainingSpec
from fieldbench.plan.cells.signals import SignalPlan
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import flops

_STEP = 5e6  # operations in whose time a step's calls are made
_SLOW = {"cpu": 5e9, "cuda": 5e11}  # operations a second that even a slow device reaches
_START, _START_ALONE = 3, 10  # minutes for a fit's start, where it shares a cluster's job or not
GROUPS = {"seconds": 1, "minutes": 15}  # the longest fit of each, in minutes
# Python with torch loaded, and on a cluster the Snakemakes that started it, and the warm process
# that it was forked from: what they share, some clusters count twice.
INTERPRETER_MB = 2000
LIGHT_MB = 1000  # without; on a cluster two Snakemakes of 150 stand beside it
LIGHT_MINUTES = 10  # of what takes seconds


def shown(signal: SignalPlan, task: TaskSpec) -> int:
    """How many points of a signal a task shows a model."""
    told = registry.declare("tasks", task.kind).functions.get("shown")
    return told(signal.shape, **task.settings) if told else signal.domain.points


def evaluations(signal: SignalPlan, training: TrainingSpec, task: TaskSpec) -> int:
    """At how many points a step evaluates its model, forward and backward.

    A task that asks for derivatives or along rays tells how often that is for each of the points
    it shows (`evaluations`).
    """
    points = shown(signal, task)
    # A batch is a number or `all`.
    batch = points if training.batch == "all" else min(points, int(training.batch))
    told = registry.declare("tasks", task.kind).functions.get("evaluations")
    return told(batch, shape=signal.shape, **task.settings) if told else batch


def work(
    domain: Domain, model: ModelSpec, training: TrainingSpec, evaluated: int, task: float = 0.0
) -> float:
    """Arithmetic of a fit, as its model counts it, and what every step costs besides.

    `domain` is the model's. A model that cannot count is taken for a dense network: six
    operations a parameter and point. `evaluated` is how many points a step takes, `task` the
    operations of its task beside those.
    """
    declared = registry.declare("models", model.kind)
    if declared.facts.control:
        return 0.0
    counted = flops(declared, model.size, domain, model.settings)
    each = 6.0 * model.parameters if counted is None else counted
    return training.steps * (evaluated * each + 50.0 * model.parameters + task + _STEP)


def memory_mb(signal: SignalPlan, model: ModelSpec, attempt: int) -> int:
    """The interpreter, the lattice some forty times over, the optimiser; more at each attempt."""
    numbers = 40 * signal.domain.points * (signal.channels + 2) + 6 * model.parameters
    return attempt * (INTERPRETER_MB + 4 * numbers // 2**20)


def score_memory_mb(signal: SignalPlan, metrics: Sequence[str], attempt: int) -> int:
    """The interpreter, truth and reconstruction some eight times over, and the hungriest metric.

    A metric that takes more than its share says how many bytes a sample (`bytes_a_sample`).
    """
    declared = [registry.declare("metrics", metric).facts for metric in metrics]
    own = max((facts.bytes_a_sample for facts in declared), default=0)
    each = 8 * 8 * signal.channels + own
    return attempt * (INTERPRETER_MB + signal.domain.points * each // 2**20)


def score_minutes(signal: SignalPlan, metrics: Sequence[str], fits: int, attempt: int) -> int:
    """Minutes on a slow core for the scores of so many fits.

    A metric that takes more than its share says how many operations a sample (`flops_a_sample`).
    """
    declared = [registry.declare("metrics", metric).facts for metric in metrics]
    each = sum(facts.flops_a_sample for facts in declared)
    return attempt * (10 + int(fits * signal.domain.points * each / _SLOW["cpu"] / 60))


def minutes(work: float, device: str) -> float:
    """The most minutes that so much arithmetic takes: on a slow core, or a slow GPU."""
    return work / _SLOW[device] / 60


def group(minutes: float) -> str | None:
    """The group of fits of like length with which a fit may share a cluster's job."""
    return next((name for name, longest in GROUPS.items() if minutes <= longest), None)


def runtime_minutes(minutes: float, attempt: int) -> int:
    """The minutes that a cluster is asked for; a fit that is cut off resumes at its checkpoint.

    A start may be slow. Where fits share a job their starts share what is allowed for it.
    """
    start = _START if group(minutes) else _START_ALONE
    return attempt * (start + math.ceil(minutes))


def signal_memory_mb(signal: SignalPlan, attempt: int) -> int:
    """The interpreter, and the values some eight times over or what its kind says (`memory`)."""
    declared = registry.declare("signals", signal.kind)
    told = declared.functions.get("memory")
    own = told(**declared.settings | signal.settings) if told else 0
    own = signal.own.memory if signal.own else own
    return attempt * (LIGHT_MB + max(own, _bytes(signal, 8)) // 2**20)


def observation_memory_mb(signal: SignalPlan, attempt: int) -> int:
    """The interpreter, and the values some eight times over."""
    return attempt * (LIGHT_MB + _bytes(signal, 8) // 2**20)


def picture_memory_mb(signal: SignalPlan, attempt: int) -> int:
    """The interpreter, and the values some two dozen times over; fits are read one at a time."""
    return attempt * (LIGHT_MB + _bytes(signal, 24) // 2**20)


def table_memory_mb(cells: int, attempt: int) -> int:
    """The interpreter, and some dozen rows of text a cell."""
    return attempt * (LIGHT_MB + cells // 20)


def _bytes(signal: SignalPlan, times: int) -> int:
    """The bytes of a signal's values in double precision, so many times."""
    return times * 8 * signal.domain.points * signal.channels
