"""What is told of a job that failed: the last words of its log, and what Snakemake adds, cleared
of the lines of rule files.
"""

import re
from collections.abc import Sequence
from pathlib import Path

TRACEBACK = "Traceback (most recent call last):"
MOST = 6  # lines of a log
_END = 1 << 16  # bytes of a log in which its last words are looked for
_HEAD = re.compile(r"(\w+)(?: in (?:rule \w+ in )?file \"[^\"]*\"(?:, line \d+)?)?:")
_PLACE = re.compile(r'  File "')


def last_words(log: Path) -> str:
    """The kind and message of the error that a log ends with; else its last line."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, log.stat().st_size - _END))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    lines = [line.rstrip() for line in lines if line.strip()]
    if TRACEBACK not in lines:
        return "\n".join(lines[-1:])
    after = lines[len(lines) - lines[::-1].index(TRACEBACK) :]
    words = [n for n, line in enumerate(after) if not line.startswith(" ")]
    return "\n".join(after[words[0] :][:MOST]) if words else "\n".join(lines[-1:])


def plain(text: str) -> str:
    """An error of Snakemake's without its lines about rule files."""
    lines = [line for line in text.strip().splitlines() if not _PLACE.match(line)]
    head = _HEAD.fullmatch(lines[0]) if lines else None
    if head is None:
        return "\n".join(lines)
    told = "\n".join(lines[1:])
    return (
        told if head[1] in ("WorkflowError", "RuleException", "Exception") else f"{head[1]}: {told}"
    )


def is_of_script(text: str) -> bool:
    """Whether an error of Snakemake's only says that the script of a job has failed."""
    return "CalledProcessError" in text


def has_failed(logs: Sequence[str], outputs: Sequence[str]) -> bool:
    """Whether a job of a group began, as its log shows, and did not make its output."""
    began = any(Path(log).exists() for log in logs)
    return began and not all(Path(output).exists() for output in outputs)
