"""The last words of a run: its answer, the jobs that failed, and what it could not make."""

import atexit
import time
from pathlib import Path
from typing import Any

from fieldbench.plan.analyses.kernels import Kernels
from fieldbench.plan.analyses.throughput import Throughput
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs import leftovers, summaries
from fieldbench.plan.jobs.run import Run
from runtime import watchdog
from runtime.terminal import answer, takeover
from runtime.terminal.takeover import say


class LastWords:
    """What is said at the end of a run of a preset or of an analysis.

    `answerless`: it is asked for nothing that has an answer, as `snakemake download`.
    """

    TABLES = ("scores.csv", "throughput.md", "kernels.csv")  # one of which every answer has

    def __init__(self, run: Run | Throughput | Kernels, answerless: bool):
        self.run = run
        self.answerless = answerless
        self.preset = run if isinstance(run, Run) else None
        self.began = 0.0  # the moment before the first job
        self.due: set[str] = set()  # the files that the run is to make

    def begin(self, dag: Any) -> None:
        """Take note of what is to be made, before the first job."""
        self.due = {file for job in dag.needrun_jobs() for file in job.output}
        self.began = time.time()
        # Where Snakemake stumbles over its own notes it ends without calling `onerror`.
        atexit.register(self._tell_of_faults)

    def at_success(self) -> None:
        """Say what came out, when every job has succeeded."""
        atexit.unregister(self._tell_of_faults)
        if terminal := takeover.current():
            terminal.end()
        self.tell_answer()

    def at_error(self) -> None:
        """Say what came out and what failed, or that the run was stopped."""
        terminal = takeover.current()
        if not terminal:
            return
        terminal.end()
        if terminal.stopping:
            terminal.message(terminal.last_word())
            return
        if self._is_answered():
            self.tell_answer("done but for the jobs that failed, see below.")
        terminal.tell_failures()

    def tell_answer(self, how: str = "done.") -> None:
        """Say what came out: the last words of a run that succeeded or had nothing to do."""
        if self.answerless:
            return
        paths = self.run.paths
        if any(Path(paths.table(name)).exists() for name in self.TABLES):
            told = answer.text(Path(paths.summary)) if self.preset else ""
            say(f"{how} Look at {paths.root}/figures and {paths.root}/tables.{told}")
        if self.preset and (left := leftovers.find(self.preset)):
            command = f"snakemake tidy --config preset={self.preset.requested}"
            say(f"{leftovers.describe(left)} To remove them: {command}")

    def _is_answered(self) -> bool:
        """Whether the summary is that of this run, though some of its jobs have failed."""
        if not self.preset:
            return False
        path = Path(self.preset.paths.summary)
        return path.exists() and (path.stat().st_mtime >= self.began or str(path) not in self.due)

    def _tell_of_faults(self) -> None:
        """Say what is wrong, below all that Snakemake says, which on a full disk is much."""
        try:
            watchdog.need_room_for(self.run.paths.root)
        except UserError as error:
            say(str(error))
        if (
            self.preset
            and not self.answerless
            and (lost := summaries.unreadable(self.preset.cells))
        ):
            say(lost)
