"""What every signal owes: a declaration that tells the truth, and the same values every time."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import published, trial
from PIL import Image

from fieldbench.plan.entries import registry

NAMES = registry.names("signals")
RANDOM = [n for n in NAMES if registry.declare("signals", n).facts.random]
LIBRARY = registry.LIBRARY.parent
LENGTHS = {1: 200, 2: 48, 3: 24}  # small, yet large enough that every signal is not flat
OTHERWISE = {
    "bandlimited": {"label": 8},  # so that a short side is not a constant
    "dragon-distance": {"length": 10},
    "dragon": {"mesh": "volume"},  # because voxels of a mesh take seconds each time
    "scene": {"length": 8, "views": 2, "held": 1},  # because its rays are many
    "video": {"frames": 4, "reduced": 8},
    "audio": {"first": 44_100},  # it begins with silence
    "file": {"length": 15},  # of the picture's rows
    "pulse": {"deviation": 0.2, "peak": 1.0},  # so that a short side sees it
}
ROOTS = ("home", "root", "tmp", "usr", "work")  # where absolute paths begin
BEYOND_UNIT_RANGE = {"bandlimited"}

IN_ANOTHER_PROCESS = """
import hashlib, json, sys
from fieldbench.plan.entries import registry
name, settings = sys.argv[1], json.loads(sys.argv[2])
values = registry.load("signals", name)(**settings).generate()
print(hashlib.sha256(values.tobytes()).hexdigest())
"""
DECLARED_ONLY = """
import json, sys
from fieldbench.plan.entries import registry
declared = {n: registry.declare("signals", n) for n in registry.names("signals")}
print(json.dumps({
    "names": sorted(declared),
    "heavy": [m for m in ("numpy", "torch", "scipy", "PIL", "matplotlib") if m in sys.modules],
    "shapes": {
        n: list(d.functions["shape"](**{**d.settings, "length": 30}))
        for n, d in declared.items() if "shape" in d.functions and not d.facts.files
    },
}))
"""


def python(code, *arguments):
    """The standard output of a fresh interpreter that finds the library."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True, capture_output=True, text=True, env={"PYTHONPATH": str(LIBRARY)} | trial.OWN,
    ).stdout  # fmt: skip


@pytest.fixture(scope="session")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "picture.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)).save(path)
    return path


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def small_settings(name, dims, picture):
    """All that makes a small signal of that dimension: settings, and files where it needs some."""
    declared = registry.declare("signals", name)
    wanted = {
        "dims": dims,
        "length": LENGTHS[dims],
        **dict.fromkeys(declared.facts.files, str(picture)),
        **OTHERWISE.get(name, {}),
    }
    settings = {k: wanted.get(k, default) for k, default in declared.settings.items()}
    return settings | published.files(name, settings, picture.parent)


def each(name, picture):
    """The settings of a small signal in every dimension that it declares."""
    dims = (2,) if name == "file" else registry.declare("signals", name).facts.dims
    return [small_settings(name, d, picture) for d in dims]


def made(name, settings):
    return registry.load("signals", name)(**settings).generate()


def test_the_signals_of_the_design_are_there():
    assert {
        "bandlimited", "spheres", "sierpinski", "star", "photo", "phantom", "solid", "file",
        "div2k", "dragon", "ct", "tones", "audio", "clip", "video", "ring-distance",
        "dragon-distance", "kodak", "set5", "bsd68",
    } <= set(NAMES)  # fmt: skip


def test_declarations_are_read_without_numpy_or_torch():
    told = json.loads(python(DECLARED_ONLY))
    assert told["heavy"] == []
    assert told["names"] == list(NAMES)
    assert told["shapes"]["bandlimited"] == [31, 31]
    assert told["shapes"]["solid"] == [30, 30, 30]


def test_declaration_is_complete(name):
    declared = registry.declare("signals", name)
    assert declared.facts.dims
    assert set(declared.facts.dims) <= {1, 2, 3}
    assert declared.facts.random in (True, False)
    assert declared.facts.binary in (True, False)
    assert set(registry.required(declared)) <= set(declared.facts.files)
    assert ("seed" in declared.settings) == declared.facts.random
    assert ("dims" in declared.settings) == (len(declared.facts.dims) > 1 and name != "file")
    assert registry.load("signals", name).__doc__


