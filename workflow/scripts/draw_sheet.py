"""A signal, fits of every budget and their scores in; models by budgets as pictures out."""

from typing import Any

import _job

from fieldbench.figures import sheet
from fieldbench.figures.parts import reading
from fieldbench.figures.parts.style import Style, save
from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    inputs = {"fit": job.input.fits, "score": job.input.scores}
    provenance.check(inputs, job.params.made_of)
    style, metrics = Style.of(plan["style"]), list(plan["metrics"].values())
    truth, signal = store.read(job.input.signal, "signal")
    reconstructions, scores, chosen = reading.best(
        job.input.fits,
        job.input.scores,
        metrics,
        style,
        lambda cell: (cell["model"], cell["budget"]),
    )
    title = f"{style.task(plan['task'])}: {style.family(plan['family'])} "
    title += f"(signal {signal['signal']})"
    about = (reconstructions, scores, metrics[0], chosen.style, chosen.titled(title))
    sort = {"signed": reading.is_signed(signal), "within": reading.within(signal)}
    drawn = sheet.draw(truth["values"], *about, **sort)
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
