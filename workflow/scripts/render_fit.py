"""A fit in; its model's values on the lattice that another task asks for out."""

from typing import Any

import _job

from fieldbench import store
from fieldbench.training.render import render


def main(job: Any) -> None:
    arrays, facts = store.read(job.input[0], "fit")
    result = render(arrays, facts, job.params.job)
    store.write(
        job.output[0], "fit", result.arrays, result.facts, store.timing(job.input[0], "fit")
    )


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
