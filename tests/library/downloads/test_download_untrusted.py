"""What a server or an archive may say to lead us elsewhere, or to fill memory and disk."""

import io
import shutil
import ssl
import subprocess
import tarfile
import zipfile
from dataclasses import replace

import pytest
from helpers.offers import CONTENT, HASTY, dataset, fetched, leftovers, places
from helpers.web_site import Fault, Site
from test_download_archives import BALL, PACK, SMALL, member_of, refused, tarred

from fieldbench.downloads.fetch import fetch
from fieldbench.plan.errors import UserError
from fieldbench.plan.targets.data_files import Sources

THING = "/thing.bin"


def sends_on(site, to: str) -> None:
    site.faults[THING] = [Fault(status=302, headers={"Location": to})]


@pytest.fixture
def safe_site(tmp_path, monkeypatch):
    """A site whose certificate this test alone trusts."""
    if not shutil.which("openssl"):
        pytest.skip("a certificate is made by openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=here"
    made = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", *words.split(), *made], check=True, capture_output=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    site = Site()
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    with site:
        yield site


def test_a_server_may_send_on_to_another_place(site, tmp_path):
    site.files["/moved"] = CONTENT
    sends_on(site, "/moved")
    assert fetched(dataset(site.url(THING)), places(tmp_path)).read_bytes() == CONTENT


@pytest.mark.parametrize("scheme", ["file", "ftp"])
def test_a_server_may_not_send_us_to_files(site, tmp_path, scheme):
    secret = tmp_path / "secret"
    secret.write_bytes(CONTENT)
    sends_on(site, f"{scheme}://{secret}")
    with pytest.raises(UserError, match=f"the server sends on from http to {scheme}"):
        fetched(dataset(site.url(THING)), places(tmp_path))
    assert leftovers(places(tmp_path)) == []


def test_a_safe_server_may_not_send_us_to_an_unsafe_one(safe_site, site, tmp_path):
    address = safe_site.url(THING).replace("http:", "https:")
    safe_site.files[THING] = site.files[THING] = CONTENT
    assert fetched(dataset(address), places(tmp_path / "straight")).read_bytes() == CONTENT
    sends_on(safe_site, site.url(THING))
    with pytest.raises(UserError, match="the server sends on from https to http"):
        fetched(dataset(address), places(tmp_path))
    assert site.asked == []


def test_a_password_is_in_no_note_and_in_no_error(site, tmp_path, capsys):
    mirror = site.url("/mirror").replace("http://", "http://me:secret@")
    path = "/mirror/some/thing.bin"
    site.files[path] = CONTENT
    site.faults[path] = [Fault(cut_after=300_000)]
    wanted, at = dataset(site.url(THING)), places(tmp_path, mirror=mirror, network=False)
    with pytest.raises(UserError) as caught:
        fetched(wanted, at, replace(HASTY, tries=1))
    notes = list(at.downloads.rglob(".*.from"))
    assert notes and all("secret" not in f.read_text() for f in notes)
    assert "secret" not in str(caught.value) + "".join(capsys.readouterr())
    fetch(wanted, at)
    assert site.of(path)[-1].range, "with the note, the rest alone was asked for"
    with pytest.raises(UserError) as caught:
        places(tmp_path, mirror="ftp://me:secret@host/x").check()
    assert "secret" not in str(caught.value)


def test_a_mirror_that_needs_a_password_is_asked_with_it(site, tmp_path):
    site.files["/mirror/some/thing.bin"] = CONTENT
    mirror = site.url("/mirror").replace("http://", "http://me:secret@")
    at: Sources = places(tmp_path, mirror=mirror, network=False)
    assert at.at_hand("some/thing.bin", ask=True)
    assert not at.at_hand("some/other.bin", ask=True)


def test_a_zip_that_lies_about_a_member_s_size(site, tmp_path):
    """The list of members says 20 kB; what is packed there would unpack to 10 MB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in/small.bin", bytes(10**7))
        archive.filelist[0].file_size = len(SMALL)  # what is written at the end, by closing
    wanted = member_of(site, PACK, file.getvalue())
    refused(wanted, places(tmp_path), "the archive pack.zip is damaged")


def test_a_tar_whose_member_or_names_are_said_to_be_huge(site, tmp_path):
    """Nothing of such a size is read, nor memory set aside for it."""
    for n, kind in enumerate((tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME)):
        info = tarfile.TarInfo("in/small.bin")
        info.size, info.type = 2**40, kind
        ball = io.BytesIO(info.tobuf(format=tarfile.GNU_FORMAT) + bytes(10_240))
        at = places(tmp_path / str(n))
        with pytest.raises(UserError, match=r"says that it has|damaged|unpacks to more"):
            fetched(member_of(site, "/ball.tar", ball.getvalue()), at)
        assert leftovers(at) == ["ball.tar"]


def test_a_member_that_is_there_twice_is_the_first_and_checked(site, tmp_path):
    ball = tarred(("in/small.bin", b"x" * len(SMALL)), ("in/small.bin", SMALL))
    refused(member_of(site, BALL, ball), places(tmp_path), "another SHA-256")
