"""Tables of Markdown that line up as text too, and their numbers."""

import math

DIGITS = 3


NONE = "–"


def aligned(lines: list[list[str]]) -> str:
    """A Markdown table that lines up as text too: the first column to the left, others right."""
    lines = [[cell.replace("|", r"\|") for cell in line] for line in lines]
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    shown = []
    for line in (lines[0], rule, *lines[1:]):
        rest = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        shown.append("| " + " | ".join([line[0].ljust(widths[0]), *rest]) + " |")
    return "\n".join(shown)


def number(value: float) -> str:
    """Three significant digits, without an exponent unless the number is very small."""
    if math.isnan(value):
        return NONE
    value = float(f"{value:.{DIGITS}g}")
    if value == 0 or abs(value) < 1e-3:
        return f"{value:.1e}" if value else "0"
    before = math.floor(math.log10(abs(value))) + 1
    return f"{value:,.{max(0, DIGITS - before)}f}"
