"""The plan of this run, and how rules look things up in it. Defines no rule."""

import atexit
import base64
import gc
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from snakemake.exceptions import WorkflowError

# Ten thousand fits make millions of objects that stay: looking for garbage among them is in vain.
gc.set_threshold(200_000, 20, 100)

WORKFLOW = Path(workflow.current_basedir).parent / "workflow"
sys.path.insert(0, str(WORKFLOW))

from runtime import run_lock
from runtime import snakemake_patches
from runtime import watchdog
from runtime import progress
from runtime import gpu_slots
from runtime import fork_server
from fieldbench.plan.cells import backends
from fieldbench.plan.jobs import forecast
from fieldbench.plan import processor
from fieldbench.plan import shared_cache
from fieldbench.plan.errors import UserError, cannot_write
from fieldbench.plan.analyses.kernels import Kernels
from fieldbench.plan.config import presets
from fieldbench.plan.jobs.lookups import Lookups, any_of, once
from fieldbench.plan.jobs.run import Run
from fieldbench.plan.analyses.throughput import Throughput

# Snakemake's cache between workflows: on when its folder is named, off without a word when not.
CACHE = shared_cache.folder() is not None


def plan(what: Callable, **how):
    """A run, planned; what a user can mend is shown without a traceback."""
    try:
        return what(config, **how)
    except UserError as error:
        raise WorkflowError(str(error)) from None


def look_after_cache() -> None:
    """Before the plan is made: the cache is usable, and no result is a link to nothing."""
    try:
        shared_cache.check()
        dead = [
            link
            for run in (RUN, THROUGHPUT, KERNELS)
            for link in shared_cache.drop_dead_links(run.paths.root)
        ]
    except UserError as error:
        raise WorkflowError(str(error)) from None
    if dead:
        progress.say(
            f"{len(dead)} results are no longer in the cache: made again if needed."
        )


def on_cluster(group):
    """Jobs share one on a cluster alone; looking for their group elsewhere would take seconds."""
    return once(lambda wildcards: None) if workflow.local_exec else group


def all_cores(wildcards) -> int:
    """As many as this run may use; on a cluster, where none are said, what a step computes on."""
    try:
        return workflow.cores
    except WorkflowError:
        return THROUGHPUT.asked.training.threads


def refuse_unplanned() -> None:
    """Snakemake knows its targets later, when looking up such a file fails without a reason."""
    # Which is for files of other plans.
    if {"--cleanup-metadata", "--cm"} & set(sys.argv):
        return
    try:
        RUN.refuse_unplanned(sys.argv)
    except UserError as error:
        raise WorkflowError(str(error)) from None


def only(*targets: str) -> bool:
    """Whether this run is asked for some of these and for nothing else."""
    wanted = set(workflow.dag_settings.targets)
    return bool(wanted) and wanted <= set(targets)


def apart() -> Throughput | Kernels | None:
    """What this run is asked for where it is nothing of the preset."""
    if only("throughput", *THROUGHPUT.targets.files, *THROUGHPUT.measurements()):
        return THROUGHPUT
    if only("kernels", *KERNELS.targets.files, *KERNELS.files()):
        return KERNELS
    return None


def is_dry_run() -> bool:
    """Snakemake calls no hook in a dry run, and says nowhere that it is one before it is done."""
    return any(re.fullmatch(r"-[a-z]*n[a-z]*|--dry-?run", word) for word in sys.argv)


def asked_studies() -> list[str]:
    """The studies that this run is asked for by name; all of them where it is not."""
    wanted = set(workflow.dag_settings.targets)
    studies = set(RUN.cells.studies)
    return sorted(wanted) if wanted and wanted <= studies else sorted(studies)


