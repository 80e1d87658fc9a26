"""The plan of this run, and how rules look things up in it. Defines no rule."""

import os
import re
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

WORKFLOW = Path(workflow.current_basedir).parent / "workflow"
sys.path[:0] = [str(WORKFLOW), str(WORKFLOW / "scripts")]

import _progress
import _warm
from fieldbench.plan.errors import UserError, cannot_write
from fieldbench.plan.run import Run

# Snakemake's cache between workflows: on when its folder is named, off without a word when not.
CACHE = bool(os.environ.get("SNAKEMAKE_OUTPUT_CACHE"))


def plan() -> Run:
    """The run, planned; what a user can mend is shown without a traceback."""
    try:
        return Run(config)
    except UserError as error:
        raise WorkflowError(str(error)) from None


def any_of(names) -> str:
    """A wildcard constraint that matches these names only."""
    return "|".join(re.escape(name) for name in sorted(names))


def cell(wildcards):
    return RUN.cell(wildcards)


def begin(run: Run, local: bool) -> None:
    """Called once, before the first job."""
    work = {run.fit_file(c): run.work(c) for c in run.cells.fits}
    try:
        _progress.begin(run.paths.root, work)
    except OSError as error:
        raise WorkflowError(str(cannot_write(run.paths.root, error))) from None
    if local:
        _warm.start()
    _progress.say(run.summary())


def finish(run: Run) -> None:
    """Called once, when every job has succeeded."""
    if Path(run.paths.table("scores.csv")).exists():
        _progress.say(
            f"done. Look at {run.paths.root}/figures and {run.paths.root}/tables."
        )


RUN = plan()
