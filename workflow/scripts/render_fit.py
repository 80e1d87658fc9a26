"""A fit in; its model's values on the lattice that another task asks for out."""

from typing import Any

import _job
from runtime import gpu_slots

from fieldbench.plan.cells.cell import RenderSpec
from fieldbench.results import provenance, store
from fieldbench.training.render import render


def main(job: Any) -> None:
    planned = job.params.job
    origin = provenance.facts(planned, {"fit": job.input}, job.params.made_of)
    arrays, facts = store.read(job.input[0], "fit")
    result = render(arrays, facts, RenderSpec.of(planned), gpu_slots.slot())
    timing = store.timing(job.input[0], "fit")
    store.write(job.output[0], "fit", result.arrays, result.facts | origin, timing)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
