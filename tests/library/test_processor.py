"""Kinds of processor: told apart, planned for, made alike, and refused where they differ."""

import os
from unittest import mock

import pytest

from fieldbench.explaining import details
from fieldbench.plan import processor
from fieldbench.plan.analyses.kernels import Kernels
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.run import Run

INTEL = """\
processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 143
model name\t: Some processor
flags\t\t: fpu sse4_2 avx avx2 fma f16c bmi1 bmi2 movbe avx512f amx_tile
"""
AMD = """\
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 1
flags\t\t: fpu sse4_2 avx avx2 fma f16c bmi1 bmi2 movbe
"""
OLD = INTEL.replace(" avx2 fma", "").replace(" avx512f amx_tile", "").replace("143", "45")
PHONE = """\
Features\t: fp asimd fphp
CPU implementer\t: 0x41
CPU part\t: 0xd05

Features\t: fp asimd fphp sve
CPU implementer\t: 0x41
CPU part\t: 0xd0a
"""
# What a library may be told, and what must not matter.
CHANGES = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
    "NUMBA_CPU_NAME": "generic",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4",
}
IRRELEVANT = {"PYTHONHASHSEED": "3", "TZ": "Asia/Tokyo", "OMP_NUM_THREADS": "7", "LANG": "C"}


@pytest.fixture(autouse=True)
def plain():
    """No choice is made outside; what a test sets is gone after it."""
    with mock.patch.dict(os.environ):
        for name in (*processor.CHOICES, processor.PLANNED):
            os.environ.pop(name, None)
        yield


@pytest.fixture
def machine(monkeypatch):
    """Take the text of /proc/cpuinfo for this machine's."""

    def pretend(text, architecture="x86_64"):
        hardware = architecture, *processor.read_cpuinfo(text)
        monkeypatch.setattr(processor, "_hardware", lambda: hardware)
        processor._here.cache_clear()

    yield pretend
    processor._here.cache_clear()


def computed():
    """The parameters of every kind of job that computes numbers, and the origin of a score."""
    run, kernels = Run({"preset": "tiny"}), Kernels({})
    cells = next(iter(run.files.scored_together))
    params = [
        run.params.signal(cells[0].signal),
        run.params.observation("represent", cells[0].signal),
        run.params.fit(next(iter(run.cells.fits))),
        run.params.score(cells),
        kernels.examine_params(next(iter(kernels.cells))),
    ]
    return [*map(str, params), run.fingerprints.of(run.files.score(cells[0]))]


@pytest.mark.parametrize("variable", CHANGES)
def test_a_choice_of_instructions_is_another_identity_of_all_that_computes(variable):
    before = computed()
    os.environ[variable] = CHANGES[variable]
    assert all(a != b for a, b in zip(before, computed(), strict=True))


@pytest.mark.parametrize("variable", IRRELEVANT)
def test_what_changes_no_number_is_no_part_of_it(variable):
    before = computed()
    os.environ[variable] = IRRELEVANT[variable]
    assert computed() == before


def test_models_of_processors_are_told_apart(machine):
    names = []
    for text in (INTEL, AMD, INTEL.replace("143", "207"), INTEL.replace("amx_tile", "")):
        machine(text)
        names.append(processor.here())
    assert len({own.digest for own in names}) == len({own.label for own in names}) == 4
    assert names[0].name == "x86_64 GenuineIntel 6-143 AMX"
    assert names[1].name == "x86_64 AuthenticAMD 25-1 AVX2"


def test_of_cores_that_differ_all_models_count_and_what_all_can():
    assert processor.read_cpuinfo(PHONE) == ("0x41 0xd05 + 0x41 0xd0a", ("asimd", "fp", "fphp"))
    assert processor.read_cpuinfo("") == ("unknown", ())


def test_what_is_common_is_one_kind_whatever_the_machine_and_its_environment(machine):
    labels = set()
    for text in (INTEL, INTEL.replace("143", "207"), INTEL.replace(" avx512f amx_tile", "")):
        for choices in ({}, CHANGES, {"NUMBA_ENABLE_AVX": "0"}):
            machine(text)
            os.environ.update(choices)
            processor.settle("common")
            labels.add(processor.here().label)
            assert processor.planned() == processor.here().label
    assert len(labels) == 1


def test_another_vendor_is_a_kind_of_its_own_that_is_pinned_too(machine):
    """There MKL takes `AVX2` for no choice at all."""
    machine(INTEL)
    processor.settle("common")
    intel, labels = processor.here(), set()
    assert os.environ["MKL_CBWR"] == "AVX2"
    for text in (AMD, AMD.replace("25", "26").replace("movbe", "movbe avx512f")):
        machine(text)
        assert not processor.here().is_common  # with what Intel's are told
        processor.settle("common")
        assert processor.here().is_common and os.environ["MKL_CBWR"] == "COMPATIBLE"
        labels.add(processor.here().label)
        os.environ["MKL_CBWR"] = "AVX2"
    assert len(labels) == 1 and intel.label not in labels


def test_what_is_native_is_left_alone():
    os.environ["MKL_CBWR"] = "COMPATIBLE"
    processor.settle("native")
    assert os.environ["MKL_CBWR"] == "COMPATIBLE"


def test_a_machine_that_cannot_do_what_is_common_is_refused(machine):
    machine(OLD)
    with pytest.raises(UserError, match="this processor lacks: avx2, fma"):
        processor.settle("common")
    machine(PHONE, "aarch64")
    with pytest.raises(UserError, match="x86-64 only"):
        processor.settle("common")


def test_a_job_on_another_machine_keeps_the_plan_and_refuses(machine):
    machine(INTEL)
    processor.settle("native")
    planned = processor.planned()
    processor.require(planned)
    machine(AMD)
    processor.settle("native", begins=False)
    assert processor.planned() == planned
    with pytest.raises(UserError, match="Set `processor: common`") as told:
        processor.require(planned)
    assert planned in told.value.what and "AuthenticAMD" in told.value.what


def test_a_result_says_what_it_was_computed_on():
    os.environ["ATEN_CPU_CAPABILITY"] = "avx2"
    said = processor.facts()
    assert said["processor"] == processor.here().label
    assert said["instructions"]["chosen"] == {"ATEN_CPU_CAPABILITY": "avx2"}


def test_a_mixed_study_is_told():
    facts = [{"processor": "a"}, {"processor": "b"}, {"processor": "a"}, {}]
    assert details.processors(facts[:1]) == "a"
    told = details.processors(facts)
    assert told.startswith("computed on 3 kinds of processor, whose last digits differ: ")
    assert told.endswith("a (2); b (1); one that is not told (1)")


def test_a_summary_names_a_processor_whose_instructions_were_chosen():
    run = Run({"preset": "tiny"})
    assert "processor" not in run.summary()
    processor.settle("common")
    assert f"device cpu, processor {processor.here().name}" in run.summary()


def test_a_warning_is_given_before_jobs_are_sent_elsewhere():
    assert "set `processor: common`" in processor.hint()
    processor.settle("common")
    assert processor.hint() == ""
