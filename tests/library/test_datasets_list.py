"""The list of files from elsewhere, config/datasets.yaml: what may stand in it."""

import copy

import pytest
import yaml

from fieldbench.plan.config import presets
from fieldbench.plan.config.datasets import Catalogue
from fieldbench.plan.errors import UserError

FILE = {"path": "a/b.bin", "places": ["https://example.org/b.bin"], "bytes": 3}


LISTED = {
    "collections": {
        "one": {
            "about": "a", "source": "s", "terms": "t",
            "archives": {"box": {"name": "box.zip", "url": "https://example.org/box.zip",
                                 "bytes": 9}},
            "files": {"b": FILE},
        }
    }
}  # fmt: skip


BAD = {
    "a path upwards": ({"path": "../b.bin"}, "path"),
    "a path from the root": ({"path": "/b.bin"}, "path"),
    "a step up inside": ({"path": "a/../../b.bin"}, "path"),
    "a hidden file": ({"path": "a/.b.bin"}, "path"),
    "a backslash": ({"path": "a\\b.bin"}, "path"),
    "a blank": ({"path": "a b.bin"}, "path"),
    "the place of archives": ({"path": "archives/b.bin"}, "may not begin with archives"),
    "the place of checksums": ({"path": "SHA256SUMS"}, "may not begin with SHA256SUMS"),
    "no word of places": ({"places": None}, "places"),
    "a place of this machine": ({"places": ["file:///etc/passwd"]}, "no http or https URL"),
    "an archive that is not there": (
        {"places": [{"archive": "bax", "member": "b"}]}, "no archive 'bax'"),
    "a short checksum": ({"sha256": "abc"}, "sha256"),
    "no bound": ({"bytes": None}, "either bytes or at_most"),
    "two bounds": ({"at_most": 5}, "either bytes or at_most"),
    "a misspelt key": ({"sha265": "x"}, "unknown key 'sha265'"),
}  # fmt: skip


@pytest.fixture
def listed(tmp_path):
    """Reads a catalogue given as a dictionary."""

    def read(content):
        file = tmp_path / "datasets.yaml"
        file.write_text(yaml.safe_dump(content))
        return Catalogue(file)

    return read


def changed(**file):
    content = copy.deepcopy(LISTED)
    content["collections"]["one"]["files"]["b"] |= file
    return content


def test_the_list_that_is_broken_below_is_good(listed):
    assert listed(LISTED).by_path["a/b.bin"].key == "b"


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_entry_is_told(listed, fault):
    change, words = BAD[fault]
    with pytest.raises(UserError) as caught:
        listed(changed(**change))
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["../box.zip", "in/box.zip", ".box.zip"])
def test_an_archive_is_kept_under_a_plain_name(listed, name):
    content = copy.deepcopy(LISTED)
    content["collections"]["one"]["archives"]["box"]["name"] = name
    with pytest.raises(UserError, match="name"):
        listed(content)


def test_a_key_or_path_that_is_there_twice_is_told(listed):
    content = copy.deepcopy(LISTED)
    content["collections"]["two"] = copy.deepcopy(LISTED["collections"]["one"])
    with pytest.raises(UserError, match="twice"):
        listed(content)
    content["collections"]["two"]["files"] = {"c": FILE}
    with pytest.raises(UserError, match="twice"):
        listed(content)


def test_configuration_knows_the_rules_collections():
    """Every collection has a rule of its own or falls to the general one, never to two."""
    catalogue = Catalogue(presets.CONFIG / "datasets.yaml")
    named = ["div2k", "ct", "dragon", "audio", "lpips"]
    assert set(named) <= set(catalogue.collections)
    split = [*catalogue.paths(but=named), *catalogue.paths(*named)]
    assert sorted(split) == sorted(catalogue.by_path)
