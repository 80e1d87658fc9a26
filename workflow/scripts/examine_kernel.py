"""A model's plan in; its kernel, what that predicts of frequencies and what training does, out."""

from typing import Any

import _job

from fieldbench.analysis.examined import KernelPlan, examine
from fieldbench.results import provenance, store
from fieldbench.training.device import prepare


def main(job: Any) -> None:
    planned = dict(job.params.job)
    origin = provenance.facts("kernel", planned, {})
    prepare("cpu", 1)
    arrays, facts = examine(KernelPlan(**planned))
    store.write(job.output[0], "kernel", arrays, facts | origin)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
