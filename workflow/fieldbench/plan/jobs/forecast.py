"""The forecast of a run's time on this machine, from a short measurement of training steps."""

import csv
import hashlib
import io
from dataclasses import replace
from typing import Any

from fieldbench.plan.cells import backends
from fieldbench.plan.cells.cell import Cell, TaskSpec
from fieldbench.plan.entries import digests, registry
from fieldbench.plan.jobs import estimates, probes
from fieldbench.plan.jobs.run import Run

POINTS = 8192  # of the smaller of a probe's two lattices: several parts, yet a moment's work
_COLUMNS = ("task", "signal", "model", "budget", "seed", "parameters", "points", "steps")


def probe_params(run: Run) -> dict[str, Any]:
    """The parameters of the measurement: up to three fits of every kind."""
    kinds: dict[str, list[Cell]] = {}
    for cell in run.cells.fits:
        if not _is_control(run, cell):
            kinds.setdefault(_kind(run, cell), []).append(cell)
    cells = probes.chosen(kinds, run.cells)
    return {
        "points": POINTS * (backends.POINTS_AT_ONCE[run.device] // backends.POINTS_AT_ONCE["cpu"]),
        "plans": [_plan(run, cell) for cell in cells],
        "code": digests.stage("measure_steps"),
    }


def code(run: Run) -> dict[str, Any]:
    """The digests of plan and code, on which the forecast depends beside the measurement."""
    told = repr((list(run.cells.fits.values()), run.preset.training, run.device)).encode()
    return {"plan": hashlib.sha256(told).hexdigest(), "code": digests.stage("forecast_fits")}


class Forecast:
    """Expected seconds of every fit, from what was measured."""

    def __init__(self, run: Run, measured: dict[str, Any]):
        self.run = run
        self.start = measured["start"]
        self.known: dict[str, list[probes.Measured]] = {}
        for row in measured["steps"]:
            cost = probes.Measured(row["parameters"], row["step"], row["point"])
            self.known.setdefault(row["kind"], []).append(cost)

    def seconds(self, cell: Cell) -> float:
        """A fit's expected time on one core; a control's is its start-up."""
        run = self.run
        if _is_control(run, cell):
            return self.start
        cost = probes.between(self.known[_kind(run, cell)], run.cells.fits[cell].model.parameters)
        points, evaluated = _points(run, cell), run.resources.evaluations(cell)
        training = run.cells.fits[cell].training
        return probes.seconds(cost, points, evaluated, training, self.start)

    def rows(self) -> str:
        """CSV with a row a fit: its expected time, and what a cluster is asked for."""
        text = io.StringIO()
        asked = ("seconds", "threads", "mem_mb", "runtime_minutes", "gpus")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow((*_COLUMNS, *asked))
        run = self.run
        for cell, spec in run.cells.fits.items():
            model, training = spec.model, spec.training
            told = (*vars(cell).values(), model.parameters, _points(run, cell), training.steps)
            wanted = (
                training.threads,
                run.resources.memory_mb(cell, 1),
                run.resources.runtime_minutes(cell, 1),
            )
            gpus = int(run.device == "cuda")
            writer.writerow((*told, f"{self.seconds(cell):.1f}", *wanted, gpus))
        return text.getvalue()

    def table(self, cores: int) -> str:
        """Markdown with a row a study, for the terminal."""
        head = ("study", "fits", "one core", f"{cores} cores", "longest fit", "most memory")
        lines = [" | ".join(head), " | ".join("---" for _ in head)]
        for study in self.run.cells.studies:
            lines.append(" | ".join(self._study(study, self.run.trained([study]), cores)))
        every = list(self.run.cells.fits)
        lines.append(" | ".join(self._study("all", every, cores)))
        return "\n".join(f"| {line} |" for line in lines)

    def _study(self, name: str, fits: list[Cell], cores: int) -> tuple[str, ...]:
        each = [self.seconds(cell) for cell in fits]
        longest = max(each)
        memory = max(self.run.resources.memory_mb(cell, 1) for cell in fits)
        count = sum(not _is_control(self.run, cell) for cell in fits)
        wall = max(sum(each) / cores, longest)
        return (
            name,
            f"{count:,}",
            probes.total(each),
            probes.total([wall]),
            f"{probes.total([longest])} ({fits[each.index(longest)].model})",
            f"{memory / 1024:.1f} GiB",
        )


def _plan(run: Run, cell: Cell) -> dict[str, Any]:
    """A fit as it is planned, seen through the task that its probe measures."""
    spec = replace(run.cells.fits[cell], task=_task(run, cell))
    return {"kind": _kind(run, cell), "fit": spec.to_params()}


def _task(run: Run, cell: Cell) -> TaskSpec:
    """A point costs the same whichever task shows it; only the whole field's have their own."""
    task = run.cells.tasks[cell.task]
    if registry.declare("tasks", task.kind).facts.whole_field:
        return task
    return TaskSpec("represent", {})


def _kind(run: Run, cell: Cell) -> str:
    spec = run.cells.fits[cell]
    return probes.kind_of(cell, spec.model, spec.domain, _task(run, cell).kind)


def _points(run: Run, cell: Cell) -> int:
    return estimates.shown(run.cells.signals[cell.signal], run.cells.tasks[cell.task])


def _is_control(run: Run, cell: Cell) -> bool:
    return registry.declare("models", run.cells.fits[cell].model.kind).facts.control
