"""A signal, its observation, fits and their scores in; the pictures side by side out."""

from typing import Any

import _job

from fieldbench import store
from fieldbench.figures import gallery
from fieldbench.figures.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    style = Style.of(plan["style"])
    truth, signal = store.read(job.input.signal, "signal")
    observed, seen = store.read(job.input.observation, "observation")
    fits = [store.read(path, "fit") for path in job.input.fits]
    scored = [store.facts(path, "score") for path in job.input.scores]
    names = [facts["cell"]["model"] for facts in scored]
    scores = [
        {"status": f["status"], **{m: s["value"] for m, s in f["scores"].items()}} for f in scored
    ]
    budget = max(facts["cell"]["budget"] for facts in scored)
    drawn = gallery.draw(
        truth["values"],
        None if plan["task"] == "represent" else observed["values"],
        {name: arrays.get("reconstruction") for name, (arrays, _) in zip(names, fits, strict=True)},
        dict(zip(names, scores, strict=True)),
        list(plan["metrics"].values()),
        style,
        f"{style.task(plan['task'])}: {style.family(plan['family'])} "
        f"(signal {signal['signal']}, budget {budget:,})",
        mask=observed.get("mask"),
        domain=seen.get("domain", ""),
    )
    save(drawn, job.output[0])


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
