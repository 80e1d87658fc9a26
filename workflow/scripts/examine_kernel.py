"""A model's plan in; its kernel, what that predicts of frequencies and what training does, out."""

from typing import Any

import _job

from fieldbench.analysis.examined import examine
from fieldbench.plan.analyses.specs import KernelSpec
from fieldbench.results import provenance, store
from fieldbench.training.device import prepare


def main(job: Any) -> None:
    planned = job.params.job
    origin = provenance.facts(planned, {})
    prepare("cpu", 1)
    arrays, facts = examine(KernelSpec.of(planned))
    store.write(job.output[0], "kernel", arrays, facts | origin)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
