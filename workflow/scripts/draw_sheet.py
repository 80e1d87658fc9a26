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
