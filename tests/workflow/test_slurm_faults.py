"""What goes wrong at night on a cluster; then the run, or the same command, comes to its end."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from helpers import runs
from helpers.nights import GROUPS, RUN, Held, Night, make_holding, night_of, same
from helpers.runs import wait_until

pytestmark = pytest.mark.slurm


@pytest.fixture(scope="module")
def holding(project, tmp_path_factory) -> Path:
    """The small preset, done in a project whose fits can be held; nobody holds them here."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("holding") / "clone")
    make_holding(folder)
    runs.run(folder, *RUN)
    return folder


@pytest.fixture(scope="module")
def four(cluster, holding, tmp_path_factory):
    """One run; each of its two jobs is struck twice, and is sent three times."""
    night = night_of(holding, cluster, tmp_path_factory.mktemp("four"))
    night.begin()
    (one, first), (other, second) = sorted(night.half_way().items())
    cluster.run("scancel", one)
    (night.folder / "held" / f"{second.name}.memory").touch()
    night.ended(one, "cancelled")
    night.ended(other, "memory")
    third, fourth = night.next_of("cancelled", first), night.next_of("memory", second)
    night.jobs |= {"time": [], "member": []}
    larger = night.wait_for(1, lambda job, held: job == fourth and held.large, "memory")[fourth]
    time.sleep(6)  # memory is looked at every two seconds
    assert cluster.job(fourth)["JobState"] == "RUNNING"
    os.kill(larger.pid, signal.SIGKILL)
    cluster.change(third, TimeLimit="1")
    night.ended(fourth, "member")
    night.release(second.name)
    night.ended(third, "time")
    last = night.next_of("time", first)
    night.release_all()
    night.end()
    yield night, {"cancelled": first, "memory": second}, last


def test_each_fault_met_a_job(four):
    states = {fault: jobs[0]["JobState"] for fault, jobs in four[0].jobs.items()}
    # Where no control groups watch over memory, Slurm says FAILED of what it has killed for it.
    assert states.pop("memory") in ("OUT_OF_MEMORY", "FAILED")
    assert states == {"cancelled": "CANCELLED", "time": "TIMEOUT", "member": "FAILED"}


def test_what_fails_is_sent_again_with_more_time_and_memory(four):
    night, _, last = four
    for fault in ("cancelled", "memory"):
        before, after = night.jobs[fault]
        assert memory(after) == 2 * memory(before)
        assert minutes(after) == 2 * minutes(before)
    assert minutes(night.cluster.job(last)) == 3 * minutes(night.jobs["cancelled"][0])


def test_fits_go_on_from_their_checkpoints_and_finished_ones_are_taken_over(four):
    night, held, _ = four
    assert all("going on from step " in night.log(held[fault].fit) for fault in held)
    logs = [night.log(Path(name).stem) for name in runs.found(night.folder, "*/fits/**/*.h5")]
    assert sum("was finished before: taken over" in log for log in logs) >= GROUPS
    assert (night.lost, night.again) == (0, 0)


def test_the_numbers_are_those_of_a_run_that_nothing_befell(four, holding):
    same(four[0].folder, holding)


def test_a_node_dies_the_controller_is_restarted_snakemake_is_killed(cluster, holding, tmp_path):
    night = night_of(holding, cluster, tmp_path)
    night.begin()
    half_way = night.half_way()
    moved = node_dies(night, half_way)
    controller_restarts(night, *sorted(moved.items())[0])
    snakemake_is_killed(night)
    night.release_all()
    night.begin()
    night.end()
    assert (night.lost, night.again) == (0, 0)
    same(night.folder, holding)


def test_ctrl_c_cancels_the_jobs_and_the_same_command_goes_on(cluster, holding, tmp_path):
    night = night_of(holding, cluster, tmp_path)
    night.begin()
    half_way = night.half_way()
    os.killpg(night.process.pid, signal.SIGINT)  # which is what the keys do
    assert night.process.wait(timeout=runs.LONGEST) != 0
    wait_until(lambda: not set(cluster.jobs()) & set(half_way), runs.LONGEST, "cancelled jobs")
    night.note()
    night.release_all()
    night.begin()
    night.end()
    assert (night.lost, night.again) == (0, 0)
    same(night.folder, holding)


