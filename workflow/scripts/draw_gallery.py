"""A signal, its observation, fits and their scores in; the pictures side by side out."""

from typing import Any

import _job

from fieldbench.figures import gallery
from fieldbench.figures.parts import reading
from fieldbench.figures.parts.style import Style, save
from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    inputs = {"fit": job.input.fits, "score": job.input.scores}
    provenance.check(inputs, job.params.made_of)
    style, metrics = Style.of(plan["style"]), list(plan["metrics"].values())
    truth, signal = store.read(job.input.signal, "signal")
    observed, facts = store.read(job.input.observation, "observation")
    reconstructions, scores, chosen = reading.best(job.input.fits, job.input.scores, metrics, style)
    title = f"{style.task(plan['task'])}: {style.family(plan['family'])} "
    title += f"(signal {signal['signal']}, budget {reading.budget(job.input.fits):,})"
    about = (reconstructions, scores, metrics, chosen.style, chosen.titled(title))
    drawn = gallery.draw(
        truth["values"],
        reading.pictured(facts, observed["values"]),
        *about,
        mask=observed.get("mask"),
        angles=reading.angles(facts),
        sort=plan["sort"],
    )
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
