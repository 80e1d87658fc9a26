"""A signal of a file from elsewhere: fetched by its rule, once, and never without being allowed."""

import hashlib
import io
import os
import re
import signal

import numpy as np
import pytest
from helpers import runs
from helpers.web_site import Fault, Site

from fieldbench.results import store

PRESET = """\
signals:
  scan: {side: 300}
studies:
  main: {question: "Does it work?", signals: [scan], models: [grid], budgets: [100]}
"""
# A signal of the user's own that needs a file, and the collection that the file belongs to.
SIGNAL = """
import numpy as np


def needs(**_):
    return ("scan",)


def shape(*, side, **_):
    return (side, side)


class Signal:
    dims = (2,)
    random = False
    binary = False

    def __init__(self, *, files: tuple, side: int = 300) -> None:
        self.files = files

    def generate(self) -> np.ndarray:
        return np.load(self.files[0])[..., None]
"""
COLLECTION = """
  mine:
    about: A scan.
    source: A test.
    terms: None.
    files:
      scan: {{path: mine/scan.npy, places: ["{url}"], bytes: {bytes}, sha256: {sha256}}}
"""
SIGNAL_FILE = "results/scanned/signals/scan.h5"
SCAN = "results/downloads/mine/scan.npy"


def scan() -> tuple[np.ndarray, bytes]:
    values = np.random.default_rng(0).random((300, 300))
    file = io.BytesIO()
    np.save(file, values)
    return values, file.getvalue()


@pytest.fixture(scope="module")
def site():
    with Site() as site:
        site.files["/scan.npy"] = scan()[1]
        yield site


@pytest.fixture(scope="module")
def folder(project, site, tmp_path_factory):
    """A clone that knows the signal and its file."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("downloads") / "clone")
    content = scan()[1]
    about = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    with open(folder / "config/datasets.yaml", "a") as datasets:
        datasets.write(COLLECTION.format(url=site.url("/scan.npy"), **about))
    (folder / "workflow/fieldbench/signals/scan.py").write_text(SIGNAL)
    (folder / "scanned.yaml").write_text(PRESET)
    return folder


def test_without_network_nothing_begins(folder, site):
    done = runs.snakemake(folder, "scanned.yaml", SIGNAL_FILE, config=("network=false",))
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "Traceback" not in said
    assert "`network` is false: mine/scan.npy. Put them below the folder" in said
    assert site.asked == [] and not (folder / "results").exists()


def test_a_file_is_fetched_once_and_becomes_a_signal(folder, site):
    site.faults["/scan.npy"] = [Fault(cut_after=400_000)]
    done = runs.run(folder, "scanned.yaml", "download")
    assert "mine/scan.npy: 0.7 MB from http://127.0.0.1" in done.stderr
    log = folder / "results/scanned/logs/downloads/mine/scan.npy.log"
    assert "the connection was cut; trying again" in log.read_text()
    assert [a.range is None for a in site.asked] == [True, False]
    assert not (folder / SIGNAL_FILE).exists()

    runs.run(folder, "scanned.yaml", SIGNAL_FILE)
    arrays, facts = store.read(folder / SIGNAL_FILE, "signal")
    np.testing.assert_array_equal(arrays["values"][..., 0], scan()[0])
    assert "results" not in str(facts), "the signal says where its file lay"
    assert len(site.asked) == 2

    # Where a file would come from now is no reason to fetch it again, nor to make the signal again.
    (folder / "data").mkdir()
    for config in ("datasets=data", "mirror=data"):
        words = ("-n", "download", SIGNAL_FILE)
        done = runs.run(folder, "scanned.yaml", *words, config=(config, "network=false"))
        assert "Nothing to be done" in done.stdout


def test_a_file_of_another_content_stops_the_run(folder, site):
    (folder / SCAN).unlink()
    site.files["/scan.npy"] = bytes(reversed(scan()[1]))
    done = runs.snakemake(folder, "scanned.yaml", "--cores", "1", "download")
    assert done.returncode != 0
    told = "download mine/scan.npy failed: mine/scan.npy cannot be fetched: http://127.0.0.1"
    assert told in done.stderr and "has another SHA-256" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / SCAN).exists()


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(folder, site):
    (folder / SCAN).unlink(missing_ok=True)
    site.files["/scan.npy"] = scan()[1]
    site.faults["/scan.npy"] = [Fault(cut_after=400_000), Fault(silent=20.0)]
    asked = len(site.asked)
    run = runs.begin(folder, "scanned.yaml", "download")
    runs.wait_until(lambda: len(site.asked) == asked + 2, 60, "the second request")
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert runs.recover(folder).returncode == 0
    runs.run(folder, "scanned.yaml", "download")
    assert (folder / SCAN).read_bytes() == scan()[1]
    assert int(site.asked[-1].range.removeprefix("bytes=").removesuffix("-")) > 300_000


def test_downloads_are_never_sent_to_a_cluster_nor_kept_in_a_cache():
    text = (runs.PROJECT / "rules/downloads.smk").read_text()
    rules = re.findall(r"^rule (\w+):|^use rule \w+ as (\w+) with:", text, re.MULTILINE)
    local = re.search(r"^localrules:\n((?:    \w+,\n)+)", text, re.MULTILINE)[1]
    assert sorted(a or b for a, b in rules) == sorted(re.findall(r"\w+", local))
    assert "cache:" not in text
