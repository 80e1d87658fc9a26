"""Downloads that are cut: they go on where they were cut, or begin again where that is not safe."""

import pytest
from helpers.offers import (
    CONTENT,
    HALF,
    THING,
    dataset,
    fetched,
    leftovers,
    places,
    refused,
    unknown,
)
from helpers.web_site import Fault

from fieldbench.downloads import transfer


def test_a_cut_download_goes_on_where_it_was_cut(site, offered, tmp_path):
    site.faults[THING] = [Fault(cut_after=HALF)]
    at = places(tmp_path)
    assert fetched(offered, at).read_bytes() == CONTENT
    first, second = site.of(THING)
    assert first.range is None
    kept = int(second.range.removeprefix("bytes=").removesuffix("-"))
    assert HALF - (1 << 16) <= kept <= HALF
    assert second.sent == len(CONTENT) - kept
    assert second.if_range.startswith('"')
    assert leftovers(at) == ["thing.bin"]


def test_a_later_job_goes_on_where_an_earlier_one_gave_up(site, offered, tmp_path):
    at = places(tmp_path)
    site.faults[THING] = [Fault(cut_after=HALF)] + [Fault(status=503)] * 3
    refused(offered, at, "503")
    assert leftovers(at) == [".thing.bin.part", ".thing.bin.part.from"]
    before = site.sent(THING)
    assert fetched(offered, at).read_bytes() == CONTENT
    assert site.asked[-1].range.startswith("bytes=")
    assert site.sent(THING) - before < len(CONTENT) - HALF + (1 << 16)


def test_a_server_without_ranges_is_asked_from_the_start(site, offered, tmp_path):
    site.without_ranges.add(THING)
    site.faults[THING] = [Fault(cut_after=HALF)]
    assert fetched(offered, places(tmp_path)).read_bytes() == CONTENT
    assert site.sent(THING) == HALF + len(CONTENT)


def test_many_cuts_are_borne_while_there_is_progress(site, offered, tmp_path):
    site.faults[THING] = [Fault(cut_after=150_000)] * 4  # more than the tries
    assert fetched(offered, places(tmp_path)).read_bytes() == CONTENT
    site.without_ranges.add(THING)
    site.faults[THING] = [Fault(cut_after=150_000)] * 9
    refused(offered, places(tmp_path / "other"), "the connection was cut, 3 times in a row")


def test_a_file_that_changed_meanwhile_is_fetched_anew(site, tmp_path):
    site.files[THING] = CONTENT
    site.faults[THING] = [Fault(cut_after=HALF)] + [Fault(status=503)] * 3
    at, wanted = places(tmp_path), dataset(site.url(THING), **unknown())
    refused(wanted, at, "503")
    site.files[THING] = bytes(reversed(CONTENT))
    assert fetched(wanted, at).read_bytes() == site.files[THING]


def test_a_partial_file_and_its_note_speak_of_the_same_bytes(site, tmp_path, monkeypatch):
    """Killed between an answer and its first byte: what is there then is never mixed with it."""
    site.files[THING] = CONTENT
    site.faults[THING] = [Fault(cut_after=HALF)] + [Fault(status=503)] * 3
    at, wanted = places(tmp_path), dataset(site.url(THING), **unknown())
    refused(wanted, at, "503")
    site.files[THING] = bytes(reversed(CONTENT))
    with monkeypatch.context() as patched:
        patched.setattr(transfer._Transfer, "_receive", killed)
        with pytest.raises(KeyboardInterrupt):
            fetched(wanted, at)
    assert fetched(wanted, at).read_bytes() == site.files[THING]


def killed(*_):
    raise KeyboardInterrupt


def test_without_mark_and_checksum_nothing_is_resumed(site, tmp_path):
    site.files[THING] = CONTENT
    site.without_marks.add(THING)
    site.faults[THING] = [Fault(cut_after=HALF)]
    wanted = dataset(site.url(THING), **unknown())
    assert fetched(wanted, places(tmp_path)).read_bytes() == CONTENT
    assert [a.range for a in site.asked] == [None, None]


def test_what_was_resumed_and_is_wrong_is_fetched_from_its_start(site, offered, tmp_path):
    site.without_marks.add(THING)
    site.faults[THING] = [Fault(body=b"\0" * len(CONTENT), cut_after=HALF)]
    site.faults[THING] += [Fault(status=503)] * 3
    at = places(tmp_path)
    refused(offered, at, "503")
    assert fetched(offered, at).read_bytes() == CONTENT
    assert [a.range is None for a in site.asked[-2:]] == [False, True]