def node_dies(night: Night, half_way: dict[str, Held]) -> dict[str, Held]:
    """Drain the node of a job and cut its power; its jobs go on elsewhere. What is held there."""
    cluster, job = night.cluster, min(half_way)
    node = cluster.job(job)["NodeList"]
    cluster.drain(node)
    cluster.kill_node(node)
    lost = {j: held for j, held in half_way.items() if cluster.job(j)["NodeList"] == node}
    assert not any(psutil.pid_exists(held.pid) for held in lost.values())
    for gone in lost:
        (night.folder / "at-work" / gone).unlink()  # Slurm may send it again by the same number
    names = {held.name for held in half_way.values()}
    moved = night.wait_for(GROUPS, lambda job, held: held.name in names, "jobs on another node")
    assert all(cluster.job(job)["NodeList"] != node for job in moved)
    print(f"{node}: {cluster.node_state(node)}; {len(lost)} jobs lost there, went on as {moved}")
    night.note()
    cluster.start_node(node)
    cluster.resume(node)
    return moved


def controller_restarts(night: Night, job: str, held: Held) -> None:
    """While it is away a fit ends, and Snakemake asks after its jobs in vain."""
    night.cluster.stop_controller()
    night.release(held.name)
    wait_until(lambda: asks(night.process.pid), runs.LONGEST, "a question to the controller")
    wait_until(lambda: not asks(night.process.pid), runs.LONGEST, "the end of it")
    time.sleep(3)  # for what it asks next
    finished = lambda: any(name.endswith(f"/{held.fit}.h5") for name in runs.trained(night.folder))  # noqa: E731
    wait_until(finished, runs.LONGEST, "a fit that ends without a controller")
    night.note()
    night.cluster.start_controller()
    over = lambda: night.cluster.job(job)["JobState"] not in ("RUNNING", "COMPLETING")  # noqa: E731
    wait_until(over, runs.LONGEST, "the end of the job whose fit was released")
    print(f"job {job} after the restart: {night.cluster.job(job)['JobState']}")
    # Snakemake, which got no answers, has learnt of it nevertheless: it removes logs of successes.
    logs = lambda: list((night.folder / "results/slurm-logs").rglob(f"{job}.log"))  # noqa: E731
    learnt = lambda: not logs() or "Trying to restart" in night.messages()  # noqa: E731
    wait_until(learnt, runs.LONGEST, "Snakemake's notice of a job that ended")
    assert night.process.poll() is None


def asks(pid: int) -> bool:
    """Whether a process has one of Slurm's commands at work."""
    time.sleep(0.2)
    try:
        children = psutil.Process(pid).children(recursive=True)
        return any(child.name() in ("scontrol", "squeue", "sacct") for child in children)
    except psutil.NoSuchProcess:
        return False


def snakemake_is_killed(night: Night) -> None:
    """By kill -9. Its jobs run on, until recover.py ends them, and nobody else's."""
    folder, cluster = night.folder, night.cluster
    assert night.process.poll() is None
    night.process.kill()
    night.process.wait()
    orphans = cluster.jobs()
    assert orphans, "jobs that run on"
    others = [sleeper(cluster, folder.parent, "fieldbench_another"), sleeper(cluster, folder, "my")]
    refused = runs.snakemake(folder, *RUN)
    assert refused.returncode != 0 and "python workflow/recover.py" in refused.stderr
    cleared = runs.recover(folder)
    assert cleared.returncode == 0, cleared.stderr
    assert f"Cancelled {len(orphans)} jobs of Slurm's" in cleared.stdout
    assert "Cleared the lock" in cleared.stdout
    assert sorted(cluster.jobs()) == sorted(others)
    assert runs.recover(folder).stdout == ""
    cluster.run("scancel", *others)
    night.note()


def sleeper(cluster, folder: Path, name: str) -> str:
    """A job that is not the run's; its number."""
    where = (f"--chdir={folder}", "--output=/dev/null", f"--job-name={name}", "--mem=10")
    return cluster.run("sbatch", "--parsable", *where, "--wrap=sleep 600").strip()


def memory(job: dict[str, str]) -> int:
    return int(job["MinMemoryNode"].removesuffix("M"))


def minutes(job: dict[str, str]) -> int:
    hours, rest, _ = job["TimeLimit"].split(":")
    return 60 * int(hours) + int(rest)
