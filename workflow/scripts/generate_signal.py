"""A signal's definition in, its values out."""

from pathlib import Path
from typing import Any

import _job

from fieldbench.plan.cells.told import Told
from fieldbench.plan.entries.registry import declare, load
from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    settings, left = dict(plan["settings"]), list(job.input)
    folders = plan.get("folders", {})  # of the user's own, and how many files each holds
    declared = declare("signals", plan["kind"])
    for setting in declared.facts.files:
        settings[setting] = str(Path(left[0]).parent) if setting in folders else left[0]
        del left[: folders.get(setting, 1)]
    others = tuple(left)
    given = {"files": others} if others else {}
    made = load("signals", plan["kind"])(**settings, **given)
    arrays = {"values": made.generate()}
    arrays |= made.beside() if hasattr(made, "beside") else {}
    entry = {"kind": plan["kind"], "settings": settings}
    facts = {"signal": plan["signal"], "entry": entry, "code": plan["code"]}
    if "shape" not in declared.functions:  # what only the user's own files tell
        facts["own"] = Told.by(made).record()
    facts |= provenance.facts(plan, {}) | {"data": provenance.sources(job.input)}
    store.write(job.output[0], "signal", arrays, facts)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
