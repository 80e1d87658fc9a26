"""A signal and a model's fits to it in, their scores out. Here truth and fits meet first."""

from dataclasses import replace
from typing import Any

import _job

from fieldbench.plan.paths import RECORD
from fieldbench.results import finished_copies, provenance, store
from fieldbench.scoring import Scorer


def main(job: Any) -> None:
    plan = job.params.job
    inputs = {"signal": job.input.signal, "fit": job.input.fits}
    origin = provenance.facts(plan, inputs, job.params.made_of)
    truth, _ = store.read(job.input.signal[0], "signal")
    paths = iter(job.input.metric_files)
    needs = {metric: [next(paths) for _ in keys] for metric, keys in plan["metrics"].items()}
    scorer = Scorer(truth["values"], needs, plan["limits"], plan["aligned"])
    records = {}
    for fit, cell in zip(job.input.fits, plan["cells"], strict=True):
        record = scorer.record(cell, *store.read(fit, "fit"))
        records[RECORD.format(**cell)] = replace(record, timing=store.timing(fit, "fit"))
    facts = {k: plan[k] for k in ("task", "signal", "model", "truth", "code")}
    facts |= origin | {"data": provenance.sources(job.input.metric_files)}
    store.write(job.output[0], "score", {}, facts, cells=records)
    for fit in job.input.fits:
        finished_copies.drop(fit)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
