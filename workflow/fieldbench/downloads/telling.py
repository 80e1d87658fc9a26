"""Progress of downloads: lines in the log, and what the run's terminal is told of them."""

import time
from collections.abc import Callable

EVERY = 10.0  # seconds between lines about one transfer
OFTEN = 0.5  # seconds between two notes about it


class Voice:
    """A writer of messages: `say` to the log (a script's output), `tell` to the run too.

    `run` takes a kind of message, `say` for one that stays or `note` for how far a job is, and its
    text.
    """

    def __init__(self, run: Callable[[str, str], None] = lambda kind, text: None):
        self.run = run

    def say(self, text: str) -> None:
        print(text, flush=True)

    def tell(self, text: str) -> None:
        self.say(text)
        self.run("say", text)


class Progress:
    """The progress of one transfer, as a context."""

    def __init__(self, voice: Voice, name: str, total: int | None):
        self.voice, self.name, self.total = voice, name, total
        self.said = self.noted = time.monotonic()

    def at(self, done: int) -> None:
        """Report that `done` bytes have arrived."""
        now = time.monotonic()
        if now - self.noted > OFTEN:
            self.noted = now
            self.voice.run("note", self._reached(done))
        if now - self.said > EVERY:
            self.said = now
            self.voice.say(f"{self.name}: {self._reached(done)}")

    def _reached(self, done: int) -> str:
        return megabytes(done) + (f" of {megabytes(self.total)}" if self.total else "")

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.voice.run("note", "")


def megabytes(count: int) -> str:
    """A number of bytes in megabytes, for messages."""
    return f"{count / 1e6:.1f} MB"
