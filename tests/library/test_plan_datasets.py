"""What config/datasets.yaml may say, and what the plan makes of files that are or are not there."""

import copy
import shutil

import pytest
from helpers import declared
from helpers.web_site import Fault, Site

from fieldbench.plan.entries import folders, registry
from fieldbench.plan.errors import UserError

# -- a preset whose signal and metric need files ---------------------------------------------------

PRESET = {
    "signals": {"noise": {"kind": "bandlimited", "length": 16}, "solid": {"length": 12}},
    "studies": {
        "main": {
            "question": "Which?", "signals": ["noise"], "models": ["grid"], "budgets": [500],
            "metrics": ["psnr", "ssim"],
        }
    },
}  # fmt: skip
CLIP, SLICE = "audio/gt_bach.wav", "ct/chest.png"


@pytest.fixture
def needy(monkeypatch):
    """The signal bandlimited needs the clip, the metric ssim the slice."""
    signal, metric = registry.declare("signals", "bandlimited"), registry.declare("metrics", "ssim")
    monkeypatch.setitem(signal.functions, "needs", lambda *, length, **_: ("bach",))
    declared.change(monkeypatch, "metrics", metric.name, needs=("ct-chest",))


@pytest.fixture
def plan(plan, tmp_path, needy):
    """Plan a preset whose signal and metric need files."""

    def run(preset=PRESET, **how):
        return plan(preset, **{"results": str(tmp_path / "results")} | how)

    return run


