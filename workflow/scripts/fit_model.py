"""An observation in, a fit out: reconstruction, history, facts."""

from typing import Any

import _job
import _progress

from fieldbench.observation import Observation
from fieldbench.training.finished import finish
from fieldbench.training.fit import FitPlan


def main(job: Any) -> None:
    planned = dict(job.params.job)
    shape = tuple(planned.pop("shape"))
    finish(job.output[0], Observation.open(job.input[0]), shape, FitPlan(**planned))


if __name__ == "__main__":
    _job.run(main, snakemake, then=_progress.report)  # noqa: F821
