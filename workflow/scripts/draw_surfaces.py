"""A body, fits and their scores in; its surface and each model's, shaded, out."""

from typing import Any

import _job

from fieldbench.figures import surfaces
from fieldbench.figures.parts import reading
from fieldbench.figures.parts.style import Style, save
from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    inputs = {"fit": job.input.fits, "score": job.input.scores}
    provenance.check(inputs, job.params.made_of)
    style, metrics = Style.of(plan["style"]), list(plan["metrics"].values())
    truth, signal = store.read(job.input.signal, "signal")
    reconstructions, scores, chosen = reading.best(job.input.fits, job.input.scores, metrics, style)
    title = f"{style.task(plan['task'])}: {style.family(plan['family'])} "
    title += f"(signal {signal['signal']}, budget {reading.budget(job.input.fits):,})"
    about = (reconstructions, scores, metrics, chosen.style, chosen.titled(title))
    drawn = surfaces.draw(truth["values"], *about, signed=reading.is_signed(signal))
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
