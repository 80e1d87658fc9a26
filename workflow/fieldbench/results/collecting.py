"""Scores of many fits as tidy tables: one row a cell, or a row an evaluation of one.

A score file holds the cells of one model on one signal. `cells` names, for each file, those that
the table is about, in their order.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fieldbench.results import store

_CELL = ("task", "signal", "family", "label", "dims", "channels", "samples", "model", "budget")
_ENDED = ("status", "reason", "best_step", "constant_psnr")
_TIMES = ("training_seconds", "step_seconds", "seconds", "peak_bytes", "processor")


Files = Iterable[str | Path]
Names = Iterable[Iterable[str]]


def scores(files: Files, cells: Names, study: str, metrics: list[str]) -> str:
    """CSV with one row a cell and one column a metric; a failed fit has empty metrics."""
    rows = []
    for row, record in _records(files, cells, study):
        facts = record.facts
        row |= {k: facts[k] for k in ("parameters", "bytes", *_ENDED)}
        row |= {m: facts["scores"].get(m, {}).get("value") for m in metrics}
        rows.append(row)
    return _csv(rows, ["study", *_CELL, "parameters", "bytes", "seed", *_ENDED, *metrics])


def history(files: Files, cells: Names, study: str, metrics: list[str]) -> str:
    """CSV with one row an evaluation of each fit."""
    rows = []
    for row, record in _records(files, cells, study, arrays=True):
        names = ("step", "loss", "psnr")
        for values in zip(*(record.arrays.get(f"history/{n}", ()) for n in names), strict=True):
            rows.append(row | dict(zip(names, (v.item() for v in values), strict=True)))
    return _csv(rows, ["study", *_CELL, "seed", "step", "loss", "psnr"])


def timings(files: Files, cells: Names, study: str, metrics: list[str]) -> str:
    """CSV with one row a cell: what its fit took, where. Not the same from run to run."""
    rows = []
    for row, record in _records(files, cells, study):
        row |= {k: record.facts[k] for k in ("parameters", "bytes", "steps", "device")}
        rows.append(row | record.timing)
    return _csv(rows, ["study", *_CELL, "parameters", "bytes", "seed", "steps", "device", *_TIMES])


def join(tables: Files) -> str:
    """One CSV of several, with all their columns."""
    rows: list[dict[str, Any]] = []
    columns: dict[str, None] = {}  # an ordered set
    for table in tables:
        with open(table, encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns |= dict.fromkeys(reader.fieldnames or ())
            rows += reader
    return _csv(rows, list(columns))


def _records(
    files: Files, cells: Names, study: str, arrays: bool = False
) -> Iterator[tuple[dict[str, Any], store.Record]]:
    """Every cell asked for: the columns that describe it, and its record."""
    for file, names in zip(files, cells, strict=True):
        facts, records = store.facts(file, "score"), store.cells(file, "score", arrays)
        row = {"study": study} | {k: facts[k] for k in ("task", "signal", "model")}
        for name in names:
            own = records[name].facts
            # A control has no budget.
            place = {"budget": own["budget"] or None, "seed": own["seed"]}
            yield row | facts["truth"] | place, records[name]


def _csv(rows: list[dict[str, Any]], columns: list[str]) -> str:
    """Missing values are empty; floats are written so that they read back the same."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
