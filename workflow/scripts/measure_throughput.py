"""A model of a budget in; what a training step of it takes both ways, and what the machine can."""

import os
import statistics
from typing import Any

import _job

from fieldbench.plan.analyses.specs import MeasureSpec
from fieldbench.results import store
from fieldbench.speed.throughput import measure


def main(job: Any) -> None:
    facts, found = measure(MeasureSpec.of(job.params.job))
    store.write(job.output[0], "throughput", {}, facts, found)


def tell(output: str, terminal: int) -> None:
    """One line about the measurement to the terminal."""
    cell, found = store.facts(output, "throughput")["cell"], store.timing(output, "throughput")
    theirs, ours = (found[way]["seconds"] for way in ("textbook", "ours"))
    ratio = statistics.median(a / b for a, b in zip(theirs, ours, strict=True))
    text = f"{cell['model']} of {cell['budget']:,}, {cell['place']}: "
    text += f"textbook {1e3 * statistics.median(theirs):.4g} ms, "
    text += f"ours {1e3 * statistics.median(ours):.4g} ms, {ratio:.3g} times"
    os.write(terminal, f"fieldbench: {text}\n".encode())


if __name__ == "__main__":
    _job.run(main, snakemake, then=tell)  # noqa: F821
