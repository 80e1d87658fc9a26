"""What jobs of this machine tell the run that started them, for it alone writes to the terminal.

A message is one datagram to an address that Linux forgets with the run's process. Where there is no
such address (on a cluster's node, under another system, without a run) a message goes to the job's
own error stream.
"""

import json
import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

ADDRESS = "FIELDBENCH_TERMINAL"
PATIENCE = 2.0  # seconds for a run that is busy to take a message
_LARGEST = 1 << 16


def listen(take: Callable[[dict[str, Any]], None]) -> None:
    """Have messages of jobs taken from now on, in a thread, and tell jobs where to send them."""
    if sys.platform != "linux":
        return
    address = f"fieldbench-{os.getpid()}-{secrets.token_hex(8)}"  # nobody else's to guess
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.bind(f"\0{address}")
    os.environ[ADDRESS] = address
    threading.Thread(target=_take, args=(ear, take), daemon=True).start()


def send(kind: str, log: str, text: str) -> bool:
    """Whether a run has taken a message of the job that writes a log.

    Kinds: `say` for a message, `fail` for why the job fails, `note` for how far it is.
    """
    address = os.environ.get(ADDRESS)
    if not address:
        return False
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        mouth.settimeout(PATIENCE)
        message = json.dumps({"kind": kind, "log": log, "text": text})
        mouth.sendto(message.encode()[:_LARGEST], f"\0{address}")
        return True
    return False


def _take(ear: socket.socket, take: Callable[[dict[str, Any]], None]) -> None:
    while True:
        try:
            message = json.loads(ear.recv(_LARGEST))
        except ValueError:  # not of a job
            continue
        take(message)
