"""An observation in, a fit out: reconstruction, history, facts."""

from typing import Any

import _job
from runtime import gpu_slots

from fieldbench.plan.cells.cell import FitSpec
from fieldbench.results import provenance
from fieldbench.results.observation import Observation
from fieldbench.training.finished import finish


def main(job: Any) -> None:
    planned, made_of = job.params.job, job.params.made_of
    origin = provenance.facts(planned, {"observation": job.input}, made_of)
    seen, spec = Observation.open(job.input[0]), FitSpec.of(planned)
    finish(job.output[0], seen, spec, origin, gpu_slots.slot())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
