"""A body or a fit to one in; its surface as a mesh out."""

from typing import Any

import _job

from fieldbench.exports import ply
from fieldbench.figures.parts import stamp
from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    provenance.check({plan["kind"]: [job.input[0]]}, job.params.made_of)
    arrays, _ = store.read(job.input[0], plan["kind"])
    values = arrays.get("values" if plan["kind"] == "signal" else "reconstruction")
    triangles = ply.triangles(values, plan["signed"])
    said = stamp.text(job.params.stamp, ("numpy", "scikit-image"))
    store.write_whole(job.output[0], ply.content(triangles, said))


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
