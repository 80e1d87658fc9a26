"""The files of a Slurm of the tests: its configuration, keys and counted devices."""

import os
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path

from helpers import daemons

ETC = Path("/etc/slurm")
SIGN = "# A cluster of fieldbench's tests. Its folder: "  # the first line of a file that is ours
PROGRAMS = ("munged", "munge", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue")
NODES = ("n1", "n2")

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
    gone = [p for p in PROGRAMS if not program(p)]
    if gone:
        return f"not installed: {', '.join(gone)} (Debian: apt-get install slurm-wlm munge)"
    for name in ("slurm.conf", "gres.conf", "cgroup.conf"):
        if (ETC / name).exists() and not ours(ETC / name):
            return f"{ETC / name} is somebody's: this machine has a Slurm already"
    return ""


def write(folder: Path, name: str) -> None:
    """Write all files of a cluster of that name: below its folder, and two in /etc/slurm."""
    folder.mkdir(parents=True, exist_ok=True)
    for inner in (folder / "state", *(spool(folder, node) for node in NODES)):
        shutil.rmtree(inner, ignore_errors=True)
        inner.mkdir()
    key = folder / "munge.key"
    key.unlink(missing_ok=True)
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    ports = daemons.free_ports(1 + len(NODES))
    text = SLURM.format(name=name, ports=ports, folder=folder)
    gres = "".join(f"NodeName=n1 Name=gpu File={_gpu(folder, number)}\n" for number in range(2))
    ETC.mkdir(exist_ok=True)
    for file, content in (("slurm.conf", text), ("gres.conf", gres)):
        (ETC / file).write_text(f"{SIGN}{folder}\n{content}")


def remove(folder: Path) -> None:
    """Take the files of a cluster from /etc/slurm."""
    for name in ("slurm.conf", "gres.conf"):
        if ours(ETC / name) == str(folder):
            (ETC / name).unlink()


def munge(folder: Path) -> list[str]:
    """The command that starts munge for a cluster."""
    files = (f"--socket={folder}/munge.socket", f"--key-file={folder}/munge.key")
    others = (f"--pid-file={folder}/munge.pid", f"--seed-file={folder}/munge.seed")
    # The tests' own folder may be closed to other users, which munge warns of.
    return [program("munged"), "--foreground", "--force", *files, *others]


def spool(folder: Path, node: str) -> Path:
    """Where a node's daemon works."""
    return folder / f"spool-{node}"


def _gpu(folder: Path, number: int) -> Path:
    """A device that Slurm can count: another door to /dev/null."""
    device = folder / f"gpu{number}"
    if not device.exists():
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    return device


def program(name: str) -> str | None:
    """Where a program is; daemons are often in folders that only root's shell searches."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def ours(file: Path) -> str:
    """The folder of the cluster that wrote a file; empty if it is no such file."""
    with suppress(OSError, UnicodeDecodeError):
        first = file.read_text().partition("\n")[0]
        return first.removeprefix(SIGN) if first.startswith(SIGN) else ""
    return ""
