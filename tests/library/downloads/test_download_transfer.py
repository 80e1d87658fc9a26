"""One URL, and all that can go wrong on the way: against a real server, byte for byte."""

import os
import resource
import subprocess
import time
from contextlib import contextmanager

import pytest
from helpers.offers import (
    CONTENT,
    HALF,
    THING,
    dataset,
    fetched,
    leftovers,
    pins,
    places,
    refused,
    unknown,
)
from helpers.web_site import Fault

from fieldbench.downloads.web import Patience


def test_a_file_comes_whole_and_alone(site, offered, tmp_path):
    at = places(tmp_path)
    assert fetched(offered, at).read_bytes() == CONTENT
    assert leftovers(at) == ["thing.bin"]
    assert [a.method for a in site.asked] == ["GET"]


def test_a_file_that_is_there_is_not_asked_for(site, offered, tmp_path):
    at = places(tmp_path)
    fetched(offered, at)
    fetched(offered, at)
    assert len(site.asked) == 1


def test_wrong_bytes_are_refused(site, offered, tmp_path):
    site.files[THING] = bytes(reversed(CONTENT))
    at = places(tmp_path)
    error = refused(offered, at, "what came has another SHA-256", site.url(THING))
    assert "DATASETS/some/thing.bin" in error.todo and "mirror" in error.todo
    assert leftovers(at) == []
    assert len(site.asked) == 1


def test_wrong_git_blob_is_refused_and_the_right_one_is_git_s(site, tmp_path):
    site.files[THING] = CONTENT
    (tmp_path / "content").write_bytes(CONTENT)
    blob = subprocess.run(
        ["git", "hash-object", tmp_path / "content"], capture_output=True, text=True, check=True
    ).stdout.strip()
    wanted = dataset(site.url(THING), at_most=len(CONTENT), git_blob=blob)
    assert fetched(wanted, places(tmp_path)).read_bytes() == CONTENT
    site.files[THING] = CONTENT[:-1]
    refused(wanted, places(tmp_path / "other"), "git blob")


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_not_there_is_asked_for_once(site, offered, tmp_path, status):
    site.faults[THING] = [Fault(status=status)] * 5
    refused(offered, places(tmp_path), f"the server answers {status}")
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_out_of_breath_is_asked_again(site, offered, tmp_path, status):
    site.faults[THING] = [Fault(status=status)]
    assert fetched(offered, places(tmp_path)).read_bytes() == CONTENT
    assert len(site.asked) == 2
    site.faults[THING] = [Fault(status=status)] * 9
    refused(offered, places(tmp_path / "other"), f"{status}", "3 times in a row")
    assert len(site.asked) == 5


@pytest.mark.parametrize(
    ("asked", "waited"), [("0.3", (0.3, 5.0)), ("1000", (0.5, 5.0)), ("soon", (0.0, 0.4))]
)
def test_retry_after_is_honoured_within_bounds(site, offered, tmp_path, asked, waited):
    site.faults[THING] = [Fault(status=503, headers={"Retry-After": asked})]
    patience = Patience(first_wait=0.01, longest_wait=0.5)
    begun = time.monotonic()
    fetched(offered, places(tmp_path), patience)
    assert waited[0] <= time.monotonic() - begun <= waited[1]


def test_retry_after_may_be_a_date(site, offered, tmp_path):
    long_ago = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
    far_off = {"Retry-After": "Wed, 21 Oct 2215 07:28:00 GMT"}
    site.faults[THING] = [Fault(status=503, headers=h) for h in (long_ago, far_off)]
    patience = Patience(first_wait=0.01, longest_wait=0.5)
    begun = time.monotonic()
    fetched(offered, places(tmp_path), patience)
    assert 0.5 <= time.monotonic() - begun <= 5.0


def test_a_silent_server_is_asked_again(site, offered, tmp_path, capsys):
    site.faults[THING] = [Fault(silent=1.0)]
    assert fetched(offered, places(tmp_path)).read_bytes() == CONTENT
    assert "silent for too long; trying again" in capsys.readouterr().out
    site.faults[THING] = [Fault(silent=1.0)] * 3
    refused(offered, places(tmp_path / "other"), "silent for too long, 3 times in a row")


def test_nobody_there(site, tmp_path):
    address = site.url(THING)
    site.server.server_close()
    refused(dataset(address), places(tmp_path), "the server cannot be reached, 3 times in a row")


def test_wrong_length_is_refused_before_it_comes(site, offered, tmp_path):
    site.files[THING] = CONTENT + b"more"
    refused(offered, places(tmp_path), "has 700,004 bytes instead of 700,000")
    site.files[THING] = CONTENT * 3
    wanted = dataset(site.url(THING), **unknown())
    refused(wanted, places(tmp_path), "more than the 1,400,000 allowed")


def test_no_more_is_written_than_there_may_be(site, tmp_path):
    """A server that tells no length, and does not stop."""
    site.faults[THING] = [Fault(body=CONTENT * 30, endless=True)]
    at, wanted = places(tmp_path), dataset(site.url(THING), **unknown())
    refused(wanted, at, "the server sends more than 1,400,000 bytes")
    (part,) = at.downloads.rglob("*.part")
    assert part.stat().st_size <= wanted.file.largest


def test_a_file_without_a_told_length_is_known_by_its_pins(site, offered, tmp_path):
    site.faults[THING] = [Fault(endless=True, cut_after=HALF), Fault(endless=True)]
    assert fetched(offered, places(tmp_path)).read_bytes() == CONTENT
    assert [a.range is None for a in site.asked] == [True, False]


def test_a_file_packed_for_the_way_is_refused(site, offered, tmp_path):
    site.faults[THING] = [Fault(headers={"Content-Encoding": "gzip"})]
    refused(offered, places(tmp_path), "packs the file")
    assert site.asked[0].range is None


@contextmanager
def small_disk(folder, most):
    """A disk of `most` bytes at the folder; where none may be mounted, a bound on files' size."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={most}", "tmpfs", str(folder)]
    if os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk(site, offered, tmp_path):
    at = places(tmp_path)
    with small_disk(tmp_path / "results", 400_000):
        error = refused(offered, at, "the disk is full")
        assert "Free some space" in error.todo
        assert leftovers(at) in ([".thing.bin.part", ".thing.bin.part.from"], [".thing.bin.part"])


def test_a_place_that_refuses_is_followed_by_the_next(site, tmp_path, capsys):
    site.files["/good.bin"] = CONTENT
    wanted = dataset(site.url("/gone.bin"), site.url("/good.bin"), **pins())
    assert fetched(wanted, places(tmp_path)).read_bytes() == CONTENT
    said = capsys.readouterr().out
    assert f"not from {site.url('/gone.bin')}: the server answers 404" in said
