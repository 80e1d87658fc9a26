"""An observation in, a fit out: reconstruction, history, facts."""

from pathlib import Path
from typing import Any

import _job
import _progress
import _slots

from fieldbench import provenance, store
from fieldbench.observation import Observation
from fieldbench.training.fit import FitPlan, fit


def main(job: Any) -> None:
    planned = dict(job.params.job)
    made_of = job.params.made_of
    origin = provenance.facts("fit", planned, {"observation": job.input}, made_of)
    shape = tuple(planned.pop("shape"))
    output = Path(job.output[0])
    checkpoint = output.with_name(f".{output.name}.checkpoint")
    seen = Observation.open(job.input[0])
    result = fit(seen, shape, FitPlan(**planned), checkpoint, _slots.alone)
    timing = result.timing | _slots.told()
    store.write(output, "fit", result.arrays, origin | result.facts, timing)


if __name__ == "__main__":
    _job.run(main, snakemake, then=_progress.report)  # noqa: F821
