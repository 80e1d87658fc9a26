"""A signal or a fit in; a file for players or viewers out."""

from typing import Any

import _job

from fieldbench.exports._given import Given
from fieldbench.plan.entries import registry
from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    source = plan["plan"]["source"]
    provenance.check({source: [job.input[0]]}, job.params.made_of)
    arrays, _ = store.read(job.input[0], source)
    export = registry.load("exports", plan["entry"])()
    export.write(Given(arrays, plan["plan"], job.params.stamp), job.output[0])


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