def begin(local: bool) -> None:
    """Called once, before the first job."""
    if only("explain"):
        return
    # Where Snakemake stumbles over its own notes it ends without calling `onerror`.
    atexit.register(tell_of_full_disk)
    snakemake_patches.wake_once()
    work = {
        RUN.files.fit(c): RUN.resources.work(c) for c in RUN.trained(asked_studies())
    }
    try:
        if not only("download", "check"):
            run_lock.claim(RUN.name)
        if not apart():
            due = {file for job in workflow.dag.needrun_jobs() for file in job.output}
            progress.begin(RUN.paths.root, work, due)
    except UserError as error:
        raise WorkflowError(str(error)) from None
    except OSError as error:
        raise WorkflowError(str(cannot_write(RUN.paths.root, error))) from None
    if local:
        begin_gpus()
    else:
        snakemake_patches.be_patient()
        if hint := processor.hint():
            progress.say(hint)
    if local and not only("download", "check"):  # which need no libraries kept warm
        fork_server.start()
    progress.say((apart() or RUN).summary())


def check_disks() -> None:
    """Nothing is begun where Snakemake itself would stumble."""
    try:
        watchdog.need_room(Path(), Path(".snakemake"), Path(RUN.paths.root))
    except UserError as error:
        raise WorkflowError(str(error)) from None


def begin_gpus() -> None:
    """Slots for as many jobs as this run may have on the GPUs of this machine."""
    limit = workflow.global_resources.get("gpu")
    try:
        gpu_slots.begin(limit.value if limit else 1)
    except UserError as error:
        raise WorkflowError(str(error)) from None


def tell_of_full_disk() -> None:
    """The last word of a run that failed; a full disk makes Snakemake say little and much."""
    try:
        check_disks()
    except WorkflowError as error:
        progress.say(str(error))


def finish() -> None:
    """Called once, when every job has succeeded."""
    atexit.unregister(tell_of_full_disk)
    if only("download", "check", "explain"):
        return
    run = apart() or RUN
    tables = ("scores.csv", "throughput.md", "kernels.csv")
    if any(Path(run.paths.table(name)).exists() for name in tables):
        progress.say(
            f"done. Look at {run.paths.root}/figures and {run.paths.root}/tables."
        )


def is_group_of_fits() -> bool:
    """Whether this process runs a group on a cluster's node, of jobs that need torch."""
    heavy = {"fit_model", "render_fit", "score_fits"}
    return (
        workflow.remote_exec
        and "--local-groupid" in sys.argv
        and not heavy.isdisjoint(sys.argv)
    )


def noted(path: str) -> bool:
    """Whether Snakemake knows how a file was made, and is not told to look at times alone."""
    name = base64.urlsafe_b64encode(path.encode()).decode()
    blind = "--rerun-triggers" in sys.argv and "params" not in sys.argv
    return Path(".snakemake/metadata", name).exists() and not blind


def warn_of_others() -> None:
    """What Snakemake cannot see: results that were brought here, and that this code did not make."""
    if others := RUN.fingerprints.unlike_plan(noted):
        progress.say(
            f"{others[0]} was made by other code or settings than planned, and Snakemake has no "
            f"note of how, so that it may stay as it is. To see and remove all such files: snakemake "
            f"explain --config preset={RUN.asked} of={RUN.paths.root}"
        )


def settle_processor(config) -> None:
    """Before anything is planned: jobs inherit what decides the kind of processor they are."""
    processor.settle(presets.read_config(config).processor, workflow.is_main_process)


snakemake_patches.remember_addresses()
if workflow.is_main_process:
    snakemake_patches.end_when_told()
plan(settle_processor)
RUN = plan(Run, checks=workflow.is_main_process)
THROUGHPUT = plan(Throughput)
KERNELS = plan(Kernels)
DEVICE_ENV = "../envs/gpu.yaml" if RUN.device == "cuda" else "../envs/cpu.yaml"

# Jobs may run on other machines, where `auto` would mean another device.
os.environ.setdefault(backends.DEVICE, backends.device("auto"))
if is_group_of_fits():
    fork_server.start()
if workflow.is_main_process:
    look_after_cache()
    refuse_unplanned()

if workflow.is_main_process and is_dry_run():
    progress.say(RUN.summary())
elif workflow.is_main_process:
    check_disks()
    if locked := run_lock.explain_locks(RUN.name):
        progress.say(locked)
if workflow.is_main_process and not config.get("of"):
    warn_of_others()
