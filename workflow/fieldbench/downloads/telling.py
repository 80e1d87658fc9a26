"""Progress of downloads: lines in the log, and a bar on the terminal where there is one."""

import os
import time

from tqdm import tqdm

EVERY = 10.0  # seconds between lines about one transfer


class Voice:
    """A writer of messages: `say` to the log (a script's output), `tell` to the terminal too."""

    def __init__(self, terminal: int | None = None):
        self.terminal = terminal

    def say(self, text: str) -> None:
        print(text, flush=True)

    def tell(self, text: str) -> None:
        self.say(text)
        if self.terminal is not None:
            os.write(self.terminal, f"fieldbench: {text}\n".encode())


class Progress:
    """The progress of one transfer, as a context."""

    def __init__(self, voice: Voice, name: str, total: int | None):
        self.voice, self.name, self.total = voice, name, total
        self.done, self.said = 0, time.monotonic()
        self.screen = self.bar = None
        if voice.terminal is not None and os.isatty(voice.terminal):
            self.screen = os.fdopen(os.dup(voice.terminal), "w")
            self.bar = tqdm(
                desc=name, total=total, unit="B", unit_scale=True, leave=False, file=self.screen
            )

    def at(self, done: int) -> None:
        """Report that `done` bytes have arrived."""
        self.done = done
        if self.bar is not None:
            self.bar.update(done - self.bar.n)
        if time.monotonic() - self.said > EVERY:
            self.said = time.monotonic()
            share = f" of {megabytes(self.total)}" if self.total else ""
            self.voice.say(f"{self.name}: {megabytes(done)}{share}")

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None and self.screen is not None:
            self.bar.close()
            self.screen.close()


def megabytes(count: int) -> str:
    """A number of bytes in megabytes, for messages."""
    return f"{count / 1e6:.1f} MB"
