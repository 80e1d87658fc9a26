"""The answer of a run on the terminal: its summary, or of a long one what it comes to."""

from pathlib import Path

MOST = 60  # lines of a summary that are shown whole


def text(summary: Path) -> str:
    """A summary, or of a long one each study's question and its winners; empty where none is."""
    try:
        lines = summary.read_text(encoding="utf-8").partition("\n<sub>")[0].splitlines()
    except FileNotFoundError:
        return ""
    if len(lines) > MOST:
        lines = [line for line in lines if line.startswith(("#", "Best: "))]
    return "\n".join(["\n", *lines, "", f"This is {summary}."])
