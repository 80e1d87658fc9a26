"""Entries of the user's own, in a folder beside the project."""

import os

import pytest
from helpers import own_entries
from helpers.own_entries import METRIC, MODEL, SIGNAL
from PIL import Image

from fieldbench.figures.parts.style import Style
from fieldbench.plan.config import presets
from fieldbench.plan.entries import digests, folders, registry
from fieldbench.plan.errors import UserError


@pytest.fixture
def mine(tmp_path):
    """A folder in use, with a model."""
    own_entries.write(tmp_path, "models", "my-model")
    with own_entries.used(tmp_path):
        yield tmp_path


def test_the_registry_has_them_beside_its_own(mine):
    assert {"my-model", "siren"} <= set(registry.names("models"))
    assert registry.own("models") == ("my-model",)
    assert registry.load("models", "my-model").learning_rate == 1e-2
    assert registry.load("models", "siren").__module__ == "fieldbench.models.siren"


def test_parts_of_ones_own_compose_models(mine):
    own_entries.write(mine, "encodings", "my-encoding")
    assert "mlp-my-encoding-sine" in registry.composed()
    assert registry.declare("models", "mlp-my-encoding-sine").facts.derivatives == 2


def test_an_edit_of_ones_own_code_counts_and_no_other(mine):
    shared = own_entries.write(mine, "models", "_shared", "WIDE = 3\n")
    file = mine / "models/my_model.py"
    file.write_text(f"from ._shared import WIDE\n{file.read_text()}")

    def found():
        folders.forget()
        return [digests.stage("fit_model", ("models", n)) for n in ("my-model", "siren")]

    first = found()
    shared.write_text("# Why.\nWIDE = 3\n")
    assert found() == first
    shared.write_text("WIDE = 4\n")
    second = found()
    assert second[0] != first[0] and second[1] == first[1]
    file.write_text(file.read_text().replace("hidden_layers: int = 1", "hidden_layers: int = 2"))
    third = found()
    assert third[0] != second[0] and third[1] == first[1]


def test_a_folder_that_is_moved_has_the_same_digests(mine, tmp_path_factory):
    here = digests.stage("fit_model", ("models", "my-model"))
    moved = mine.rename(tmp_path_factory.mktemp("moved") / "entries")
    with own_entries.used(moved):
        assert digests.stage("fit_model", ("models", "my-model")) == here


def test_the_name_of_a_shipped_entry_is_refused(mine):
    own_entries.write(mine, "models", "siren", MODEL)
    with pytest.raises(UserError, match="'siren'") as caught:
        registry.names("models")
    assert "Rename" in caught.value.todo


def test_a_name_that_cannot_be_one_is_refused(mine):
    own_entries.write(mine, "metrics", "My_Metric", METRIC)
    with pytest.raises(UserError, match=r"My_Metric\.py") as caught:
        registry.names("metrics")
    assert "small letters" in caught.value.todo


def test_a_part_of_a_models_name_is_refused(mine):
    own_entries.write(mine, "models", "finer", MODEL)
    with pytest.raises(UserError, match="'finer'") as caught:
        registry.parts()
    assert "Rename" in caught.value.todo


def test_the_configuration_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(folders.ENTRIES, "")
    own_entries.write(tmp_path / "entries", "metrics", "my-metric")
    presets.read_config({"entries": "entries"})
    assert os.environ[folders.ENTRIES] == str(tmp_path / "entries")
    assert "my-metric" in registry.names("metrics")
    with pytest.raises(UserError, match="`entries` names nowhere"):
        presets.read_config({"entries": "nowhere"})


PRESET = """
signals:
  scan: {kind: my-scan, picture: PICTURE}
studies:
  one: {question: "?", signals: [scan], models: [grid], budgets: [300]}
"""
SCAN = SIGNAL.replace("dims = (2,)", 'dims = (2,)\n    files = ("picture",)').replace(
    "*, length: int = 9", "*, picture: str, length: int = 9"
)


OF_ITS_FILE = """
from PIL import Image


class Signal:
    dims = (2,)
    files = ("picture",)

    def __init__(self, *, picture: str):
        with Image.open(picture) as image:
            self.shape = (image.height, image.width)
        self.limits = (0.0, 255.0)
        self.facts = {"made": "by hand"}
"""


@pytest.mark.parametrize("told", [True, False], ids=["by itself", "by its file"])
def test_a_file_that_a_setting_names_is_an_input_and_no_parameter(plan, mine, told):
    text = SCAN if told else OF_ITS_FILE
    own_entries.write(mine, "signals", "my-scan", text)
    Image.new("L", (7, 5)).save(mine / "picture.png")
    (mine / "own.yaml").write_text(PRESET.replace("PICTURE", str(mine / "picture.png")))
    run = plan(mine / "own.yaml")
    assert run.files.behind_signal("scan") == [str(mine / "picture.png")]
    assert "picture" not in run.params.signal("scan")["settings"]
    scan = run.cells.signals["scan"]
    assert scan.shape == ((9, 9) if told else (5, 7))
    assert scan.limits == ((0.0, 1.0) if told else (0.0, 255.0))


FAILING = OF_ITS_FILE.replace("self.limits", "raise TypeError('no')  #")


def test_a_fault_in_the_code_of_ones_own_signal_is_told_as_its_own(plan, mine):
    own_entries.write(mine, "signals", "my-scan", FAILING)
    Image.new("L", (7, 5)).save(mine / "picture.png")
    (mine / "own.yaml").write_text(PRESET.replace("PICTURE", str(mine / "picture.png")))
    with pytest.raises(UserError, match="my-scan cannot be made: TypeError: no") as caught:
        plan(mine / "own.yaml")
    assert "signals/my_scan.py" in caught.value.todo


def test_a_setting_named_path_is_like_any_other(plan, mine):
    text = SIGNAL.replace("length: int = 9", 'length: int = 9, path: str = "round"')
    own_entries.write(mine, "signals", "my-scan", text)
    (mine / "own.yaml").write_text(PRESET.replace("picture: PICTURE", "path: straight"))
    run = plan(mine / "own.yaml")
    assert run.files.behind_signal("scan") == []
    assert run.params.signal("scan")["settings"] == {"path": "straight"}


def test_a_model_that_no_style_lists_has_a_name_and_a_colour(mine):
    look = Style.of({}).model("my-model")
    assert look.name and look.colour
