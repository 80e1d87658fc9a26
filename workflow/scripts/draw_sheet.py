"""A signal, fits of every budget and their scores in; models by budgets as pictures out."""

from typing import Any

import _job

from fieldbench import provenance, store
from fieldbench.figures import reading, sheet
from fieldbench.figures.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    inputs = {"fit": job.input.fits, "score": job.input.scores}
    provenance.check(inputs, job.params.made_of)
    style = Style.of(plan["style"])
    truth, signal = store.read(job.input.signal, "signal")
    reconstructions, scores = reading.fits(
        job.input.fits, job.input.scores, lambda cell: (cell["model"], cell["budget"])
    )
    drawn = sheet.draw(
        truth["values"],
        reconstructions,
        scores,
        next(iter(plan["metrics"].values())),  # the one that leads
        style,
        f"{style.task(plan['task'])}: {style.family(plan['family'])} (signal {signal['signal']})",
        within=reading.within(signal),
    )
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
