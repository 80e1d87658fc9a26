"""A project whose fits take no time: what thousands of jobs cost beside their work.

Only a copy of the project is changed, by `make_instant`; everything but the training is as it is.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

INSTANT_FIT = '''"""An observation in; a fit of the right form that nobody has trained out."""

from typing import Any

import _job
import numpy as np

from fieldbench.results import provenance, store


def main(job: Any) -> None:
    plan = job.params.job
    origin = provenance.facts(plan, {"observation": job.input}, job.params.made_of)
    model, domain = plan["model"], plan["domain"]
    shape = (*domain["shape"], domain["channels"])
    facts = {k: plan[k] for k in ("cell", "task", "model", "training", "device", "code")}
    facts |= {"parameters": model["parameters"], "backend": model["backend"]}
    facts |= {"status": "ok", "reason": "", "bytes": 0, "best_step": 0, "steps": 0}
    arrays = {"reconstruction": np.zeros(shape, np.float32)}
    store.write(job.output[0], "fit", arrays, origin | facts)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
'''

# Snakemake as its own command runs it; at its end it tells what this process took, and its jobs.
# With --touch, every output is made at once and empty, by no job at all.
COSTED = """
import json, resource, sys, time
from pathlib import Path

from snakemake.cli import main
from snakemake.executors import touch

plainly = touch.Executor.run_job

def at_once(executor, job):
    for file in map(Path, job.output):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    plainly(executor, job)

def seconds(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime

touch.Executor.run_job, touch.Executor.SLEEPING_TIME = at_once, 0
costs, sys.argv, began = sys.argv[1], ["snakemake", *sys.argv[2:]], time.monotonic()
try:
    main()
finally:
    (peak,) = (s for s in open("/proc/self/status") if s.startswith("VmHWM:"))
    told = {
        "wall": time.monotonic() - began,
        "own": seconds(resource.RUSAGE_SELF),
        "jobs": seconds(resource.RUSAGE_CHILDREN),
        "peak": int(peak.split()[1]) * 1024,
    }
    Path(costs).write_text(json.dumps(told))
"""

# As many jobs whose script makes an empty file, and one that waits for all of them.
PLAIN_SCRIPT = "open(snakemake.output[0], 'w').close()"
PLAIN = """
rule all:
    input: expand("out/{{n}}", n=range({jobs})),

rule one:
    output: "out/{{n}}",
    script: "one.py"
"""
LABELS, BUDGETS = 9, [4, 6, 8, 12, 16]
JOBS_A_SIGNAL = 2 + len(BUDGETS) + 2 + 3  # signal, observation; fits, controls; three scores


@dataclass(frozen=True)
class Costs:
    """Seconds on the clock, seconds of the processor for Snakemake itself, its peak of memory."""

    wall: float
    own: float
    jobs: float
    peak: int


def make_instant(folder: Path) -> Path:
    """The folder, a copy of the project, with a script for fits that trains nothing."""
    (folder / "workflow/scripts/fit_model.py").write_text(INSTANT_FIT)
    return folder


def preset(jobs: int) -> str:
    """A preset of about so many jobs up to its table of scores."""
    seeds = max(1, round(jobs / JOBS_A_SIGNAL / LABELS))
    return yaml.safe_dump(
        {
            "training": {"steps": 1, "evaluations": 1},
            "signals": {
                "noise": {
                    "kind": "bandlimited",
                    "dims": 1,
                    "length": 32,
                    "label": list(range(1, LABELS + 1)),
                }
            },
            "studies": {
                "main": {
                    "question": "What does a job cost?",
                    "signals": ["noise"],
                    "models": ["grid"],
                    "budgets": BUDGETS,
                    "seeds": list(range(seeds)),
                }
            },
        }
    )


def costed(folder: Path, *words: str, timeout: float, env: dict[str, str]) -> Costs:
    """Run `snakemake WORDS` in a folder, to its good end; what it took."""
    file = folder / "costs.json"
    done = subprocess.run(
        [sys.executable, "-c", COSTED, file.name, *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Costs(**json.loads(file.read_text()))
