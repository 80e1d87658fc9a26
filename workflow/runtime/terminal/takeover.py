"""Which handler shows this run: ours, or Snakemake's own where it is wanted."""

import logging
import sys
from pathlib import Path
from typing import Any

from snakemake.logging import logger
from snakemake.settings.enums import Quietness

from runtime.terminal import failures, screen
from runtime.terminal.handler import Terminal

# Options that ask Snakemake something, and what it answers is its own affair.
QUERIES = {
    "--archive", "--cleanup-metadata", "--cleanup-shadow", "--cm", "--conda-cleanup-envs",
    "--conda-create-envs-only", "--containerize", "--d3dag", "--dag", "--delete-all-output",
    "--delete-temp-output", "--detailed-summary", "-D", "--filegraph", "--generate-unit-tests",
    "--lint", "--list", "-l", "--list-changes", "--lc", "--list-conda-envs", "--list-input-changes",
    "--li", "--list-params-changes", "--lp", "--list-rules", "--list-target-rules", "--lt",
    "--list-untracked", "--lu", "--print-compilation", "--report", "--rulegraph", "--summary", "-S",
    "--touch", "-t", "--unlock",
}  # fmt: skip
# What Snakemake prints before it reads any file of ours.
_PROFILE = (
    "Using workflow specific profile profiles/default for setting default command line arguments."
)

_current: Terminal | None = None  # of this process


def take_over(workflow: Any) -> None:
    """Show this run ourselves, unless Snakemake's output is asked for."""
    global _current
    settings = workflow.output_settings
    own = next((h for h in logger.handlers if h.name == "DefaultStreamHandler"), None)
    if own is None or not workflow.is_main_process or settings.verbose:
        return
    quiet = {Quietness.ALL, Quietness.PROGRESS} & set(settings.quiet or ())
    if settings.dryrun or quiet or QUERIES & {word.split("=")[0] for word in sys.argv}:
        own.setFormatter(_Plain(own.formatter))
        return
    _current = Terminal(screen.of(sys.stderr))
    _current.name = own.name
    logger.removeHandler(own)
    logger.addHandler(_current)
    if isinstance(_current.screen, screen.Block) and _is_usual_profile():
        _current.screen.erase_above(_PROFILE)


def current() -> Terminal | None:
    """What shows this run, if it is not Snakemake."""
    return _current


def say(text: str) -> None:
    """Show a message of ours, whoever shows the run."""
    if _current:
        _current.message(f"fieldbench: {text}")
    else:
        print(f"fieldbench: {text}", file=sys.stderr, flush=True)


def stop() -> None:
    """Take note that the run was told to end; takes no lock."""
    if _current:
        _current.stopping = True


def last_word() -> str:
    """What is said at the end of a run that was told to end."""
    return _current.last_word() if _current else "Stopped. The same command goes on."


class _Plain(logging.Formatter):
    """Snakemake's own formats, and errors without lines about rule files."""

    def __init__(self, own: logging.Formatter | None):
        super().__init__()
        self.own = own or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        text = self.own.format(record)
        return failures.plain(text) if record.levelno >= logging.ERROR and text else text


def _is_usual_profile() -> bool:
    """Whether Snakemake has printed the line about the profile as it usually is."""
    words = {word.split("=")[0] for word in sys.argv}
    named = words & {"--profile", "--workflow-profile", "--snakefile", "-s", "--directory", "-d"}
    return Path("profiles/default/config.yaml").exists() and not named
