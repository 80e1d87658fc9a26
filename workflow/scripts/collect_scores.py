"""Scores of a study in; one of its tidy tables out: scores, history or timings."""

from typing import Any

import _job

from fieldbench.results import collecting, provenance
from fieldbench.results.store import write_whole


def main(job: Any) -> None:
    plan = job.params.job
    provenance.check({"score": job.input}, job.params.made_of)
    collect = getattr(collecting, plan["what"])
    text = collect(job.input, plan["cells"], plan["study"], plan["metrics"])
    write_whole(job.output[0], text.encode())


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
