"""The plan of this run, and how rules look things up in it. Defines no rule."""

import gc
from collections.abc import Callable

from snakemake.exceptions import WorkflowError

# Ten thousand fits make millions of objects that stay: looking for garbage among them is in vain.
gc.set_threshold(200_000, 20, 100)

from runtime import snakemake_patches
from runtime.hooks import Hooks, plainly
from fieldbench.plan.jobs import forecast
from fieldbench.plan import processor
from fieldbench.plan import shared_cache
from fieldbench.plan.analyses.kernels import Kernels
from fieldbench.plan.config import presets
from fieldbench.plan.jobs.lookups import Lookups, any_of, once
from fieldbench.plan.jobs.run import Run
from fieldbench.plan.analyses.throughput import Throughput

# Snakemake's cache between workflows: on when its folder is named, off without a word when not.
CACHE = shared_cache.folder() is not None


def plan(what: Callable, **how):
    """A run, planned; what a user can mend is shown without a traceback."""
    with plainly():
        return what(config, **how)


def on_cluster(group):
    """Jobs share one on a cluster alone; looking for their group elsewhere would take seconds."""
    return once(lambda wildcards: None) if workflow.local_exec else group


def all_cores(wildcards) -> int:
    """As many as this run may use; on a cluster, where none are said, what a step computes on."""
    try:
        return workflow.cores
    except WorkflowError:
        return THROUGHPUT.config.training.threads


def settle_processor(config) -> None:
    """Before anything is planned: jobs inherit what decides the kind of processor they are."""
    processor.settle(presets.read_config(config).processor, workflow.is_main_process)


snakemake_patches.show_plainly()
snakemake_patches.remember_addresses()
snakemake_patches.remember_parameters()
if workflow.is_main_process:
    snakemake_patches.end_when_told()
plan(settle_processor)
RUN = plan(Run, checks=workflow.is_main_process)
THROUGHPUT = plan(Throughput)
KERNELS = plan(Kernels)
DEVICE_ENV = "../envs/gpu.yaml" if RUN.device == "cuda" else "../envs/cpu.yaml"

HOOKS = Hooks(workflow, config, RUN, THROUGHPUT, KERNELS)
HOOKS.when_planned()
