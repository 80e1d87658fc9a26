"""Measured steps as a table for readers: three significant digits, columns that line up."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.measured_steps import budgets_of, machine_text, place_text
from fieldbench.figures.parts.style import Style
from fieldbench.tables.parts.markdown import aligned, number

NUMBERS = {  # heading to the CSV's column
    "textbook (ms)": "textbook_ms",
    "ours (ms)": "ours_ms",
    "ratio": "ratio",
    "GFLOP/s": "gflops",
    "of product": "fraction",
    "GB/s": "gbytes",
    "of copy": "fraction_bytes",
    "bound": "bound",
    "textbook (MB)": "textbook_mb",
    "ours (MB)": "ours_mb",
    "difference": "gradient_difference",
}


class Table:
    """Writes how fast training steps are, with what a machine can do."""

    path = "throughput.md"
    suffixes = ("md",)
    category = "throughput"
    caption = (
        "A training step as a textbook writes it and as it is done here, timed in turn in one "
        "process. The numbers belong to the processor that is named with them."
    )
    reads = ("throughput",)
    needs = ("dropped",)
    scope = "throughput"

    def write(self, given: Given) -> str:
        return to_markdown(given.tables["throughput"], given.style, given.plan["dropped"])


def to_markdown(rows: pd.DataFrame, style: Style, dropped: Sequence[Sequence[str]] = ()) -> str:
    """What the numbers are, a table a place, the mean ratios, and what was left out and why."""
    places = list(dict.fromkeys(rows["place"]))
    parts = ["# Throughput", _about(rows)]
    for place in places:
        own = rows[rows["place"] == place]
        parts += [f"**{place_text(own)}**", aligned(_lines(own, style))]
    parts += ["**Geometric means of the ratios over models**", aligned(_means(rows, places))]
    parts += [f"Left out: {name} ({reason})." for name, reason in dropped]
    return "\n\n".join(parts) + "\n"


def _about(rows: pd.DataFrame) -> str:
    """What was measured on, and what the columns mean."""
    product, copy = (rows[key].median() for key in ("peak_gflops", "copy_gbytes"))
    return (
        f"One training step: {machine_text(rows)}. Medians of pairs of steps, one each way. "
        "`ratio` is the textbook's time over ours, the median over the pairs. `GFLOP/s` counts the "
        "textbook's arithmetic over our time, `GB/s` the least that a step must move; beside them "
        "the share of a large "
        f"matrix product ({number(product)} GFLOP/s in the median) and of a large copy "
        f"({number(copy)} GB/s), each measured in the same process. The product is torch's own "
        "`torch.mm`: where fits multiply by a faster library, their share may pass 1. `bound` "
        "names the larger share, or neither where both are below a fifth. `MB` is the memory that "
        "a first step adds, tables that are kept included. `difference` is how far the two "
        "gradients of the first step are apart, relative to their length."
    )


def _lines(own: pd.DataFrame, style: Style) -> list[list[str]]:
    lines = [["model", "budget", "size", "parameters", *NUMBERS]]
    marks: set[str] = set()
    for model in style.ordered(own["model"]):
        for _, row in own[own["model"] == model].sort_values("budget").iterrows():
            part = row["textbook_every"] > 1
            parts = not part and row["textbook_points_at_once"] < row["points"]
            marks |= {mark for mark, holds in (("†", part), ("*", parts)) if holds}
            counts = [f"{int(row[key]):,}" for key in ("budget", "size", "parameters")]
            texts = [_text(row[column]) for column in NUMBERS.values()]
            texts[0] += "†" * part + "*" * parts
            lines.append([style.model(model).name, *counts, *texts])
    said = {"*": "* in parts", "†": "† reckoned from some points"}
    if marks:
        lines[0][4] += f" ({', '.join(said[mark] for mark in sorted(marks))})"
    return lines


def _means(rows: pd.DataFrame, places: list[str]) -> list[list[str]]:
    """A line a place: the geometric mean at each budget, and over all of them."""
    budgets = budgets_of(rows)
    lines = [["place", *(f"{budget:,}" for budget in budgets), "all", "measured"]]
    for place in places:
        own = rows[rows["place"] == place]
        groups = [own[own["budget"] == budget] for budget in budgets]
        means = [number(geometric_mean(group["ratio"])) for group in (*groups, own)]
        lines.append([place, *means, str(len(own))])
    return lines


def geometric_mean(values: pd.Series) -> float:
    """nan where there are none."""
    return float(np.exp(np.log(values).mean())) if len(values) else math.nan


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else number(value)
