"""Commands on a terminal, and what its screen then shows, line by line."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from helpers import runs

COLUMNS = 100
_TOKEN = re.compile(r"\x1b\[(\d*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


@dataclass(frozen=True)
class Shown:
    """A run on a terminal: its exit status, and all that was written to the terminal."""

    status: int
    written: str

    @property
    def lines(self) -> list[str]:
        return screen(self.written)


def screen(written: str, columns: int = COLUMNS) -> list[str]:
    """The lines of a terminal, from the first one, that understands what our block needs."""
    rows, row, column = [""], 0, 0
    for token in _TOKEN.finditer(written):
        number, command, moved, text = token.groups()
        if command == "A":
            row = max(0, row - int(number or 1))
        elif command == "J":
            rows[row] = rows[row][:column]
            del rows[row + 1 :]
        elif moved == "\r":
            column = 0
        elif moved == "\n":
            row, column = row + 1, 0
        for character in text or "":
            if column == columns:
                row, column = row + 1, 0
            rows += [""] * (row + 1 - len(rows))
            rows[row] = rows[row][:column].ljust(column) + character + rows[row][column + 1 :]
            column += 1
        rows += [""] * (row + 1 - len(rows))
    return [line.rstrip() for line in rows if line.strip()]


def counts(written: str) -> list[tuple[int, int]]:
    """How many fits of how many were done, in every block that was drawn."""
    return [(int(a), int(b)) for a, b in re.findall(r"(\d+) of (\d+) fits done", written)]


def run(
    folder: Path,
    preset: str,
    *words: str,
    press: Callable[[str], bool] | None = None,
    term: str = "xterm",
) -> Shown:
    """Run snakemake on a terminal, and press Ctrl-C once `press` is true of what it has written."""
    command = [*runs.SNAKEMAKE, "--cores", "2", *words, "--config", f"preset={preset}"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, runs.surroundings() | {"TERM": term})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    written, end = b"", time.monotonic() + runs.LONGEST
    while time.monotonic() < end:
        try:
            if select.select([terminal], [], [], 0.1)[0]:
                written += os.read(terminal, 1 << 16)
        except OSError:  # nobody writes to it any more
            break
        if press and press(written.decode("utf-8", "replace")):
            os.write(terminal, b"\x03")
            press = None
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return Shown(status, written.decode("utf-8", "replace"))
