"""The one place that writes to the terminal of a run: it takes the place of Snakemake's own.

Snakemake tells what happens by records of its logger. The events of jobs among them are counted,
warnings and errors are shown, and the rest is for the log file, which Snakemake writes as before.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from snakemake.logging import LogEvent

from runtime.terminal import channel, failures, screen
from runtime.terminal.tally import Goal, Job, Tally

PRINTING = {"check", "estimate", "explain", "list_cells", "tidy"}  # rules that print by themselves
MOST = 12  # failed jobs that are named at the end
_NOTHING = "Nothing to be done"
_TOLD_OTHERWISE = ("Exiting because a job execution failed", "At least one job did not complete")


class Terminal(logging.Handler):
    """A handler of Snakemake's records that shows a run."""

    def __init__(self, shown: screen.Lines):
        super().__init__(logging.INFO)
        self.screen = shown
        self.guard = threading.RLock()
        self.tally = Tally({}, Goal())
        self.at_nothing: Callable[[], None] = lambda: None  # called where nothing is to be done
        self.stopping = False  # the run was told to end: what becomes of its jobs means nothing
        self.printing: set[int] = set()  # running jobs that print
        self.reasons: dict[str, str] = {}  # by a job's log: why it says that it fails
        self.failures: dict[int, str] = {}  # by a job's number: what is told of it at the end
        self._over = threading.Event()

    def begin(self, jobs: Mapping[int, Job], goal: Goal) -> None:
        """Show how far the run is from now on, of which these jobs are due."""
        self.tally = Tally(jobs, goal)
        channel.listen(self.take)
        threading.Thread(target=self._keep_drawing, daemon=True).start()

    def end(self) -> None:
        """Show that no more; messages may still come."""
        with self.guard:
            self._over.set()
            self.screen.clear()

    def message(self, text: str) -> None:
        """Show a text that stays."""
        with self.guard:
            self.screen.message(text)

    def close(self) -> None:
        self.end()
        super().close()

    def last_word(self) -> str:
        """What is said at the end of a run that was told to end."""
        tally = self.tally
        if not tally.total:
            return "Stopped. The same command goes on."
        kept = f"{tally.reached:,} of {tally.total:,} {tally.goal.noun}"
        return f"Stopped. {kept} are kept; the same command goes on."

    def tell_failures(self) -> None:
        """Name every job that has failed, at the end."""
        number = len(self.failures)
        if number:
            listed = "".join(f"\n  {text}" for text in list(self.failures.values())[:MOST])
            more = f"\n  and {number - MOST} more" if number > MOST else ""
            jobs = "job" if number == 1 else "jobs"
            self.message(f"fieldbench: {number} {jobs} failed:{listed}{more}")

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record of Snakemake's."""
        event, about = getattr(record, "event", None), record.__dict__
        with self.guard:
            if event == LogEvent.JOB_INFO:
                self._begin(about)
            elif event == LogEvent.JOB_FINISHED:
                self.printing.discard(about["job_id"])
                self.tally.finish(about["job_id"])
            elif event == LogEvent.JOB_ERROR:
                self._fail(about, [] if about["indent"] else about["log"])
            elif event == LogEvent.GROUP_ERROR:
                self._fail_group(about)
            elif record.levelno >= logging.WARNING:
                self._warn(record.getMessage())
            elif event is None and str(record.msg).startswith(_NOTHING):
                self.screen.message(f"fieldbench: {record.msg}")
                self.at_nothing()

    def take(self, message: dict[str, str]) -> None:
        """Take one message of a job's."""
        text = "".join(c for c in message["text"] if c.isprintable() or c == "\n")
        with self.guard:
            if message["kind"] == "note":
                self.tally.notes[message["log"]] = text
            elif message["kind"] == "fail":
                self.reasons[message["log"]] = text
            else:
                self.screen.message(f"fieldbench: {text}")

    def _begin(self, about: dict[str, Any]) -> None:
        number, rule = about["jobid"], about["rule_name"]
        if rule in PRINTING:
            self.printing.add(number)
            self.screen.clear()
        self.failures.pop(number, None)  # it is tried again
        self.tally.begin(number, Job(rule, about["rule_msg"] or rule))

    def _fail(self, about: dict[str, Any], logs: list[str]) -> None:
        """Tell why a job has failed. One of a group comes without logs: the group has told."""
        number = about["jobid"]
        self.printing.discard(number)
        self.tally.give_up(number)
        if self.stopping or (about["indent"] and not logs):
            return
        self.tally.fail(number)
        job = self.tally.jobs.get(number)
        name = job.name if job else about["rule_name"]
        told = (self.reasons.pop(log, "") or failures.last_words(Path(log)) for log in logs)
        why = next(filter(None, told), "its log says nothing")
        at = ", ".join(log for log in logs if Path(log).exists()) or "none"
        self.screen.message(f"fieldbench: {name} failed: {why}\n  Its log: {at}")
        self.failures[number] = f"{name}: {why.splitlines()[0]}\n    Its log: {at}"

    def _fail_group(self, about: dict[str, Any]) -> None:
        """Tell of the jobs of a cluster's group that wrote a log and no output."""
        infos = about["job_error_info"]
        guilty = [i for i in infos if failures.has_failed(i["log"], i["output"])]
        for info in guilty:
            self._fail(info, info["log"])
        if not guilty and not self.stopping:
            logs = " ".join(about["aux_logs"])
            self.screen.message(f"fieldbench: a group of {len(infos)} jobs failed. Its log: {logs}")

    def _warn(self, text: str) -> None:
        told = failures.is_of_script(text) or any(words in text for words in _TOLD_OTHERWISE)
        if not (told or self.stopping):
            self.screen.message(failures.plain(text))

    def _keep_drawing(self) -> None:
        while not self._over.wait(self.screen.every):
            with self.guard:
                if not (self._over.is_set() or self.printing or self.stopping):
                    self.screen.draw(self.tally)