def put(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x")
    return str(folder)


def optional(*metrics):
    return PRESET | {"optional_metrics": list(metrics)}


def test_inputs_of_jobs(plan, tmp_path):
    run = plan()
    downloads = tmp_path / "results/downloads"
    (cell, *_) = run.cells.fits
    assert run.files.behind_signal(cell.signal) == [f"{downloads}/{CLIP}"]
    assert run.files.behind_metrics([cell]) == [f"{downloads}/{SLICE}"]
    assert run.dataset_file("ct-chest") == f"{downloads}/{SLICE}"
    assert run.dataset_files == [f"{downloads}/{CLIP}", f"{downloads}/{SLICE}"]
    assert run.data_files.pattern.format(file=CLIP) == f"{downloads}/{CLIP}"


def test_parameters_of_a_download_say_what_it_is_and_not_where_from(plan, tmp_path):
    (tmp_path / "data").mkdir()
    one = plan().params.download(CLIP)
    assert one == plan(mirror=str(tmp_path / "data"), network=False, checks=False).params.download(
        CLIP
    )
    assert one["key"] == "bach" and len(one["file"]["sha256"]) == 64
    assert str(tmp_path) not in str(one)


def test_with_a_network_files_are_taken_to_be_there(plan):
    run = plan(preset=optional("ssim"))
    assert run.metrics == {"psnr", "ssim"} and run.left_out == {}
    assert "left out" not in run.summary()


def test_what_no_address_has_must_be_at_hand(plan, tmp_path, monkeypatch):
    signal = registry.declare("signals", "bandlimited")
    monkeypatch.setitem(signal.functions, "needs", lambda **_: ("lego-100",))
    with pytest.raises(
        UserError, match=r"no address has them: nerf/lego_100_train88\.npz\."
    ) as why:
        plan()
    assert "`datasets`" in why.value.todo and "datasets.yaml" in why.value.todo
    assert plan(mirror=put(tmp_path / "copy", "nerf/lego_100_train88.npz")).dataset_files


def test_without_a_network_what_is_missing_is_told(plan, tmp_path):
    with pytest.raises(UserError) as caught:
        plan(network=False)
    assert f"{CLIP}, {SLICE}." in caught.value.what
    assert "`datasets`" in caught.value.todo and "`network: true`" in caught.value.todo
    put(tmp_path / "results/downloads", SLICE)
    with pytest.raises(UserError, match=rf": {CLIP}\."):
        plan(network=False)


@pytest.mark.parametrize("key", ["datasets", "mirror", "file mirror", "downloads"])
def test_without_a_network_what_is_at_hand_will_do(plan, tmp_path, key):
    folder = tmp_path / ("results/downloads" if key == "downloads" else "my data")
    put(folder, CLIP, SLICE)
    named = {"datasets": str(folder), "mirror": str(folder), "file mirror": folder.as_uri()}
    config = {key.split()[-1]: named[key]} if key in named else {}
    assert plan(network=False, **config).dataset_files


def test_a_mirror_on_a_server_is_asked(plan):
    with Site() as site:
        site.files |= {f"/data/{CLIP}": b"x", f"/data/{SLICE}": b"x"}
        assert plan(network=False, mirror=site.url("/data")).dataset_files
        assert {(a.method, a.path) for a in site.asked} == {
            ("HEAD", f"/data/{CLIP}"), ("HEAD", f"/data/{SLICE}"),
        }  # fmt: skip
        asked = len(site.asked)
        assert plan(mirror=site.url("/data")).dataset_files  # nobody asks where there is a network
        assert len(site.asked) == asked
        site.faults[f"/data/{SLICE}"] = [Fault(status=404)]
        with pytest.raises(UserError, match=rf": {SLICE}\."):
            plan(network=False, mirror=site.url("/data"))


def test_an_optional_metric_without_its_file_is_left_out_and_said(plan, tmp_path):
    put(tmp_path / "data", CLIP)
    run = plan(preset=optional("ssim"), network=False, datasets=str(tmp_path / "data"))
    assert run.metrics == {"psnr"}
    (cell, *_) = run.cells.fits
    assert run.params.score([cell])["metrics"] == {"psnr": []}
    assert f"left out: ssim ({SLICE} cannot be had)" in run.summary()
    assert not any("ssim" in target for target in run.targets.of("main"))

    put(tmp_path / "data", SLICE)
    run = plan(preset=optional("ssim"), network=False, datasets=str(tmp_path / "data"))
    assert run.metrics == {"psnr", "ssim"} and "left out" not in run.summary()


def test_a_study_of_nothing_but_absent_metrics_is_told(plan, tmp_path):
    preset = copy.deepcopy(optional("ssim"))
    preset["studies"]["main"]["metrics"] = ["ssim"]
    with pytest.raises(UserError, match="Study main has no metric whose files can be had"):
        plan(preset=preset, network=False, datasets=put(tmp_path / "data", CLIP))


def test_a_misspelt_optional_metric_is_told(plan):
    with pytest.raises(UserError, match="optional_metrics: there is no metric 'sism'") as caught:
        plan(preset=optional("sism"))
    assert "'ssim'" in caught.value.todo


def test_a_jobs_own_process_takes_over_what_was_decided(plan):
    """On a machine without network and mirror a job must not stumble over files of other jobs."""
    with Site() as site:
        elsewhere = {"checks": False, "network": False, "mirror": site.url("/data")}
        assert plan(**elsewhere).dataset_files
        assert plan(**elsewhere, preset=optional("ssim")).dataset_files
        assert site.asked == []
    assert plan(checks=False, network=False, mirror="is/not/mounted/here").dataset_files


def test_a_mirror_that_cannot_be_reached_is_asked_once(plan, monkeypatch):
    asked = []

    def nobody(request, timeout):
        asked.append(request.full_url)
        raise TimeoutError

    monkeypatch.setattr("urllib.request.urlopen", nobody)
    with pytest.raises(UserError, match=f"{CLIP}, {SLICE}"):
        plan(network=False, mirror="http://127.0.0.1:9/data")
    assert len(asked) == 1


def test_a_file_that_is_not_listed_is_told(plan, monkeypatch):
    functions = registry.declare("signals", "bandlimited").functions
    monkeypatch.setitem(functions, "needs", lambda **_: ("bahc",))
    with pytest.raises(UserError, match="Signal 'noise' needs the file 'bahc'") as caught:
        plan()
    assert "'bach'" in caught.value.todo


@pytest.mark.parametrize("key", ["datasets", "mirror"])
def test_a_folder_that_is_not_there_is_told(plan, key):
    with pytest.raises(UserError, match="is not there") as caught:
        plan(**{key: "no/such/folder"})
    assert f"`{key}`" in caught.value.todo


def test_a_mirror_in_a_foreign_tongue_is_told(plan):
    with pytest.raises(UserError, match="speaks ftp://"):
        plan(mirror="ftp://example.org/data")


def test_no_preset_is_named_like_the_downloads(plan):
    with pytest.raises(UserError, match="cannot be the name of a preset"):
        plan(name="downloads")


def test_files_are_no_settings(monkeypatch, tmp_path):
    """What `needs` files takes them by `files`, which no preset may set."""
    library = tmp_path / "fieldbench"
    shutil.copytree(registry.LIBRARY, library, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(folders, "LIBRARY", library)
    (library / "signals/scan.py").write_text(
        "def needs(*, image, **_):\n    return (f'div2k-{image}',)\n\n\n"
        "def shape(**_):\n    return (9,)\n\n\n"
        "class Signal:\n    dims = (1,)\n"
        "    def __init__(self, *, files: tuple, image: str = '0064'): ...\n"
    )
    (library / "metrics/deep.py").write_text(
        "class Metric:\n    label = 'Deep'\n    unit = ''\n    better = 'lower'\n"
        "    limits = (0, 1)\n    dims = (1,)\n    needs = ('bach',)\n"
        "    def __init__(self, *, files: tuple): ...\n"
    )
    signal, metric = registry.declare("signals", "scan"), registry.declare("metrics", "deep")
    assert signal.settings == {"image": "0064"} and metric.settings == {}
    assert registry.required(signal) == registry.required(metric) == ()
    assert signal.functions["needs"](**signal.settings) == ("div2k-0064",)
