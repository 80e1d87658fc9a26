"""A real Slurm on this one machine, for tests: munge, a controller, two nodes, counted GPUs.

    python tests/cluster.py start FOLDER     ... stop FOLDER

Slurm's own programs (Debian: slurm-wlm and munge), reached at 127.0.0.1 only. Everything lies in
FOLDER but two files in /etc/slurm, which is where Slurm's programs, and Snakemake's plugin with
them, look: they are written only where there are none, and taken away at the end. Only processes
that were started here are ended, each known by its id and the moment it began.

A job that takes more memory than it asked for is killed within seconds; without control groups,
which a container seldom has, its state is then FAILED, where other clusters say OUT_OF_MEMORY.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

ETC = Path("/etc/slurm")
SIGN = "# A cluster of fieldbench's tests. Its folder: "  # the first line of a file that is ours
PROGRAMS = ("munged", "munge", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue")
NODES = ("n1", "n2")
PATIENCE = 30  # seconds for a daemon to do what it is told

SLURM = """\
ClusterName={name}
SlurmctldHost=localhost
SlurmctldPort={ports[0]}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
ReturnToService=2
MinJobAge=3600
SlurmdTimeout=20
KillWait=5
MessageTimeout=60
SchedulerParameters=batch_sched_delay=0,sched_interval=5,bf_interval=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
GresTypes=gpu
NodeName=n1 NodeAddr=127.0.0.1 Port={ports[1]} CPUs=4 RealMemory=16000 Gres=gpu:2
NodeName=n2 NodeAddr=127.0.0.1 Port={ports[2]} CPUs=4 RealMemory=16000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE
PartitionName=second Nodes=n2 MaxTime=INFINITE
"""


def missing() -> str:
    """Why no cluster can be started here, in a sentence; nothing where one can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a Slurm of one's own needs Linux and root"
    gone = [p for p in PROGRAMS if not _program(p)]
    if gone:
        return f"not installed: {', '.join(gone)} (Debian: apt-get install slurm-wlm munge)"
    for name in ("slurm.conf", "gres.conf", "cgroup.conf"):
        if (ETC / name).exists() and not _ours(ETC / name):
            return f"{ETC / name} is somebody's: this machine has a Slurm already"
    return ""


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
        if reason := missing():
            raise RuntimeError(reason)
        if other := _running():
            raise RuntimeError(f"a cluster runs already; end it with: {__file__} stop {other}")
        try:
            self._write()
            self._begin("munged", *self._munge())
            _wait(lambda: (self.folder / "munge.socket").exists(), "munge's socket")
            self.start_controller()
            for node in NODES:
                self.start_node(node)
            _wait(lambda: all(self.node_state(n) == "IDLE" for n in NODES), "idle nodes")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every job and every daemon of this cluster, and take its files from /etc/slurm."""
        if self._process("slurmctld"):
            with suppress(subprocess.SubprocessError, RuntimeError):
                if waiting := self.jobs():
                    self.run("scancel", "--quiet", *waiting)
                _wait(lambda: not self.jobs("running", "completing"), "jobs to end")
        for name in (*(f"slurmd-{n}" for n in NODES), "slurmctld", "munged"):
            self._end(name)
        _end(self.processes())
        for name in ("slurm.conf", "gres.conf"):
            if _ours(ETC / name) == str(self.folder):
                (ETC / name).unlink()

    def start_controller(self) -> None:
        self._begin("slurmctld", _program("slurmctld"), "-D")
        _wait(self._controller_answers, "the controller's answer")

    def stop_controller(self) -> None:
        self._end("slurmctld")

    def restart_controller(self) -> None:
        """As an upgrade or a crash does: jobs go on, what is asked meanwhile fails."""
        self.stop_controller()
        self.start_controller()

    def start_node(self, node: str) -> None:
        words = (_program("slurmd"), "-D", "-N", node)
        self._begin(f"slurmd-{node}", *words, folder=self._spool(node))

    def kill_node(self, node: str) -> None:
        """As a power cut: the daemon and all that it runs, at once, and nobody is told."""
        self._end(f"slurmd-{node}", kill=True)
        _end([p for p in psutil.process_iter() if self._works_for(p, [node])], kill=True)

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

    def _munge(self) -> list[str]:
        f = self.folder
        files = (f"--socket={f}/munge.socket", f"--key-file={f}/munge.key")
        others = (f"--pid-file={f}/munge.pid", f"--seed-file={f}/munge.seed")
        # The tests' own folder may be closed to other users, which munge warns of.
        return [_program("munged"), "--foreground", "--force", *files, *others]

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.folder / "state", *map(self._spool, NODES)):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        key = self.folder / "munge.key"
        key.unlink(missing_ok=True)
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        ports = _free_ports(1 + len(NODES))
        text = SLURM.format(name=self.name, ports=ports, folder=self.folder)
        gpus = [self._gpu(number) for number in range(2)]
        gres = "".join(f"NodeName=n1 Name=gpu File={file}\n" for file in gpus)
        ETC.mkdir(exist_ok=True)
        for name, content in (("slurm.conf", text), ("gres.conf", gres)):
            (ETC / name).write_text(f"{SIGN}{self.folder}\n{content}")

    def _gpu(self, number: int) -> Path:
        """A device that Slurm can count: another door to /dev/null."""
        device = self.folder / f"gpu{number}"
        if not device.exists():
            os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        return device

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
            _end([process], kill)
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
                return Path(process.cwd()) in map(self._spool, nodes)
            known = process.environ()
            ours = known.get("SLURM_CLUSTER_NAME") == self.name
            return ours and known.get("SLURMD_NODENAME") in nodes
        return False

    def _spool(self, node: str) -> Path:
        return self.folder / f"spool-{node}"

    def _notes(self) -> dict[str, list]:
        return json.loads(self._noted.read_text()) if self._noted.exists() else {}

    def _note(self, processes: dict[str, list]) -> None:
        self._noted.write_text(json.dumps(processes))


def _program(name: str) -> str | None:
    """Where a program is; daemons are often in folders that only root's shell searches."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _ours(file: Path) -> str:
    """The folder of the cluster that wrote a file; empty if it is no such file."""
    with suppress(OSError, UnicodeDecodeError):
        first = file.read_text().partition("\n")[0]
        return first.removeprefix(SIGN) if first.startswith(SIGN) else ""
    return ""


def _running() -> str:
    """The folder of a cluster of these tests that is alive now."""
    folder = _ours(ETC / "slurm.conf")
    return folder if folder and Cluster(Path(folder))._process("slurmctld") else ""


def _end(processes: list[psutil.Process], kill: bool = False) -> None:
    """Ask processes to end, and make them; those that have gone by themselves are no matter."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill() if kill else process.terminate()
    for process in psutil.wait_procs(processes, timeout=PATIENCE)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=PATIENCE)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens at now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _wait(happened, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            raise RuntimeError(f"waited {PATIENCE} s in vain for {what}")
        time.sleep(0.1)


if __name__ == "__main__":
    {"start": Cluster.start, "stop": Cluster.stop}[sys.argv[1]](Cluster(Path(sys.argv[2])))
