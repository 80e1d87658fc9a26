"""A signal and a fit in, the fit's scores out. Here truth and reconstruction meet first."""

from typing import Any

import _job

from fieldbench import provenance, store
from fieldbench.scoring import score


def main(job: Any) -> None:
    plan = job.params.job
    inputs = {"signal": [job.input.signal], "fit": [job.input.fit]}
    origin = provenance.facts("score", plan, inputs, job.params.made_of)
    arrays, fit = store.read(job.input.fit, "fit")
    scores = {}
    if fit["status"] == "ok":
        truth, _ = store.read(job.input.signal, "signal")
        paths = iter(job.input.metric_files)
        files = {m: [next(paths) for _ in keys] for m, keys in plan["needs"].items()}
        scores = score(truth["values"], arrays["reconstruction"], plan["metrics"], files)
    kept = ("status", "reason", "parameters", "backend", "device")
    facts = {k: plan[k] for k in ("cell", "signal", "code")} | {k: fit[k] for k in kept}
    facts |= {k: fit.get(k, 0) for k in ("bytes", "best_step", "steps")} | {"scores": scores}
    facts |= origin | {"data": provenance.sources(job.input.metric_files)}
    histories = {k: v for k, v in arrays.items() if k.startswith("history/")}
    timing = store.timing(job.input.fit, "fit")
    store.write(job.output[0], "score", histories, facts, timing)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
