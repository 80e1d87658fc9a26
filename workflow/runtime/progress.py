"""How far a run has come: fits done of all, and the time left, on the terminal while it runs."""

import json
import os
import sys
import time
from collections.abc import Collection
from pathlib import Path

OVERHEAD = 3e9  # what a job costs beside its arithmetic, in operations of a usual core
ENOUGH = 0.01  # the share of the work after which the time taken foretells the time left
BOARD = "logs/progress.json"


def begin(root: str, work: dict[str, float], due: Collection[str]) -> None:
    """Note which fits (path: expected arithmetic) are due, and when we began."""
    waiting = {path: cost + OVERHEAD for path, cost in work.items() if path in due}
    board = {"began": time.time(), "all": len(work), "waiting": waiting}
    path = Path(root) / BOARD
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(board), encoding="utf-8")


def report(fit: str, terminal: int) -> None:
    """Write one line about the run to the terminal, after a fit."""
    board = next((p / BOARD for p in Path(fit).parents if (p / BOARD).is_file()), None)
    if board is None:
        return
    noted = json.loads(board.read_text(encoding="utf-8"))
    waiting, began = noted["waiting"], noted["began"]
    left = [c for path, c in waiting.items() if path != fit and not _made_since(path, began)]
    finished = sum(waiting.values()) - sum(left)
    seconds = (time.time() - began) * sum(left) / max(finished, 1.0)
    text = f"fieldbench: {noted['all'] - len(left)} of {noted['all']} fits done"
    told = left and finished >= ENOUGH * sum(waiting.values())
    text += f", {_about(seconds)} left\n" if told else "\n"
    os.write(terminal, text.encode())


def _made_since(path: str, moment: float) -> bool:
    """Whether a file is there, or a link to one, that is no older: fits may be made again."""
    try:
        return os.lstat(path).st_mtime >= moment
    except FileNotFoundError:
        return False


def _about(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


def say(text: str) -> None:
    print(f"fieldbench: {text}", file=sys.stderr, flush=True)
