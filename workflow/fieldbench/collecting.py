"""Scores of many fits as tidy tables: one row a cell, or a row an evaluation of one."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fieldbench import store

_CELL = ("task", "signal", "family", "label", "dims", "channels", "samples", "model", "budget")
_TIMES = ("training_seconds", "step_seconds", "seconds", "peak_bytes", "processor")


def scores(files: Iterable[str | Path], study: str, metrics: list[str]) -> str:
    """CSV with one row a cell and one column a metric; a failed fit has empty metrics."""
    rows = []
    for file in files:
        facts = store.facts(file, "score")
        row = _describe(facts, study)
        row |= {k: facts[k] for k in ("parameters", "bytes", "status", "reason", "best_step")}
        row |= {m: facts["scores"].get(m, {}).get("value") for m in metrics}
        rows.append(row)
    columns = ["study", *_CELL, "parameters", "bytes", "seed", "status", "reason", "best_step"]
    return _csv(rows, [*columns, *metrics])


def history(files: Iterable[str | Path], study: str, metrics: list[str]) -> str:
    """CSV with one row an evaluation of each fit."""
    rows = []
    for file in files:
        arrays, facts = store.read(file, "score")
        described = _describe(facts, study)
        names = ("step", "loss", "psnr")
        for values in zip(*(arrays.get(f"history/{n}", ()) for n in names), strict=True):
            rows.append(described | dict(zip(names, (v.item() for v in values), strict=True)))
    return _csv(rows, ["study", *_CELL, "seed", "step", "loss", "psnr"])


def timings(files: Iterable[str | Path], study: str, metrics: list[str]) -> str:
    """CSV with one row a cell: what its fit took, where. Not the same from run to run."""
    rows = []
    for file in files:
        facts = store.facts(file, "score")
        row = _describe(facts, study) | {k: facts[k] for k in ("parameters", "bytes")}
        row |= {"steps": facts["steps"], "device": facts["device"]}
        rows.append(row | store.timing(file, "score"))
    return _csv(rows, ["study", *_CELL, "parameters", "bytes", "seed", "steps", "device", *_TIMES])


def join(tables: Iterable[str | Path]) -> str:
    """One CSV of several, with all their columns."""
    rows: list[dict[str, Any]] = []
    columns: dict[str, None] = {}  # an ordered set
    for table in tables:
        with open(table, encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns |= dict.fromkeys(reader.fieldnames or ())
            rows += reader
    return _csv(rows, list(columns))


def _describe(facts: dict[str, Any], study: str) -> dict[str, Any]:
    row = {"study": study} | facts["cell"] | facts["signal"]
    return row | {"budget": row["budget"] or None}  # a control has none


def _csv(rows: list[dict[str, Any]], columns: list[str]) -> str:
    """Missing values are empty; floats are written so that they read back the same."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
