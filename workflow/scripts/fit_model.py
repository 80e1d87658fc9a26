"""An observation in, a fit out: reconstruction, history, facts."""

from typing import Any

import _job
from runtime import gpu_slots, progress

from fieldbench.results import provenance
from fieldbench.results.observation import Observation
from fieldbench.training.finished import finish
from fieldbench.training.fit import FitPlan


def main(job: Any) -> None:
    planned = dict(job.params.job)
    made_of = job.params.made_of
    origin = provenance.facts("fit", planned, {"observation": job.input}, made_of)
    shape = tuple(planned.pop("shape"))
    seen, plan = Observation.open(job.input[0]), FitPlan(**planned)
    finish(job.output[0], seen, shape, plan, origin, gpu_slots.alone, gpu_slots.told)


if __name__ == "__main__":
    _job.run(main, snakemake, then=progress.report)  # noqa: F821
