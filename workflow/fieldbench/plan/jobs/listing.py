"""The list of a preset's cells: what is dropped, by its reason, then what is kept, in columns."""

from collections.abc import Sequence

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.planner import Cells

_HEAD = ("study", "task", "signal", "model", "budget", "seed")


def listing(cells: Cells) -> str:
    """Text with a line for each cell of a preset, study by study."""
    kept = [
        (*_row(study, cell), f"{(fit := cells.model(cell)).parameters:,}", fit.backend)
        for study, listed in cells.studies.items()
        for cell in listed
    ]
    table = _aligned([(*_HEAD, "parameters", "backend"), *kept])
    unreadable = [f"signal {name} is dropped: {why}" for name, why in cells.unreadable.items()]
    lines = [*unreadable, *_dropped(cells), f"{len(kept)} cells are kept:", *table]
    return "\n".join(lines)


def _dropped(cells: Cells) -> list[str]:
    """The lines about cells that are left out, each reason once."""
    if not cells.dropped:
        return []
    reasons: dict[str, list[tuple[str, ...]]] = {}
    for study, cell, reason in cells.dropped:
        reasons.setdefault(reason, []).append(_row(study, cell))
    # All in one table first, so that columns stand below each other from group to group.
    rows = iter(_aligned([_HEAD, *(row for group in reasons.values() for row in group)]))
    lines = [f"{len(cells.dropped)} cells are dropped:", next(rows)]
    for reason, group in reasons.items():
        lines += [f"  because {reason}", *(next(rows) for _ in group)]
    return [*lines, ""]


def _row(study: str, cell: Cell) -> tuple[str, ...]:
    return study, cell.task, cell.signal, cell.model, f"{cell.budget:,}", str(cell.seed)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of columns; numbers stand to the right."""
    numbers = {"budget", "seed", "parameters"}
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            text.rjust(width) if head in numbers else text.ljust(width)
            for head, text, width in zip(rows[0], row, wide, strict=True)
        ]
        lines.append(("    " + "  ".join(cells)).rstrip())
    return lines
