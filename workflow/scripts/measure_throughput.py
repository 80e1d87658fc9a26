"""A model of a budget in; what a training step of it takes both ways, and what the machine can."""

import os
import statistics
from typing import Any

import _job

from fieldbench import store
from fieldbench.training.throughput import MeasurePlan, measure


def main(job: Any) -> None:
    facts, found = measure(MeasurePlan(**job.params.job))
    store.write(job.output[0], "throughput", {}, facts, found)


def tell(output: str, terminal: int) -> None:
    """One line about the measurement to the terminal."""
    cell, found = store.facts(output, "throughput")["cell"], store.timing(output, "throughput")
    theirs, ours = (1e3 * statistics.median(found[w]["seconds"]) for w in ("textbook", "ours"))
    os.write(
        terminal,
        f"fieldbench: {cell['model']} of {cell['budget']:,}, {cell['place']}: "
        f"textbook {theirs:.4g} ms, ours {ours:.4g} ms, {theirs / ours:.3g} times\n".encode(),
    )


if __name__ == "__main__":
    _job.run(main, snakemake, then=tell)  # noqa: F821
