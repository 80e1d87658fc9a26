"""A sound in, true or a fit's; a WAV file that can be played out."""

from typing import Any

import _job

from fieldbench.exports import wav
from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    provenance.check({plan["source"]: [job.input[0]]}, job.params.made_of)
    arrays, _ = store.read(job.input[0], plan["source"])
    values = arrays.get(plan["array"])
    wav.save(values, plan["shape"], plan["rate"], job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
