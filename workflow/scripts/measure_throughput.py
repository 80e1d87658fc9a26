"""A model of a budget in; what a training step of it takes both ways, and what the machine can."""

import statistics
from typing import Any

import _job

from fieldbench.plan.analyses.specs import MeasureSpec
from fieldbench.results import store
from fieldbench.speed.throughput import measure


def main(job: Any) -> None:
    facts, found = measure(MeasureSpec.of(job.params.job))
    store.write(job.output[0], "throughput", {}, facts, found)
    _job.tell(job, "say", told(facts["cell"], found))


def told(cell: dict[str, Any], found: dict[str, Any]) -> str:
    """A measurement in one line."""
    theirs, ours = (found[way]["seconds"] for way in ("textbook", "ours"))
    ratio = statistics.median(a / b for a, b in zip(theirs, ours, strict=True))
    text = f"{cell['model']} of {cell['budget']:,}, {cell['place']}: "
    text += f"textbook {1e3 * statistics.median(theirs):.4g} ms, "
    return text + f"ours {1e3 * statistics.median(ours):.4g} ms, {ratio:.3g} times"


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
