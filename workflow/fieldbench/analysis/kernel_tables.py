"""Examined kernels as tidy tables: a row a model, a row a frequency, a row an eigenvalue."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.plan.errors import UserError
from fieldbench.results import provenance, store

CELL = ("place", "model", "budget", "seed")
WAYS = ("descent", "adam")
NUMBERS = ("trace", "largest", "effective_rank", "decay", "condition", "unevenness")
NUMBERS += ("distance_to_circulant",)
Files = Iterable[str | Path]
Found = tuple[dict[str, Any], dict[str, Any], dict[str, np.ndarray]]


def table(files: Files, what: str) -> str:
    """CSV of `kernels`, `responses` or `spectra`; a frequency that was never learnt is empty."""
    rows = {"kernels": _kernel, "responses": _responses, "spectra": _spectrum}[what]
    frame = pd.DataFrame([row for found in _read(files) for row in rows(*found)])
    return frame.to_csv(index=False, lineterminator="\n")


def check(files: Sequence[str], planned: Sequence[str]) -> None:
    """Raise a UserError that names a file that is not made as planned."""
    for file, own in zip(files, planned, strict=True):
        if provenance.found(file, "kernel") != own:
            raise UserError(
                f"{file} was made by other code or settings than planned.",
                "Delete it and run the same command again, which makes it anew.",
            )


def _read(files: Files) -> Iterator[Found]:
    for file in files:
        arrays, facts = store.read(file, "kernel")
        yield {k: facts["cell"][k] for k in CELL}, facts, arrays


def _kernel(cell: dict, facts: dict, arrays: dict) -> Iterator[dict[str, Any]]:
    size = {"parameters": facts["model"]["parameters"], "points": len(arrays["spectrum"])}
    learnt = {f"{way}_{k}": facts[f"{way}_{k}"] for way in WAYS for k in ("agreement", "drift")}
    count = {f"{way}_learnt": np.isfinite(arrays[f"{way}/reached"]).sum() for way in WAYS}
    yield cell | size | {k: facts[k] for k in NUMBERS} | learnt | count


def _responses(cell: dict, facts: dict, arrays: dict) -> Iterator[dict[str, Any]]:
    for k, frequency in enumerate(arrays["frequencies"]):
        row = cell | {"frequency": frequency, "steps": facts["steps"]}
        row |= {name: arrays[name][k] for name in ("rates", "leakage")}
        for way in WAYS:
            reached = arrays[f"{way}/reached"][k]
            row[f"{way}_reached"] = reached if np.isfinite(reached) else None
            row[f"{way}_share"] = arrays[f"{way}/share"][k]
        yield row


def _spectrum(cell: dict, facts: dict, arrays: dict) -> Iterator[dict[str, Any]]:
    for k, value in enumerate(arrays["spectrum"]):
        yield cell | {"rank": k + 1, "value": value, "alignment": arrays["alignment"][k]}
