"""Where a run is shown: a block that is redrawn in place, or lines that follow each other."""

import os
from contextlib import suppress
from typing import TextIO

from runtime.terminal import words
from runtime.terminal.tally import Tally

OFTEN = 0.25  # seconds between two drawings of the block
SELDOM = 10.0  # seconds between two lines in a pipe
USUAL = 80  # columns of a terminal that does not say how many it has


class Lines:
    """Plain lines, for pipes, files and terminals that can do no more."""

    every = SELDOM

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.said: tuple = ()

    def message(self, text: str) -> None:
        """Print a text that stays."""
        self._write(f"{text}\n")

    def draw(self, tally: Tally) -> None:
        """Print how far a run is, where that has changed."""
        state = (*map(len, (tally.done, tally.failed, tally.running)), *tally.notes.values())
        if state != self.said:
            self.said = state
            self._write(f"fieldbench: {words.line(tally)}\n")

    def clear(self) -> None:
        """Nothing is to be taken back."""

    def _write(self, text: str) -> None:
        """Write all at once, in the characters that the stream knows."""
        code = self.stream.encoding or "ascii"
        data = text.encode(code, "replace")
        self.stream.flush()
        with suppress(OSError):  # nobody reads it any more: the run goes on
            while data:
                data = data[os.write(self.stream.fileno(), data) :]


class Block(Lines):
    """A few lines at the bottom of a terminal, redrawn in place; messages go above them."""

    every = OFTEN

    def __init__(self, stream: TextIO):
        super().__init__(stream)
        self.plain = not (stream.encoding or "").lower().startswith("utf")
        self.height = 0  # rows of the block that is shown

    def message(self, text: str) -> None:
        self._write(f"{self._erased()}{text}\n")

    def draw(self, tally: Tally) -> None:
        # A row that is filled to its end wraps on some terminals.
        lines = words.block(tally, self._columns() - 1, self.plain)
        text = self._erased() + "".join(f"{line}\n" for line in lines)
        self.height = len(lines)
        self._write(text)

    def clear(self) -> None:
        self._write(self._erased())

    def erase_above(self, text: str) -> None:
        """Take back a line that somebody else has just printed."""
        self.height += -(-len(text) // self._columns())
        self.clear()

    def _columns(self) -> int:
        with suppress(OSError):
            return os.get_terminal_size(self.stream.fileno()).columns or USUAL
        return USUAL

    def _erased(self) -> str:
        """The characters that take the block back."""
        rows, self.height = self.height, 0
        return f"\x1b[{rows}A\r\x1b[J" if rows else ""


def of(stream: TextIO) -> Lines:
    """The way to show a run on a stream."""
    able = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return Block(stream) if able else Lines(stream)
