"""Members of archives: read by ranges where that can be, and never more than the member."""

import gzip
import io
import random
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from helpers.offers import CONTENT, dataset, fetched, leftovers, pins, places
from helpers.web_site import Fault

from fieldbench.plan.errors import UserError

LIBRARY = Path(__file__).resolve().parents[3] / "workflow"
SMALL = random.Random(1).randbytes(20_000)
PACK = "/pack.zip"
BALL = "/ball.tar.gz"


def zipped(members, packed=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(*members):
    """A .tar.gz of (name, content) pairs and of ready TarInfos."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return file.getvalue()


def member_of(site, path, content, member="in/small.bin", to="some/thing.bin", **pinned):
    """The dataset that is a member of the archive at a path, which is put there."""
    site.files[path] = content
    about = {"name": path[1:], "url": site.url(path), **pins(content)}
    place, pinned = {"archive": "a", "member": member}, pinned or pins(SMALL)
    return dataset(place, path=to, archives={"a": about}, **pinned)


@pytest.fixture
def big():
    """4 MB of which 20 kB are wanted."""
    others = {f"in/{n}.bin": random.Random(n).randbytes(200_000) for n in range(20)}
    return zipped({**others, "in/small.bin": SMALL})


def refused(wanted, at, *words):
    with pytest.raises(UserError) as caught:
        fetched(wanted, at)
    for word in words:
        assert word in caught.value.what, caught.value
    assert not (at.downloads / wanted.file.path).exists()
    assert "small.bin" not in {f.name for f in at.downloads.rglob("*")}


def test_a_member_is_read_by_ranges(site, tmp_path, big):
    wanted = member_of(site, PACK, big)
    at = places(tmp_path)
    assert fetched(wanted, at).read_bytes() == SMALL
    assert all(a.range for a in site.asked)
    assert site.sent(PACK) < 0.03 * len(big)
    assert leftovers(at) == ["thing.bin"]


def test_a_packed_member_is_unpacked(site, tmp_path):
    text = b"0.5 0.25 0.125\n" * 5000
    wanted = member_of(
        site, PACK, zipped({"in/small.bin": text}, zipfile.ZIP_DEFLATED), **pins(text)
    )
    assert fetched(wanted, places(tmp_path)).read_bytes() == text


@pytest.mark.parametrize(
    "fault", [Fault(status=503), Fault(silent=0.6), Fault(cut_after=5000)], ids=str
)
@pytest.mark.parametrize("request_number", [0, 1])
def test_ranges_are_asked_for_again(site, tmp_path, big, fault, request_number):
    wanted = member_of(site, PACK, big)
    site.faults[PACK] = [Fault()] * request_number + [fault]
    assert fetched(wanted, places(tmp_path)).read_bytes() == SMALL
    assert site.sent(PACK) < 0.06 * len(big)


def test_without_ranges_the_archive_comes_whole_and_once(site, tmp_path, big, capsys):
    site.without_ranges.add(PACK)
    at = places(tmp_path)
    assert fetched(member_of(site, PACK, big), at).read_bytes() == SMALL
    assert "fetching the archive pack.zip of 4.0 MB" in capsys.readouterr().out
    assert (at.downloads / "archives/pack.zip").read_bytes() == big
    asked = len(site.asked)
    third = pins(random.Random(3).randbytes(200_000))
    fetched(member_of(site, PACK, big, "in/3.bin", "some/other.bin", **third), at)
    assert len(site.asked) == asked


def test_without_ranges_other_places_come_before_the_whole_archive(site, tmp_path, big, capsys):
    site.without_ranges.add(PACK)
    wanted = member_of(site, PACK, big)
    wanted.file.places.append(site.url("/small.bin"))
    site.files["/small.bin"] = SMALL
    at = places(tmp_path)
    assert fetched(wanted, at).read_bytes() == SMALL
    assert leftovers(at) == ["thing.bin"]
    assert "the server gives no part of the archive" in capsys.readouterr().out

    del site.files["/small.bin"]
    at = places(tmp_path / "other")
    assert fetched(wanted, at).read_bytes() == SMALL
    assert leftovers(at) == ["pack.zip", "thing.bin"]


def test_an_archive_of_another_size_is_refused(site, tmp_path, big):
    wanted = member_of(site, PACK, big)
    site.files[PACK] = big + b"\0"
    refused(wanted, places(tmp_path), "pack.zip has", "instead of")


def test_a_damaged_member_is_refused(site, tmp_path, big):
    wanted = member_of(site, PACK, big)
    site.files[PACK] = big.replace(SMALL[:100], bytes(100))
    refused(wanted, places(tmp_path), "the archive pack.zip is damaged")


def test_what_is_no_archive_is_refused(site, tmp_path):
    wanted = member_of(site, PACK, CONTENT)
    refused(wanted, places(tmp_path), "the archive pack.zip is damaged")
    wanted = member_of(site, BALL, CONTENT)
    refused(wanted, places(tmp_path / "other"), "the archive ball.tar.gz is damaged")


@pytest.mark.parametrize(("path", "pack"), [(PACK, zipped), (BALL, lambda m: tarred(*m.items()))])
def test_a_member_that_is_not_there(site, tmp_path, path, pack):
    wanted = member_of(site, path, pack({"in/other.bin": SMALL}))
    refused(wanted, places(tmp_path), "the archive has no member in/small.bin")


def test_a_member_of_a_tar_ball(site, tmp_path):
    at = places(tmp_path)
    ball = tarred(("in/other.bin", CONTENT), ("./in/small.bin", SMALL))
    assert fetched(member_of(site, BALL, ball), at).read_bytes() == SMALL
    assert leftovers(at) == ["ball.tar.gz", "thing.bin"]


def test_nothing_is_written_where_an_archive_says(site, tmp_path):
    evil = {"../../evil": b"x", f"{tmp_path}/evil": b"x", "in/small.bin": SMALL}
    for n, (path, pack) in enumerate({PACK: zipped(evil), BALL: tarred(*evil.items())}.items()):
        at = places(tmp_path / str(n) / "deep" / "down")
        assert fetched(member_of(site, path, pack), at).read_bytes() == SMALL
    assert not list(tmp_path.rglob("evil"))
    named = member_of(site, PACK, zipped({"../../evil": SMALL}), "../../evil")
    at = places(tmp_path / "named")
    assert fetched(named, at) == at.downloads / "some/thing.bin"
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]
)
def test_links_and_devices_of_a_tar_ball_are_refused(site, tmp_path, kind):
    secret = tmp_path / "secret"
    secret.write_bytes(SMALL)
    link = tarfile.TarInfo("in/small.bin")
    link.type, link.linkname = kind, str(secret)
    refused(member_of(site, BALL, tarred(link)), places(tmp_path), "is no plain file")


def test_links_of_a_zip_are_refused(site, tmp_path):
    info = zipfile.ZipInfo("in/small.bin")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, str(tmp_path / "secret"))
    refused(member_of(site, PACK, file.getvalue()), places(tmp_path), "is no plain file")


@pytest.mark.parametrize(("path", "pack"), [
    (PACK, lambda m: zipped(m, zipfile.ZIP_DEFLATED)), (BALL, lambda m: tarred(*m.items()))
])  # fmt: skip
def test_a_member_larger_than_it_may_be_is_not_unpacked(site, tmp_path, path, pack):
    wanted = member_of(site, path, pack({"in/small.bin": bytes(10**7)}), at_most=20_000)
    at = places(tmp_path)
    refused(wanted, at, "says that it has 10,000,000 bytes")
    assert not list(at.downloads.rglob(".thing.bin.part"))


def test_a_bomb_before_the_member_is_left_alone(site, tmp_path):
    bomb = tarred(("in/bomb", bytes(10**7)), ("in/small.bin", SMALL[:100]))
    assert len(gzip.decompress(bomb)) > 200 * len(bomb)
    wanted = member_of(site, BALL, bomb, at_most=20_000)
    refused(wanted, places(tmp_path), "unpacks to more than 100 times its size")


FETCH = """
import sys
from helpers.offers import dataset, fetched, pins, places
from pathlib import Path
from test_download_archives import SMALL
url, name, digest, size, results = sys.argv[1:]
about = {"name": "ball.tar.gz", "url": url, "bytes": int(size), "sha256": digest}
wanted = dataset({"archive": "a", "member": "in/small.bin"}, path=name, archives={"a": about},
                 **pins(SMALL))
assert fetched(wanted, places(Path(results))).read_bytes() == SMALL
"""


def test_two_jobs_fetch_an_archive_once(site, tmp_path):
    ball = tarred(("in/other.bin", CONTENT), ("in/small.bin", SMALL))
    site.files[BALL] = ball
    site.faults[BALL] = [Fault(silent=0.2)]
    known = pins(ball)
    paths = ":".join(map(str, (LIBRARY, Path(__file__).parent, Path(__file__).parents[2])))
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", FETCH, site.url(BALL), name, known["sha256"],
             str(known["bytes"]), str(tmp_path)],
            env={"PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True,
        )
        for name in ("one.bin", "two.bin")
    ]  # fmt: skip
    said = [job.communicate(timeout=60)[0] for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0]
    assert len(site.asked) == 1
    assert sum("fetching the archive" in text for text in said) == 1
    assert leftovers(places(tmp_path)) == ["ball.tar.gz", "one.bin", "two.bin"]
