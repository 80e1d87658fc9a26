"""What a file says of where it comes from, and that a job takes no other inputs than planned."""

import hashlib
import platform

import numpy as np
import pytest

from fieldbench.plan.analyses.kernels import Kernels
from fieldbench.plan.entries import digests
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.fingerprint import fingerprint
from fieldbench.plan.jobs.run import Run
from fieldbench.results import provenance, store

PARAMS = {"code": "c0", "libraries": {"numpy": "1.0"}, "settings": {"length": 8, "sigma": 0.1}}


def save(folder, name, params=PARAMS, inputs=(), planned=(), kind="fit"):
    """A file of a kind that says where it comes from."""
    path = folder / f"{kind}s" / f"{name}.h5"
    facts = provenance.facts(params, {"observation": inputs} if inputs else {}, planned)
    store.write(path, kind, {"values": np.zeros(3)}, facts)
    return path


def test_an_origin_is_of_the_parameters_and_of_the_inputs_in_order():
    own = fingerprint(PARAMS, ["a", "b"])
    assert len(own) == 16 and int(own, 16) >= 0
    assert own == fingerprint(dict(reversed(PARAMS.items())), ("a", "b"))
    others = [
        fingerprint(PARAMS | {"code": "c1"}, ["a", "b"]),
        fingerprint(PARAMS | {"settings": {"length": 9, "sigma": 0.1}}, ["a", "b"]),
        fingerprint(PARAMS, ["b", "a"]),
        fingerprint(PARAMS, ["a"]),
        fingerprint(PARAMS),
    ]
    assert len({own, *others}) == 6


def test_a_file_says_its_origin_its_inputs_and_its_libraries(tmp_path):
    seen = save(tmp_path, "seen", kind="observation")
    planned = [fingerprint(PARAMS)]
    params = PARAMS | {"code": "d"}
    facts = store.facts(save(tmp_path, "fit", params, [seen], planned), "fit")
    assert facts["origin"] == fingerprint(params, planned)
    assert facts["made_of"] == {"observation": [store.digest(seen)]}
    assert facts["versions"]["python"] == platform.python_version()
    assert facts["versions"]["numpy"] == np.__version__


def test_an_input_of_other_settings_or_of_no_origin_is_not_taken(tmp_path):
    old = tmp_path / "results/tiny/fits/old.h5"
    store.write(old, "fit", {}, {"code": "c0"})
    with pytest.raises(UserError) as told:
        provenance.check({"fit": [old]}, [fingerprint(PARAMS)])
    assert told.value.what == (
        f"1 of 1 fit was made by other code or settings than planned: {old}."
    )
    assert f"of={tmp_path}/results/tiny`" in told.value.todo


def test_three_of_many_are_named_and_all_are_counted(tmp_path):
    own = [save(tmp_path, f"own-{n}") for n in range(3)]
    others = [save(tmp_path, f"other-{n}", PARAMS | {"code": "c1"}) for n in range(4)]
    files = [own[0], *others, *own[1:]]
    with pytest.raises(UserError) as told:
        provenance.check({"fit": files}, [fingerprint(PARAMS)] * 7)
    named = ", ".join(map(str, others[:3]))
    assert told.value.what == (
        f"4 of 7 fits were made by other code or settings than planned: {named} and others."
    )
    provenance.check({"fit": own}, [fingerprint(PARAMS)] * 3)


def test_inputs_and_origins_are_as_many(tmp_path):
    with pytest.raises(ValueError, match="more origins"):
        provenance.check({"fit": [save(tmp_path, "a")]}, [fingerprint(PARAMS), "0"])


def test_a_data_file_is_known_by_its_sha256_and_not_by_its_folder(tmp_path):
    file = tmp_path / "deep" / "picture.png"
    file.parent.mkdir()
    file.write_bytes(b"pixels")
    digest = hashlib.sha256(b"pixels").hexdigest()
    assert provenance.sources([file]) == [{"file": "picture.png", "sha256": digest}]


def recorded(params):
    return set(provenance.facts(params, {})["versions"]) - {"python"}


def test_the_libraries_that_are_recorded_are_those_of_the_digest():
    run, kernels = Run({"preset": "tiny"}), Kernels({})
    cell = next(iter(run.cells.fits))
    entries = (("models", run.cells.fits[cell].model.kind), ("tasks", cell.task))
    signal = ("signals", run.cells.signals[cell.signal].kind)
    assert recorded(run.params.fit(cell)) == set(digests.versions("fit_model", *entries, signal))
    assert recorded(run.params.signal(cell.signal)) == set(
        digests.versions("generate_signal", signal)
    )
    name, (_, model) = next(iter(kernels.cells.items()))
    assert recorded(kernels.examine_params(name)) == set(
        digests.versions("examine_kernel", ("models", model.kind))
    )


def test_a_library_that_a_picture_was_read_with_is_recorded_and_one_that_was_not_is_not():
    run = Run({"preset": "tiny"})
    assert {"scikit-image", "pillow"} <= recorded(run.params.signal("photo"))
    assert not {"av", "trimesh"} & recorded(run.params.signal("photo"))
    assert recorded(run.params.observation("denoise", "photo")) == {"numpy", "torch"}


def test_versions_are_those_installed_and_not_those_planned():
    assert provenance.facts(PARAMS, {})["versions"]["numpy"] == np.__version__
