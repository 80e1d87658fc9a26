"""Files are whole or absent, and explain themselves."""

import json
import time
from dataclasses import replace

import h5py
import numpy as np
import pytest
from helpers.stored import ARRAYS, FACTS, left_in

from fieldbench.plan.errors import UserError
from fieldbench.results import store
from fieldbench.results.store import Record


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "fit.h5"
    store.write(path, "fit", ARRAYS, FACTS, {"seconds": 1.5})
    return path


def test_what_is_written_is_read(file):
    arrays, facts = store.read(file, "fit")
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype
    assert facts == {**FACTS, "kind": "fit", "format": store.FORMAT}
    assert store.facts(file, "fit") == facts
    assert store.timing(file, "fit") == {"seconds": 1.5}


@pytest.mark.parametrize(
    "fact",
    ["", "ok", "true", "null", "[enforce fail at alloc]", "{x}", '"quoted"', "grün → 0.5", True,
     False, None, 0, 3, -1.5, float("inf"), [1, 2], [], {"a": {"b": [None, True]}}, "3", "1e4"],
)  # fmt: skip
def test_every_fact_comes_back_as_it_was(tmp_path, fact):
    store.write(tmp_path / "a.h5", "fit", {}, {"fact": fact})
    back = store.facts(tmp_path / "a.h5", "fit")["fact"]
    assert back == fact
    assert type(back) is type(fact)


def test_plain_h5py_reads_it(file):
    with h5py.File(file) as plain:
        assert plain.attrs["kind"] == "fit"
        assert plain.attrs["format"] == store.FORMAT
        assert json.loads(plain.attrs["cell"]) == FACTS["cell"]
        np.testing.assert_array_equal(plain["values"], ARRAYS["values"])
        np.testing.assert_array_equal(plain["history"]["loss"], [3.0, 2.0])
        assert plain["timing"].attrs["seconds"] == 1.5


def test_two_writes_are_the_same_bytes(file, tmp_path):
    time.sleep(1.1)  # HDF5 can record times, in whole seconds
    again = tmp_path / "again.h5"
    backwards = {k: FACTS[k] for k in reversed(FACTS)}
    store.write(again, "fit", dict(reversed(ARRAYS.items())), backwards, {"seconds": 1.5})
    assert again.read_bytes() == file.read_bytes()


RECORDS = {
    "30-s1": Record(
        {"budget": 30, "scores": {"psnr": 1.5}}, {"history/loss": np.ones(2)}, {"s": 3}
    ),
    "4-s1": Record({"budget": 4, "reason": "nan"}),
}


def test_records_of_cells_come_back_and_plain_h5py_reads_them(tmp_path):
    path = tmp_path / "a.h5"
    store.write(path, "score", {}, {"model": "grid"}, cells=RECORDS)
    assert store.facts(path, "score") == {"format": store.FORMAT, "kind": "score", "model": "grid"}
    bare, full = store.cells(path, "score"), store.cells(path, "score", arrays=True)
    assert list(bare) == list(full) == sorted(RECORDS)
    for name, record in RECORDS.items():
        assert bare[name] == Record(record.facts, {}, record.timing)
        assert (full[name].facts, full[name].timing) == (record.facts, record.timing)
        assert {k: v.tolist() for k, v in full[name].arrays.items()} == {
            k: v.tolist() for k, v in record.arrays.items()
        }
    with h5py.File(path) as plain:
        assert plain["cells/30-s1/history/loss"][:].tolist() == [1, 1]
        assert plain["cells/4-s1"].attrs["budget"] == 4
        assert plain["timing/30-s1"].attrs["s"] == 3


def test_a_digest_ignores_the_timing_of_cells_and_nothing_else_of_them(tmp_path):
    digests = []
    for record in (
        RECORDS["30-s1"],
        replace(RECORDS["30-s1"], timing={"s": 4}),
        replace(RECORDS["30-s1"], facts={"budget": 31}),
        replace(RECORDS["30-s1"], arrays={"history/loss": np.zeros(2)}),
    ):
        store.write(tmp_path / "a.h5", "score", {}, {}, cells={"30-s1": record})
        digests.append(store.digest(tmp_path / "a.h5"))
    assert digests[0] == digests[1] and len(set(digests)) == 3


def test_reserved_facts_are_refused(tmp_path):
    for name in ("kind", "format"):
        with pytest.raises(ValueError):
            store.write(tmp_path / "a.h5", "fit", {}, {name: 1})
    assert left_in(tmp_path) == []


