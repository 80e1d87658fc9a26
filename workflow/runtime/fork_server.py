"""Cheap start-up: a process that has loaded the heavy libraries forks itself for each job.

Loading torch takes longer than many fits. A local run, and a group of jobs on a cluster's node,
therefore starts one warm process; a script that finds it (through the environment) hands its job
over and waits for the exit code. The job still is a process of its own, with its own log, directory
and environment. Only libraries of others are loaded beforehand, never this project's code, so an
edit is seen by the next job.

The warm process ends, with all its jobs, when the Snakemake that started it is gone, be it while it
still loads; a job ends when the script that handed it over is gone. Linux only; elsewhere, or when
the warm process cannot be reached, hangs or dies, which ends its jobs, scripts simply run by
themselves, with the same numbers.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

ADDRESS = "FIELDBENCH_WARM"
LIBRARIES = (
    "snakemake.script",
    "snakemake.logging",
    "torch",
    "torch._dynamo",  # which the first optimiser would load
    "numba",
    "h5py",
    "pandas",
    "skimage.metrics._structural_similarity",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_pdf",
    "seaborn",
)
PATIENCE = 120  # seconds to load the libraries, on a machine that is busy with others
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl
# One thread each: a pool of threads would not survive a fork. Fits set their own number.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def start() -> None:
    """Start the warm process of this run and leave its address in the environment."""
    if sys.platform != "linux" or ADDRESS in os.environ:
        return
    address = str(Path(tempfile.mkdtemp(prefix="fieldbench-")) / f"warm-{os.getpid()}")
    subprocess.Popen(
        [sys.executable, __file__, address, str(os.getpid())],
        env=os.environ | ONE_THREAD,
        start_new_session=True,  # Ctrl-C is for Snakemake; jobs end when their scripts do
    )
    os.environ[ADDRESS] = address


def hand_over() -> None:
    """Let the warm process do this script's job, if there is one; then do not return."""
    address = os.environ.pop(ADDRESS, None)
    if not address:
        return
    with socket.socket(socket.AF_UNIX) as warm:
        warm.settimeout(PATIENCE)
        try:
            warm.connect(address)
            job = {"script": sys.argv[0], "folder": str(Path.cwd()), "environment": {**os.environ}}
            socket.send_fds(warm, [json.dumps(job).encode() + b"\n"], [0, 1, 2])
            answer = _answer(warm)
        except OSError:  # it is not there, has died, or hangs
            answer = b""
    if answer or _is_gone(int(address.rpartition("-")[2])):
        sys.exit(int(answer or 1))


def _answer(warm: socket.socket) -> bytes:
    """The exit code of the job that the warm process has taken; nothing when either has gone."""
    pid = warm.recv(16)
    if not pid:
        return b""
    with contextlib.suppress(ProcessLookupError):  # done already
        ended = os.pidfd_open(int(pid))
        select.select([warm, ended], [], [])
        os.close(ended)
    return warm.recv(16)


def _is_gone(pid: int) -> bool:
    """Whether a process has ended, whether or not somebody has taken notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


class Nursery:
    """The warm process: takes jobs at a socket, forks one child for each."""

    def __init__(self, address: str, owner: int):
        self.address = Path(address)
        self.owner = owner
        self.selector = selectors.DefaultSelector()
        self.children: dict[int, tuple[socket.socket, int]] = {}  # pid: its script, its pidfd

    def serve(self) -> None:
        self._end_with_owner()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.address))
        listener.listen(512)
        for library in LIBRARIES:
            importlib.import_module(library)
        gc.collect()
        gc.freeze()
        self.selector.register(listener, selectors.EVENT_READ, self._take)
        try:
            while os.getppid() == self.owner:
                for key, _ in self.selector.select(timeout=0.5):
                    key.data(key.fileobj)
        finally:
            self._clear()

    def _end_with_owner(self) -> None:
        """Have the system tell us when Snakemake is gone; it may be already."""
        signal.signal(signal.SIGTERM, self._leave)
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
        if os.getppid() != self.owner:
            self._leave()

    def _leave(self, *_: Any) -> None:
        """End here and now: a library that is just being loaded might swallow an exception."""
        self._clear()
        os._exit(1)

    def _clear(self) -> None:
        for pid in self.children:
            _kill(pid)
        self.address.unlink(missing_ok=True)
        self.address.parent.rmdir()

    def _take(self, listener: socket.socket) -> None:
        script, _ = listener.accept()
        text, streams, _, _ = socket.recv_fds(script, 1 << 16, 3)
        while text and not text.endswith(b"\n"):
            text += script.recv(1 << 16)
        if not text:
            script.close()
            return
        own = os.getpid()
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            if os.getppid() != own:
                os._exit(1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self.selector.close()
            listener.close()
            _do(json.loads(text), streams)
        with contextlib.suppress(OSError):  # the script may have gone, which is noticed next
            script.sendall(f"{pid:<16}".encode())
        for stream in streams:
            os.close(stream)
        watched = os.pidfd_open(pid)
        self.children[pid] = script, watched
        self.selector.register(watched, selectors.EVENT_READ, lambda _: self._ended(pid))
        self.selector.register(script, selectors.EVENT_READ, lambda _: self._left(pid, script))

    def _ended(self, pid: int) -> None:
        """A child is done: tell its script how."""
        script, watched = self.children.pop(pid)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        self.selector.unregister(watched)
        os.close(watched)
        if script.fileno() >= 0:
            self.selector.unregister(script)
            with contextlib.suppress(OSError):  # the script may have been killed this very moment
                script.sendall(str(code if code >= 0 else 128 - code).encode())
            script.close()

    def _left(self, pid: int, script: socket.socket) -> None:
        """A script has gone without waiting: its job goes too."""
        self.selector.unregister(script)
        script.close()
        _kill(pid)


def _do(job: dict, streams: list[int]) -> None:
    """Run one script in this child, as if it had been started by itself; never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.chdir(job["folder"])
        os.environ.clear()
        os.environ.update(job["environment"])
        sys.argv = [job["script"]]
        runpy.run_path(job["script"], run_name="__main__")
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)  # not yet the head of its own group


if __name__ == "__main__":
    Nursery(sys.argv[1], int(sys.argv[2])).serve()
