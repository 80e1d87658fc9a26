"""Faults of disks and folders while a file is written: it is whole or absent, and they are told."""

import os
import resource
import subprocess
import sys

import pytest
from helpers import trial
from helpers.stored import ARRAYS, FACTS, left_in

from fieldbench.plan.errors import UserError
from fieldbench.results import store

WRITE_TOO_MUCH = """
import resource, sys
import numpy as np
from fieldbench.results import store
from fieldbench.results.store import Record
from fieldbench.plan.errors import UserError
limit = int(sys.argv[2])
if limit:
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    store.write(sys.argv[1], "fit", {"values": np.zeros(1 << 18)}, {})
except UserError as error:
    print(error)
"""


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk; the limit of a process is tried anyway")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_full_disk_leaves_the_old_file_or_none(small_disk):
    told = trial.python(WRITE_TOO_MUCH, small_disk / "new.h5", 0).stdout
    assert "disk is full" in told
    assert left_in(small_disk) == []
    store.write(small_disk / "old.h5", "fit", ARRAYS, FACTS)
    before = store.digest(small_disk / "old.h5")
    assert "disk is full" in trial.python(WRITE_TOO_MUCH, small_disk / "old.h5", 0).stdout
    assert left_in(small_disk) == ["old.h5"]
    assert store.digest(small_disk / "old.h5") == before


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no such limit here")
def test_a_write_stopped_half_way_leaves_nothing(tmp_path):
    told = trial.python(WRITE_TOO_MUCH, tmp_path / "new.h5", 100_000).stdout
    assert "disk is full" in told
    assert "Free some space" in told
    assert left_in(tmp_path) == []


def test_folder_that_cannot_be_written_is_a_message(tmp_path):
    (tmp_path / "results").write_text("a file where a folder should be")
    for path in ("results/a.h5", "results/deep/a.h5"):
        with pytest.raises(UserError, match="cannot be written") as caught:
            store.write(tmp_path / path, "fit", {}, {})
        assert "results" in caught.value.todo
    (tmp_path / "b.h5").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        store.write(tmp_path / "b.h5", "fit", {}, {})
    assert left_in(tmp_path) == ["b.h5", "results"]


@pytest.fixture
def sealed(tmp_path):
    """A folder that even root may not write to, where the file system can do that."""
    folder = tmp_path / "sealed"
    folder.mkdir()
    if os.geteuid():
        folder.chmod(0o500)
    elif sys.platform != "linux" or subprocess.run(["chattr", "+i", str(folder)]).returncode:
        pytest.skip("root may write anywhere on this file system")
    yield folder
    if os.geteuid():
        folder.chmod(0o700)
    else:
        subprocess.run(["chattr", "-i", str(folder)], check=True)


def test_read_only_folder_is_a_message(sealed):
    with pytest.raises(UserError, match="cannot be written") as caught:
        store.write(sealed / "a.h5", "fit", ARRAYS, FACTS)
    assert "writable" in caught.value.todo
    assert left_in(sealed) == []
