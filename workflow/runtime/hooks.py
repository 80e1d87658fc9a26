"""What a run does beside its jobs: when it is planned, before the first job, after the last one."""

import base64
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from fieldbench.plan import processor, shared_cache
from fieldbench.plan.analyses.kernels import Kernels
from fieldbench.plan.analyses.throughput import Throughput
from fieldbench.plan.cells import backends
from fieldbench.plan.errors import UserError, cannot_write
from fieldbench.plan.jobs.run import Run
from runtime import fork_server, gpu_slots, run_lock, snakemake_patches, watchdog
from runtime.last_words import LastWords
from runtime.terminal import due, takeover
from runtime.terminal.takeover import say

ANSWERLESS = ("download", "check", "explain", "list_cells", "estimate", "tidy")  # targets
HEAVY = {"fit_model", "render_fit", "score_fits"}  # rules that need torch


@contextmanager
def plainly() -> Iterator[None]:
    """Show what a user can mend without a traceback."""
    try:
        yield
    except UserError as error:
        raise snakemake_patches.PlainError(str(error)) from None


class Hooks:
    """What the Snakefile calls at the turning points of a run."""

    def __init__(
        self,
        workflow: Any,
        config: dict[str, Any],
        run: Run,
        throughput: Throughput,
        kernels: Kernels,
    ):
        self.workflow = workflow
        self.config = config
        self.run = run
        self.throughput = throughput
        self.kernels = kernels

    def when_planned(self) -> None:
        """Called in each process of a run once its plan is made, before Snakemake's own."""
        # Jobs may run on other machines, where `auto` would mean another device.
        os.environ.setdefault(backends.DEVICE, backends.device("auto"))
        if self._is_group_of_fits():
            fork_server.start()
        if not self.workflow.is_main_process:
            return
        self._look_after_cache()
        self._refuse_unplanned()
        if self.workflow.output_settings.dryrun:
            say(self.run.summary())
        else:
            self._watch_for_nothing()
            with plainly():
                watchdog.need_room_for(self.run.paths.root)
            if locked := run_lock.explain_locks(self.run.name):
                say(locked)
        if not self.config.get("of"):
            self._warn_of_others()

    def at_start(self) -> None:
        """Called once, before the first job."""
        if self._only("explain"):
            return
        self.last_words.begin(self.workflow.dag)
        snakemake_patches.wake_once()
        snakemake_patches.end_when_interrupted(self.workflow)
        root = self.run.paths.root
        try:
            with plainly():
                self._claim()
        except OSError as error:
            raise snakemake_patches.PlainError(str(cannot_write(root, error))) from None
        if self.workflow.local_exec:
            self._begin_gpus()
            if not self._only("download", "check"):  # which need no libraries kept warm
                fork_server.start()
        else:
            snakemake_patches.be_patient()
            if hint := processor.hint():
                say(hint)
        say((self._apart() or self.run).summary())
        self._show()

    def at_success(self) -> None:
        """Called once, when every job has succeeded."""
        self.last_words.at_success()

    def at_error(self) -> None:
        """Called once, when a job has failed or the run was told to end."""
        self.last_words.at_error()

    @cached_property
    def last_words(self) -> LastWords:
        """What this run says at its end, by what it is asked for."""
        return LastWords(self._apart() or self.run, self._only(*ANSWERLESS))

    def _claim(self) -> None:
        """Take the preset for this run, in a folder that can be written."""
        root = Path((self._apart() or self.run).paths.root)
        root.mkdir(parents=True, exist_ok=True)
        if not os.access(root, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if not self._only("download", "check"):
            run_lock.claim(self.run.name)

    def _watch_for_nothing(self) -> None:
        """Have the answer told where Snakemake finds nothing to do, and then calls no hook."""
        if terminal := takeover.current():
            terminal.at_nothing = lambda: self.last_words.tell_answer()

    def _show(self) -> None:
        """Begin to show how far the run is: which jobs are due, and what they are about."""
        terminal = takeover.current()
        if not terminal:
            return
        run, dag = self.run, self.workflow.dag
        work = {run.files.fit(cell): run.resources.work(cell) for cell in run.cells.fits}
        terminal.begin(due.due(dag, work), due.goal(dag))

    def _begin_gpus(self) -> None:
        """Slots for as many jobs as this run may have on the GPUs of this machine."""
        limit = self.workflow.global_resources.get("gpu")
        with plainly():
            gpu_slots.begin(limit.value if limit else 1)

    def _look_after_cache(self) -> None:
        """Before the plan is made: the cache is usable, and no result is a link to nothing."""
        with plainly():
            shared_cache.check()
            dead = [
                link
                for run in (self.run, self.throughput, self.kernels)
                for link in shared_cache.drop_dead_links(run.paths.root)
            ]
        if dead:
            say(f"{len(dead)} results are no longer in the cache: made again if needed.")

    def _refuse_unplanned(self) -> None:
        """Snakemake knows its targets later, when looking up such a file fails without a reason."""
        # Which is for files of other plans.
        if {"--cleanup-metadata", "--cm"} & set(sys.argv):
            return
        with plainly():
            self.run.refuse_unplanned(sys.argv)

    def _warn_of_others(self) -> None:
        """Tell of results that were brought here, and that this code did not make.

        Snakemake cannot see that.
        """
        if others := self.run.fingerprints.unlike_plan(_is_noted):
            say(
                f"{others[0]} was made by other code or settings than planned, and Snakemake has "
                "no note of how, so that it may stay as it is. To see and remove all such files: "
                f"snakemake explain --config preset={self.run.requested} of={self.run.paths.root}"
            )

    def _only(self, *targets: str) -> bool:
        """Whether this run is asked for some of these and for nothing else."""
        wanted = set(self.workflow.dag_settings.targets)
        return bool(wanted) and wanted <= set(targets)

    def _apart(self) -> Throughput | Kernels | None:
        """What this run is asked for where it is nothing of the preset."""
        speed, kernels = self.throughput, self.kernels
        if self._only("throughput", *speed.targets.files, *speed.measurements()):
            return speed
        if self._only("kernels", *kernels.targets.files, *kernels.files()):
            return kernels
        return None

    def _is_group_of_fits(self) -> bool:
        """Whether this process runs a group on a cluster's node, of jobs that need torch."""
        grouped = self.workflow.remote_exec and "--local-groupid" in sys.argv
        return grouped and not HEAVY.isdisjoint(sys.argv)


def _is_noted(path: str) -> bool:
    """Whether Snakemake knows how a file was made, and is not told to look at times alone."""
    name = base64.urlsafe_b64encode(path.encode()).decode()
    blind = "--rerun-triggers" in sys.argv and "params" not in sys.argv
    return Path(".snakemake/metadata", name).exists() and not blind
