"""A signal in; what a task shows of it out."""

from dataclasses import replace
from typing import Any

import _job

from fieldbench.plan.entries.registry import load
from fieldbench.results import provenance, store
from fieldbench.seeds import numpy_stream


def main(job: Any) -> None:
    plan = job.params.job
    origin = provenance.facts(plan, {"signal": job.input}, job.params.made_of)
    arrays, _ = store.read(job.input[0], "signal")
    task = load("tasks", plan["kind"])(**plan["settings"])
    # One draw a task and signal: every model and repeat sees the same noise.
    stream = numpy_stream("noise", plan["task"], plan["signal"])
    beside = {name: arrays[name] for name in task.takes}
    observation = task.observe(arrays["values"], stream, **beside)
    facts = {k: plan[k] for k in ("task", "signal", "limits", "code")}
    facts["entry"] = {"kind": plan["kind"], "settings": plan["settings"]}
    replace(observation, facts=observation.facts | facts | origin).save(job.output[0])


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
