"""A fit in; its model's values on the lattice that another task asks for out."""

from typing import Any

import _job
from runtime import gpu_slots

from fieldbench.results import provenance, store
from fieldbench.training.render import render


def main(job: Any) -> None:
    plan = job.params.job
    origin = provenance.facts("fit", plan, {"fit": job.input}, job.params.made_of)
    arrays, facts = store.read(job.input[0], "fit")
    result = render(arrays, facts, plan, gpu_slots.alone)
    timing = store.timing(job.input[0], "fit")
    store.write(job.output[0], "fit", result.arrays, result.facts | origin, timing)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
