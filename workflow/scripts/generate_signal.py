"""A signal's definition in, its values out."""

from typing import Any

import _job

from fieldbench.plan.entries.registry import declare, load
from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    settings = dict(plan["settings"])
    own = declare("signals", plan["kind"]).facts.files
    settings |= dict(zip(own, job.input, strict=False))
    others = tuple(job.input[len(own) :])
    given = {"files": others} if others else {}
    made = load("signals", plan["kind"])(**settings, **given)
    arrays = {"values": made.generate()}
    arrays |= made.beside() if hasattr(made, "beside") else {}
    entry = {"kind": plan["kind"], "settings": settings}
    facts = {"signal": plan["signal"], "entry": entry, "code": plan["code"]}
    facts |= provenance.facts(plan, {}) | {"data": provenance.sources(job.input)}
    store.write(job.output[0], "signal", arrays, facts)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
