"""A real Slurm on this one machine, for tests: munge, a controller, two nodes, counted GPUs.

    cd tests; python -m helpers.cluster start FOLDER     ... stop FOLDER

Slurm's own programs (Debian: slurm-wlm and munge), reached at 127.0.0.1 only. Everything lies in
FOLDER but two files in /etc/slurm, which is where Slurm's programs, and Snakemake's plugin with
them, look: they are written only where there are none, and taken away at the end. Only processes
that were started here are ended, each known by its id and the moment it began.

A job that takes more memory than it asked for is killed within seconds; without control groups,
which a container seldom has, its state is then FAILED, where other clusters say OUT_OF_MEMORY.
"""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from helpers import cluster_files, daemons
from helpers.cluster_files import ETC, NODES


class Cluster:
    """One Slurm; `start` it, or use it as a context."""

    def __init__(self, folder: Path):
        self.folder = Path(folder).resolve()
        # Tells the processes of this cluster's jobs from those of another's.
        self.name = f"fieldbench{hashlib.sha256(bytes(self.folder)).hexdigest()[:8]}"
        self._noted = self.folder / "processes.json"

    def __enter__(self) -> "Cluster":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        """Start all daemons; returns when both nodes are idle."""
        if reason := cluster_files.missing():
            raise RuntimeError(reason)
        if other := _running():
            raise RuntimeError(
                f"a cluster runs already: end it by `stop {other}`, as is said above"
            )
        try:
            cluster_files.write(self.folder, self.name)
            self._begin("munged", *cluster_files.munge(self.folder))
            daemons.wait_for(lambda: (self.folder / "munge.socket").exists(), "munge's socket")
            self.start_controller()
            for node in NODES:
                self.start_node(node)
            daemons.wait_for(lambda: all(self.node_state(n) == "IDLE" for n in NODES), "idle nodes")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every job and every daemon of this cluster, and take its files from /etc/slurm."""
        if self._process("slurmctld"):
            with suppress(subprocess.SubprocessError, RuntimeError):
                if waiting := self.jobs():
                    self.run("scancel", "--quiet", *waiting)
                daemons.wait_for(lambda: not self.jobs("running", "completing"), "jobs to end")
        for name in (*(f"slurmd-{n}" for n in NODES), "slurmctld", "munged"):
            self._end(name)
        daemons.end(self.processes())
        cluster_files.remove(self.folder)

    def start_controller(self) -> None:
        self._begin("slurmctld", cluster_files.program("slurmctld"), "-D")
        daemons.wait_for(self._controller_answers, "the controller's answer")

    def stop_controller(self) -> None:
        self._end("slurmctld")

    def restart_controller(self) -> None:
        """As an upgrade or a crash does: jobs go on, what is asked meanwhile fails."""
        self.stop_controller()
        self.start_controller()

    def start_node(self, node: str) -> None:
        words = (cluster_files.program("slurmd"), "-D", "-N", node)
        self._begin(f"slurmd-{node}", *words, folder=cluster_files.spool(self.folder, node))

    def kill_node(self, node: str) -> None:
        """As a power cut: the daemon and all that it runs, at once, and nobody is told."""
        self._end(f"slurmd-{node}", kill=True)
        daemons.end([p for p in psutil.process_iter() if self._works_for(p, [node])], kill=True)

    def drain(self, node: str) -> None:
        """Take no new jobs."""
        self.run("scontrol", "update", f"nodename={node}", "state=drain", "reason=a test")

    def resume(self, node: str) -> None:
        self.run("scontrol", "update", f"nodename={node}", "state=resume")

    def node_state(self, node: str) -> str:
        return self._shown("node", node)[0]["State"]

    def jobs(self, *states: str) -> list[str]:
        """Ids of jobs: pending and running ones, or of the states that are named."""
        asked = [f"--states={','.join(states)}"] if states else []
        return self.run("squeue", "--noheader", "--format=%i", *asked).split()

    def job(self, job: str) -> dict[str, str]:
        """What `scontrol show job` tells of a job: what it asked for, where it runs, its state."""
        return self._shown("job", job)[0]

    def change(self, job: str, **to: str) -> None:
        """Change a job, say its `TimeLimit` (whole minutes; looked at twice a minute)."""
        self.run("scontrol", "update", f"jobid={job}", *(f"{k}={v}" for k, v in to.items()))

    def all_jobs(self) -> list[dict[str, str]]:
        """The same of all jobs that the controller remembers, ended ones included."""
        return self._shown("job")

    def processes(self) -> list[psutil.Process]:
        """The processes of its jobs, and those that watch over them."""
        return [p for p in psutil.process_iter() if self._works_for(p)]

    def run(self, *words: str) -> str:
        """One of Slurm's commands, to its end; what it printed."""
        return subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout

    def _shown(self, *what: str) -> list[dict[str, str]]:
        lines = self.run("scontrol", "--oneliner", "show", *what).splitlines()
        return [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in lines if "=" in line]

    def _controller_answers(self) -> bool:
        answer = subprocess.run(["scontrol", "ping"], capture_output=True, text=True)
        return "UP" in answer.stdout

    def _begin(self, name: str, *words: str, folder: Path | None = None) -> None:
        """Start a daemon; the id and the moment tell it from a later process of the same id."""
        with open(self.folder / f"{name}.log", "ab") as log:
            daemon = subprocess.Popen(
                words,
                cwd=folder or self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        began = psutil.Process(daemon.pid).create_time()
        self._note({**self._notes(), name: [daemon.pid, began]})

    def _end(self, name: str, kill: bool = False) -> None:
        if process := self._process(name):
            daemons.end([process], kill)
        self._note({n: at for n, at in self._notes().items() if n != name})

    def _process(self, name: str) -> psutil.Process | None:
        pid, began = self._notes().get(name, (0, 0))
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if pid and process.create_time() == began:
                return process
        return None

    def _works_for(self, process: psutil.Process, nodes: Sequence[str] = NODES) -> bool:
        """Whether a process is a job's on nodes of this cluster, or watches over one."""
        with suppress(psutil.Error, OSError):
            if process.name().startswith("slurmstepd"):  # which stays where its slurmd was started
                return Path(process.cwd()) in [cluster_files.spool(self.folder, n) for n in nodes]
            known = process.environ()
            ours = known.get("SLURM_CLUSTER_NAME") == self.name
            return ours and known.get("SLURMD_NODENAME") in nodes
        return False

    def _notes(self) -> dict[str, list]:
        return json.loads(self._noted.read_text()) if self._noted.exists() else {}

    def _note(self, processes: dict[str, list]) -> None:
        self._noted.write_text(json.dumps(processes))


def _running() -> str:
    """The folder of a cluster of these tests that is alive now."""
    folder = cluster_files.ours(ETC / "slurm.conf")
    return folder if folder and Cluster(Path(folder))._process("slurmctld") else ""


if __name__ == "__main__":
    {"start": Cluster.start, "stop": Cluster.stop}[sys.argv[1]](Cluster(Path(sys.argv[2])))