CHANGES = {
    "a value": ({**ARRAYS, "values": ARRAYS["values"] + 1e-12}, FACTS, "fit"),
    "a type": ({**ARRAYS, "values": ARRAYS["values"].astype(np.float32)}, FACTS, "fit"),
    "a shape": ({**ARRAYS, "values": ARRAYS["values"].reshape(4, 3)}, FACTS, "fit"),
    "an array less": ({"values": ARRAYS["values"]}, FACTS, "fit"),
    "an array more": ({**ARRAYS, "zero": np.zeros(0)}, FACTS, "fit"),
    "another name": ({"values": ARRAYS["values"], "history/psnr": [3.0, 2.0]}, FACTS, "fit"),
    "a fact": (ARRAYS, {**FACTS, "steps": 8}, "fit"),
    "a fact's type": (ARRAYS, {**FACTS, "steps": "7"}, "fit"),
    "a float for a whole number": (ARRAYS, {**FACTS, "steps": 7.0}, "fit"),
    "a nested fact": (ARRAYS, {**FACTS, "cell": {"model": "grid", "budget": 101}}, "fit"),
    "a fact more": (ARRAYS, {**FACTS, "zero": 0}, "fit"),
    "the kind": (ARRAYS, FACTS, "score"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_digest_notices(file, tmp_path, change):
    arrays, facts, kind = CHANGES[change]
    store.write(tmp_path / "other.h5", kind, arrays, facts, {"seconds": 1.5})
    assert store.digest(tmp_path / "other.h5") != store.digest(file)


@pytest.mark.parametrize("timing", [None, {"seconds": 9.0}, {"seconds": 1.5, "peak_bytes": 4}])
def test_digest_ignores_timing_only(file, tmp_path, timing):
    store.write(tmp_path / "other.h5", "fit", ARRAYS, FACTS, timing)
    assert store.digest(tmp_path / "other.h5") == store.digest(file)


def test_digest_does_not_take_a_dataset_named_like_timing_for_it(file, tmp_path):
    store.write(tmp_path / "other.h5", "fit", {**ARRAYS, "timings": np.zeros(1)}, FACTS)
    assert store.digest(tmp_path / "other.h5") != store.digest(file)


def test_any_changed_byte_is_a_message(tmp_path):
    """Also one that HDF5 would not notice: a value, its place in the file, the seal itself."""
    file = tmp_path / "small.h5"
    store.write(file, "score", {"values": np.arange(3.0)}, {"status": "ok"}, {"seconds": 1.0})
    whole = file.read_bytes()
    for place in [*range(0, len(whole), 97), 0, 20, 100, 511, 512, len(whole) - 1]:
        changed = bytearray(whole)
        changed[place] ^= 1
        file.write_bytes(changed)
        for read in (store.read, store.facts, store.timing):
            with pytest.raises(UserError) as caught:
                read(file, "score")
            assert str(file) in caught.value.what and "snakemake" in caught.value.todo
    for changed in (b"", bytes(600), whole + b"more", b"task,signal\n"):
        file.write_bytes(changed)
        with pytest.raises(UserError, match="not a whole HDF5 file"):
            store.check(file)
    file.write_bytes(whole)
    store.check(file)


def test_a_checksum_costs_little(tmp_path):
    """A hundred megabytes are read, and checked, in less than twice a second."""
    values = np.random.default_rng(0).random(12_500_000)
    store.write(tmp_path / "large.h5", "signal", {"values": values}, {})
    began = time.perf_counter()
    store.check(tmp_path / "large.h5")
    assert time.perf_counter() - began < 2


def test_a_file_cut_anywhere_is_a_message(file):
    whole = file.read_bytes()
    for length in [*range(0, 600, 7), *range(600, len(whole), 131), len(whole) - 1]:
        file.write_bytes(whole[:length])
        for read in (store.read, store.facts, store.timing):
            with pytest.raises(UserError, match="not a whole HDF5 file") as caught:
                read(file, "fit")
            assert "snakemake" in caught.value.todo


def test_absent_foreign_wrong_and_newer_files_are_messages(file, tmp_path, monkeypatch):
    foreign, text, newer = (tmp_path / n for n in ("foreign.h5", "text.h5", "newer.h5"))
    with h5py.File(foreign, "w") as other:
        other["x"] = 1
    text.write_text("task,signal\n")
    monkeypatch.setattr(store, "FORMAT", 3)
    store.write(newer, "fit", ARRAYS, FACTS)
    monkeypatch.undo()
    for path, kind, words in (
        (tmp_path / "absent.h5", "fit", "is not there"),
        (foreign, "fit", "not one of fieldbench's"),
        (text, "fit", "not a whole HDF5 file"),
        (tmp_path, "fit", "not a whole HDF5 file"),
        (newer, "fit", "a fit of format 3, where a fit of format 2 was expected"),
        (file, "score", "a fit of format 2, where a score of format 2 was expected"),
    ):
        with pytest.raises(UserError) as caught:
            store.read(path, kind)
        assert str(path) in caught.value.what
        assert words in caught.value.what
        assert "snakemake" in caught.value.todo
