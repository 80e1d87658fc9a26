"""A fit in; its model's values on the lattice that another task asks for out."""

from typing import Any

import _job
import _slots

from fieldbench import store
from fieldbench.training.render import render


def main(job: Any) -> None:
    arrays, facts = store.read(job.input[0], "fit")
    result = render(arrays, facts, job.params.job, _slots.alone)
    timing = store.timing(job.input[0], "fit")
    store.write(job.output[0], "fit", result.arrays, result.facts, timing)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
