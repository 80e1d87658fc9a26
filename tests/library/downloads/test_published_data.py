"""What config/datasets.yaml pins, held against copies of the published files."""

import json

import pytest
from helpers.mirror import mirrored

from fieldbench.downloads import checks
from fieldbench.plan.config import presets
from fieldbench.plan.config.datasets import Catalogue, Member
from fieldbench.signals.set5 import SIDES

CATALOGUE = Catalogue(presets.CONFIG / "datasets.yaml")
IMAGES = ("0064", "0007", "0010", "0029", "0063", "0072", "0079", "0088", "0093", "0131")
WHOLE_HERE = ("0064", "0088")
# Not in the mirror: too large for it, or never published one by one.
KODAK = [f"kodak-{k:02d}" for k in range(1, 25)]
KODAK_HERE = ("kodak-05", "kodak-08", "kodak-19", "kodak-23")
ELSEWHERE = {f"div2k-{n}" for n in IMAGES if n not in WHOLE_HERE} | {
    "dragon-vrip", "lpips-vgg", "lpips-alex", "lpips-squeeze",
    *(key for key in KODAK if key not in KODAK_HERE),
}  # fmt: skip
# Made of others, and nowhere to be had as they are.
MADE = {"lego-100", "lego-200"}


def told():
    return json.loads(mirrored("manifest.json").read_text())


def test_the_keys_that_signals_and_metrics_ask_for_are_there():
    dragon = {f"dragon-{n}" for n in ("vrip", "126k", "volume", "volume-surface", "volume-fine",
                                      "volume-fine-surface")}  # fmt: skip
    images = {f"div2k-{n}" for n in IMAGES} | {f"div2k-{n}x4" for n in IMAGES}
    deep = {f"lpips-{n}" for n in ("vgg", "alex", "squeeze")}
    sets = {f"bsd68-{k:03d}" for k in range(1, 13)} | {f"set5-{n}" for n in SIDES} | {*KODAK}
    single = {"ct-chest", "bach", "bikes"}
    assert set(CATALOGUE.by_key) == images | dragon | deep | single | sets | MADE


@pytest.mark.parametrize("key", sorted(set(CATALOGUE.by_key) - ELSEWHERE))
def test_a_mirrored_file_is_what_is_pinned(key):
    file = CATALOGUE.by_key[key].file
    assert file.sha256 and file.bytes
    assert checks.fault(mirrored(file.path), file) is None


@pytest.mark.parametrize("key", sorted(set(CATALOGUE.by_key) - ELSEWHERE - MADE))
def test_a_place_is_where_the_mirrored_file_came_from(key):
    dataset = CATALOGUE.by_key[key]
    (entry,) = (f for f in told()["files"] if f["path"] == dataset.file.path)
    source = entry["source"]
    repository = source["repository"].removeprefix("github.com/")
    raw = f"https://raw.githubusercontent.com/{repository}/{source['commit']}/{source['path']}"
    assert raw in dataset.file.places
    if "member" in (entry["official"] or {}) and key.startswith("div2k"):
        first = dataset.file.places[0]
        assert isinstance(first, Member) and first.member == entry["official"]["member"]
        archive = dataset.collection.archives[first.archive]
        assert archive.url == entry["official"]["archive"]


def test_what_is_known_of_the_absent_pictures():
    absent = {f["member"]: f for f in told()["not_included"]["files"]}
    whole = [n for n in IMAGES if n not in WHOLE_HERE]
    assert len(absent) == len(whole)
    for number in whole:
        file = CATALOGUE.by_key[f"div2k-{number}"].file
        known = absent[f"DIV2K_train_HR/{number}.png"]
        assert file.git_blob == known["git_blob_sha1"]
        assert file.places[1] == known["alternative_url"]


def test_archives_and_weights_are_the_official_ones():
    official = {d["url"]: d for d in told()["downloads"]}
    pinned = {a.url: a for c in CATALOGUE.collections.values() for a in c.archives.values()}
    pinned |= {f.places[0]: f for f in CATALOGUE.collections["lpips"].files.values()}
    assert len(pinned) == 6
    for url, known in pinned.items():
        assert (known.bytes, known.sha256) == (official[url]["bytes"], official[url]["sha256"])
