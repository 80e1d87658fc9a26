"""The summary of a run before it begins: how many fits, for which study, on what."""

from collections.abc import Iterable

from fieldbench.plan import processor
from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.planner import Cells
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.facts import ModelFacts


def trained(cells: Cells, studies: Iterable[str]) -> list[Cell]:
    """The fits that studies need, each once."""
    wanted = (cells.source(c) for study in studies for c in cells.studies[study])
    return list(dict.fromkeys(wanted))


def summary(name: str, cells: Cells, device: str, left_out: dict[str, list[str]]) -> str:
    """One line on the whole run, one a study, one a signal that is dropped or a metric left out."""
    fits, controls = _split(cells, list(cells.fits))
    dropped = len(cells.dropped)
    tail = f"; {dropped} dropped (snakemake list_cells says why)" if dropped else ""
    head = (
        f"preset {name}: {fits} fits and {controls} controls in {len(cells.studies)} studies, "
        f"device {device}{_processor()}{_backends(cells, device)}{tail}"
    )
    lines = [head, *(f"  {study}: {counts(cells, study)}" for study in cells.studies)]
    lines += [f"  {line}" for line in left_out_lines(cells, left_out)]
    return "\n".join(lines)


def left_out_lines(cells: Cells, metrics: dict[str, list[str]]) -> list[str]:
    """A line a signal that cannot be read, and one a metric whose files cannot be had."""
    signals = [f"left out: {name}. {why}" for name, why in cells.unreadable.items()]
    return signals + [
        f"left out: {metric} ({', '.join(files)} cannot be had)"
        for metric, files in sorted(metrics.items())
    ]


def unreadable(cells: Cells) -> str:
    """Each signal that cannot be read, why, and what to do; empty where all can."""
    if not cells.unreadable:
        return ""
    lines = [f"  {name}: {why}" for name, why in cells.unreadable.items()]
    return "\n".join(["nothing was made of signals that cannot be read:", *lines])


def counts(cells: Cells, study: str) -> str:
    """How many fits a study needs, of which kind."""
    fits, controls = _split(cells, trained(cells, [study]))
    asked = sum(cell in cells.rendered for cell in cells.studies[study])
    dropped = sum(name == study for name, *_ in cells.dropped)
    text = f"{fits} fits and {controls} controls"
    text += f", asked {asked} more questions" if asked else ""
    return text + (f", {dropped} dropped" if dropped else "")


def _split(cells: Cells, fits: list[Cell]) -> tuple[int, int]:
    """How many fits, and how many of controls."""
    controls = sum(_facts(cells, cell).control for cell in fits)
    return len(fits) - controls, controls


def _processor() -> str:
    """The kind of processor, where something has chosen its instructions."""
    own = processor.here()
    return f", processor {own.name}" if own.choices else ""


def _backends(cells: Cells, device: str) -> str:
    """Which models are not computed by torch, and which of those that are draw on the CPU."""
    used = {(cell.model, spec.model.backend) for cell, spec in cells.fits.items()}
    by = "".join(f", {model} by {name}" for model, name in sorted(used) if name != "torch")
    if device == "cuda":
        slow = {
            cell.model
            for cell, spec in cells.fits.items()
            if spec.model.backend == "torch" and _facts(cells, cell).loops_on_cpu
        }
        by += "".join(f", {model} drawn on the CPU" for model in sorted(slow))
    return by


def _facts(cells: Cells, fit: Cell) -> ModelFacts:
    return registry.declare("models", cells.fits[fit].model.kind).facts
