"""What a fit costs beside its training when Slurm runs it: in a job with others, and in its own."""

import contextlib
import json
import threading

import psutil
import pytest
from helpers import instant, runs

pytestmark = pytest.mark.slurm

SOON = ("--slurm-init-seconds-before-status-checks", "3")
WAYS = {  # how fits are sent: how many of them, and how many a job
    "grouped": (120, 30),
    "one by one": (24, 1),
}
SIGNALS = 27  # of seven fits each
PRESET = "many.yaml"


class Meter(threading.Thread):
    """Seconds of the processor that jobs of a cluster take, looked at as they run.

    Without accounting Slurm does not tell. What a process takes after the last look at it is lost.
    """

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster, self.done = cluster, threading.Event()
        self.taken: dict[tuple[int, float], float] = {}

    def run(self) -> None:
        while not self.done.wait(0.5):
            for process in self.cluster.processes():
                with contextlib.suppress(psutil.Error):
                    used = process.cpu_times()
                    self.taken[process.pid, process.create_time()] = used.user + used.system

    def seconds(self) -> float:
        self.done.set()
        self.join()
        return sum(self.taken.values())


@pytest.fixture(scope="module")
def prepared(project, tmp_path_factory):
    """A folder with all observations, and instant fits to be made of them."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("scale") / "clone")
    instant.make_instant(folder)
    (folder / PRESET).write_text(instant.preset(SIGNALS * instant.JOBS_A_SIGNAL))
    runs.run(folder, PRESET, "--until", "observe_signal")
    fits = sorted(f"results/many/{f}" for f in runs.planned(folder, PRESET) if "fits/" in f)
    return folder, fits


def test_what_a_fit_costs(cluster, prepared):
    folder, fits = prepared
    told, scratch = {}, folder.parent / "tmp"
    scratch.mkdir()
    for way, (count, size) in WAYS.items():
        chosen, fits = fits[:count], fits[count:]
        assert len(chosen) == count
        before, meter = len(cluster.all_jobs()), Meter(cluster)
        meter.start()
        options = ("--profile", "slurm", *SOON, "--group-components", f"seconds={size}")
        words = (*chosen, *options, "--config", f"preset={PRESET}")
        env = runs.surroundings() | {"TMPDIR": str(scratch)}
        costs = instant.costed(folder, *words, timeout=1800, env=env)
        told[way] = {
            "fits": count, "jobs": len(cluster.all_jobs()) - before, "wall": costs.wall / count,
            "Snakemake": (costs.own + costs.jobs) / count, "in jobs": meter.seconds() / count,
        }  # fmt: skip
        assert all((folder / fit).exists() for fit in chosen)
        assert list(scratch.glob("fieldbench-*")) == [], "what jobs left behind"
    print("\n".join(f"{way}: {json.dumps(row)}" for way, row in told.items()))
    assert {way: row["jobs"] for way, row in told.items()} == {"grouped": 4, "one by one": 24}
    assert told["grouped"]["in jobs"] < told["one by one"]["in jobs"]
