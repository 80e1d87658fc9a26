"""Daemons of tests: how they are ended, waited for, and given free ports."""

import socket
import time
from contextlib import suppress

import psutil

PATIENCE = 30  # seconds for a daemon to do what it is told


def end(processes: list[psutil.Process], kill: bool = False) -> None:
    """Ask processes to end, and make them; those that have gone by themselves are no matter."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill() if kill else process.terminate()
    for process in psutil.wait_procs(processes, timeout=PATIENCE)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=PATIENCE)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(happened, what: str) -> None:
    """Wait until something has happened; raise where it takes too long."""
    last = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > last:
            raise RuntimeError(f"waited {PATIENCE} s in vain for {what}")
        time.sleep(0.1)