def test_plan_knows_shape_and_channels(name, picture):
    functions = registry.declare("signals", name).functions
    for settings in each(name, picture):
        if "shape" not in functions:  # the plan asks the signal itself
            told = registry.load("signals", name)(**settings)
            shape, channels = told.shape, told.channels
        else:
            shape = functions["shape"](**settings)
            channels = functions["channels"](**settings) if "channels" in functions else 1
        assert made(name, settings).shape == (*shape, channels)
        assert len(shape) == settings.get("dims", len(shape))
        assert len(shape) in registry.declare("signals", name).facts.dims


def test_needed_files_can_be_had(name):
    settings = registry.declare("signals", name).settings
    for key in published.needed(name, settings):
        assert published.catalogue().get(key, name).key == key


@pytest.mark.parametrize(
    "coarse", [n for n in NAMES if "finer" in registry.declare("signals", n).functions]
)
def test_the_finer_signal_has_more_samples_along_every_axis(coarse):
    declared = registry.declare("signals", coarse)
    shape, finer = (declared.functions[f] for f in ("shape", "finer"))
    own = declared.settings | ({"length": 30} if "length" in declared.settings else {})
    settings = finer(**own)
    assert set(settings) == set(own)
    assert all(np.array(shape(**settings)) > shape(**own))


def test_values_are_what_the_declaration_says(name, picture):
    facts = registry.declare("signals", name).facts
    for settings in each(name, picture):
        values = made(name, settings)
        assert isinstance(values, np.ndarray)
        assert values.dtype == np.float64
        assert values.flags.c_contiguous
        assert np.isfinite(values).all()
        assert values.std() > 0.01
        if name not in BEYOND_UNIT_RANGE and (limits := facts.limits):
            assert values.min() >= limits[0]
            assert values.max() <= limits[1]
        only_two = np.isin(values, (0.0, 1.0)).all()
        assert only_two == facts.binary


def test_two_processes_make_the_same_values(name, picture):
    settings = each(name, picture)[-1]
    here = hashlib.sha256(made(name, settings).tobytes()).hexdigest()
    assert python(IN_ANOTHER_PROCESS, name, json.dumps(settings)).strip() == here


def test_a_second_call_makes_the_same_values(name, picture):
    signal = registry.load("signals", name)(**each(name, picture)[0])
    np.testing.assert_array_equal(signal.generate(), signal.generate())


def test_global_random_state_is_left_alone(name, picture):
    before = np.random.get_state()
    for settings in each(name, picture):
        made(name, settings)
    after = np.random.get_state()
    assert before[0] == after[0]
    np.testing.assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]


def test_global_random_state_does_not_matter(name, picture):
    settings = each(name, picture)[0]
    first = made(name, settings)
    saved = np.random.get_state()
    np.random.seed(99)
    second = made(name, settings)
    np.random.set_state(saved)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("fixed", [n for n in NAMES if n not in RANDOM])
def test_what_is_not_random_takes_no_seed(fixed, picture):
    with pytest.raises(TypeError):
        registry.load("signals", fixed)(**each(fixed, picture)[0], seed=1)


@pytest.mark.parametrize("random", RANDOM)
def test_seed_changes_a_random_signal(random, picture):
    for settings in each(random, picture):
        one, other = (made(random, {**settings, "seed": s}) for s in (1, 2))
        assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    "labelled", [n for n in NAMES if "label" in registry.declare("signals", n).settings]
)
def test_every_label_makes_another_signal(labelled, picture):
    settings = {**small_settings(labelled, 2, picture), "length": 1000}
    runs = [made(labelled, {**settings, "label": k}) for k in range(1, 10)]
    assert len({r.tobytes() for r in runs}) == 9


def test_files_have_no_absolute_paths_and_no_network():
    for path in (LIBRARY / "fieldbench" / "signals").glob("*.py"):
        text = Path(path).read_text(encoding="utf-8")
        for word in ("pooch", "urllib", "requests", *(f"/{root}" for root in ROOTS)):
            assert word not in text, f"{path.name} mentions {word}"
