"""Where a file is fetched from: the user's own folder, a mirror, the network; in this order."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from helpers.offers import CONTENT, dataset, fetched, leftovers, places, unknown

from fieldbench.downloads import telling
from fieldbench.downloads.checks import hold_to_first
from fieldbench.downloads.fetch import fetch
from fieldbench.downloads.telling import Voice
from fieldbench.plan.errors import UserError

THING = "/thing.bin"
OTHER = bytes(reversed(CONTENT))


@pytest.fixture
def offered(site):
    site.files[THING] = CONTENT
    return dataset(site.url(THING))


def put(folder, content=CONTENT):
    file = folder / "some/thing.bin"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return file


def mirror(kind, tmp_path, site, content):
    """A mirror of a kind that holds the file, and its address."""
    site.files["/mirror/some/thing.bin"] = content
    folder = tmp_path / "my mirror"
    put(folder, content)
    addresses = {"folder": str(folder), "file": folder.as_uri(), "http": site.url("/mirror/")}
    return addresses[kind]


@pytest.mark.parametrize("kind", ["folder", "file", "http"])
@pytest.mark.parametrize("network", [True, False])
def test_a_mirror_is_asked_first(kind, network, site, offered, tmp_path):
    at = places(tmp_path, mirror=mirror(kind, tmp_path, site, CONTENT), network=network)
    made = fetched(offered, at)
    assert made.read_bytes() == CONTENT and not made.is_symlink()
    assert site.of(THING) == []
    assert leftovers(at) == ["thing.bin"]


@pytest.mark.parametrize("kind", ["folder", "file", "http"])
def test_a_mirror_with_something_else_is_passed_over(kind, site, offered, tmp_path, capsys):
    at = places(tmp_path, mirror=mirror(kind, tmp_path, site, OTHER))
    assert fetched(offered, at).read_bytes() == CONTENT
    assert "what came has another SHA-256" in capsys.readouterr().out


def test_a_mirror_that_lacks_the_file_is_passed_over(site, offered, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert fetched(offered, places(tmp_path, mirror=str(tmp_path / "empty"))).exists()
    assert f"not from {tmp_path}/empty/some/thing.bin: it is not there" in capsys.readouterr().out
    at = places(tmp_path / "other", mirror=site.url("/mirror"))
    assert fetched(offered, at).exists()
    assert "/mirror/some/thing.bin: the server answers 404" in capsys.readouterr().out


def test_without_network_the_places_are_not_asked(site, offered, tmp_path):
    (tmp_path / "empty").mkdir()
    for config in ({}, {"mirror": str(tmp_path / "empty")}):
        with pytest.raises(UserError, match="the network may not be used"):
            fetched(offered, places(tmp_path, network=False, **config))
    assert site.asked == []


def test_an_own_file_is_used_where_it_is(site, offered, tmp_path, monkeypatch):
    own = put(tmp_path / "own")
    monkeypatch.chdir(tmp_path)
    at = places(tmp_path, datasets="own", mirror=mirror("folder", tmp_path, site, CONTENT))
    made = fetched(offered, at)
    assert made.is_symlink() and made.resolve() == own
    assert made.readlink().is_absolute()
    assert site.asked == []


def test_an_own_folder_that_lacks_the_file(offered, tmp_path):
    (tmp_path / "own").mkdir()
    made = fetched(offered, places(tmp_path, datasets=str(tmp_path / "own")))
    assert made.read_bytes() == CONTENT and not made.is_symlink()


def test_an_own_file_that_is_something_else_is_told(site, offered, tmp_path):
    own = put(tmp_path / "own", OTHER)
    at = places(tmp_path, datasets=str(tmp_path / "own"))
    with pytest.raises(UserError, match="is not the expected file") as caught:
        fetched(offered, at)
    assert str(own) in caught.value.what
    assert site.asked == [] and own.read_bytes() == OTHER and leftovers(at) == []


def test_what_nobody_pinned_is_held_to_what_came_first(site, tmp_path, capsys):
    site.files[THING] = CONTENT
    at, wanted = places(tmp_path), dataset(site.url(THING), **unknown())
    made = fetched(wanted, at)
    assert "no checksum of some/thing.bin is known" in capsys.readouterr().out
    check = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=at.downloads, capture_output=True, text=True
    )
    assert (check.returncode, check.stdout) == (0, "some/thing.bin: OK\n")

    made.unlink()
    assert fetched(wanted, at).read_bytes() == CONTENT  # the same again is welcome
    made.unlink()
    site.files[THING] = OTHER
    with pytest.raises(UserError, match="not the file that was fetched at first") as caught:
        fetched(wanted, at)
    assert "remove the line of some/thing.bin from" in caught.value.todo
    assert leftovers(at) == []

    put(tmp_path / "own", OTHER)
    with pytest.raises(UserError, match="not the file that was fetched at first"):
        fetched(wanted, places(tmp_path, datasets=str(tmp_path / "own")))
    (at.downloads / "SHA256SUMS").unlink()
    assert fetched(wanted, at).read_bytes() == OTHER


def test_many_jobs_note_their_checksums_at_once(tmp_path):
    names = [f"{n}.bin" for n in range(40)]
    for name in names:
        (tmp_path / name).write_text(name)
    with ThreadPoolExecutor(8) as jobs:
        list(jobs.map(lambda n: hold_to_first(tmp_path / n, n, tmp_path, Voice()), names))
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(names)


def test_a_mirrors_password_is_not_told(site, offered, tmp_path, capsys):
    site.files["/mirror/some/thing.bin"] = CONTENT
    fetched(offered, places(tmp_path, mirror=site.url("/mirror").replace("//", "//me:secret@")))
    said = capsys.readouterr().out
    assert "0.7 MB from http://127.0.0.1" in said and "secret" not in said


def test_the_run_is_told_how_far_a_transfer_is_and_of_its_end(site, offered, tmp_path, monkeypatch):
    monkeypatch.setattr(telling, "OFTEN", 0.0)
    said = []
    fetch(offered, places(tmp_path), Voice(lambda *message: said.append(message)))
    notes = [text for kind, text in said if kind == "note"]
    assert "0.7 MB of 0.7 MB" in notes and notes[-1] == ""  # the end takes the last one back
    assert any(
        text.startswith("some/thing.bin: 0.7 MB from http://127.0.0.1")
        for kind, text in said
        if kind == "say"
    )


def test_lines_about_a_transfer_in_the_log(capsys, monkeypatch):
    monkeypatch.setattr(telling, "EVERY", 0.0)
    with telling.Progress(Voice(), "thing", 4_000_000) as seen:
        seen.at(1_000_000)
        seen.at(3_000_000)
    assert capsys.readouterr().out.splitlines() == [f"thing: {n}.0 MB of 4.0 MB" for n in (1, 3)]
