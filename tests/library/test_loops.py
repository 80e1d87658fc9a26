"""The compiled loops: as exact as float32 allows, at any angle, and honest about what is none."""

import ast
import re
import shutil

import numpy as np
import pytest
from helpers import trial

from fieldbench.models import _loops as loops
from fieldbench.plan.entries.registry import LIBRARY

COMMON = "fieldbench.numerics.fast_math"
COMPILED = [
    file
    for file in LIBRARY.rglob("*.py")
    if {"njit", COMMON} & set(re.findall(r"[\w.]+", file.read_text(encoding="utf-8")))
]


def sines(angles):
    cosine = np.array(angles, dtype=np.float32)
    sine = np.empty_like(cosine)
    loops.sines(cosine, np.zeros_like(cosine[0]), np.float32(1), sine)
    return sine, cosine


@pytest.mark.parametrize("reach", [1e-6, 0.1, 3, 100, 49_000, 1e6, 1e20])
def test_sines_are_true_to_rounding(reach):
    angles = np.random.default_rng(0).uniform(-reach, reach, (40, 97)).astype(np.float32)
    angles[0, :3] = 0, reach, -reach
    exact = angles.astype(np.float64)
    for found, truth in zip(sines(angles), (np.sin(exact), np.cos(exact)), strict=True):
        np.testing.assert_allclose(found, truth, rtol=0, atol=1.5e-7)


def test_small_sines_keep_their_relative_precision():
    angles = np.float32(10.0) ** np.arange(-30, -2, dtype=np.float32)[None]
    np.testing.assert_allclose(sines(angles)[0], np.sin(angles.astype(float)), rtol=2e-7)


def test_what_is_no_number_stays_none():
    sine, cosine = sines([[np.nan, np.inf, 0.0, 1.0]])
    assert np.isnan(sine[0, :2]).all()
    assert np.isnan(cosine[0, :2]).all()
    np.testing.assert_allclose(sine[0, 2:], [0, np.sin(1)], rtol=1e-6)
    z, found = (
        np.array([[1, 0], [np.nan, 0], [0, np.nan]], np.float32),
        np.empty((3, 2), np.float32),
    )
    loops.wavelets(z, np.zeros(2, np.float32), np.float32(5), np.float32(2), found)
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1:]).any(1).all()


def test_wavelets_are_true_to_rounding():
    z = np.random.default_rng(0).normal(0, 0.3, (50, 2 * 31)).astype(np.float32)
    z[0] = 40.0  # an exponential that is no normal number any more
    found = np.empty_like(z)
    loops.wavelets(z.copy(), np.zeros_like(z[0]), np.float32(15), np.float32(10), found)
    complex_z = z[:, :31].astype(float) + 1j * z[:, 31:]
    truth = np.exp(15j * complex_z - abs(10 * complex_z) ** 2)
    np.testing.assert_allclose(found[:, :31], truth.real, rtol=0, atol=2e-6)
    np.testing.assert_allclose(found[:, 31:], truth.imag, rtol=0, atol=2e-6)
    assert (found[0] == 0).all()


def imported(tree, *, common):
    """Names that a file has from the one that all may share, or from others of the project."""
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        and node.module.startswith("fieldbench")
        and (node.module == COMMON) == common
        for alias in node.names
    }


def used(*statements):
    return {n.id for part in statements for n in ast.walk(part) if isinstance(n, ast.Name)}


@pytest.mark.parametrize("file", COMPILED, ids=lambda f: f.stem)
def test_compiled_functions_use_nothing_of_other_files(file):
    """Numba keeps what it compiled until the function's own file changes, whatever it called.

    Only what is compiled as the common file asks is compiled anew when that one changes.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    compiled = [n for n in functions if n.decorator_list]
    assert compiled
    ways = {"loop", "summing", "inlined"} & imported(tree, common=True)
    for function in compiled:
        names = used(*function.body)
        assert not names & imported(tree, common=False), function.name
        if names & imported(tree, common=True):
            assert used(*function.decorator_list) <= ways, function.name


CODE = """
import numpy as np
from fieldbench.bases import _feature_loops as loops
found = np.zeros((1, 1, 1), np.float32)
loops.silu(np.ones((1, 1), np.float32), found)
print(found.item(), sum(loops.silu.stats.cache_hits.values()))
"""


def test_an_edit_of_the_common_file_compiles_anew(tmp_path):
    workflow = tmp_path / "workflow"
    library = workflow / "fieldbench"
    for path in (
        "__init__.py",
        "numerics/__init__.py",
        "numerics/fast_math.py",
        "bases/__init__.py",
        "bases/_feature_loops.py",
    ):
        (library / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(LIBRARY / path, library / path)

    def run():
        value, hits = trial.python(CODE, workflow=workflow).stdout.split()
        return float(value), int(hits)

    assert run() == (pytest.approx(1 / (1 + np.exp(-1)), rel=1e-6), 0)
    assert run() == (pytest.approx(1 / (1 + np.exp(-1)), rel=1e-6), 1)
    common = library / "numerics/fast_math.py"
    text = common.read_text(encoding="utf-8")
    common.write_text(text.replace("_(1) / (_(1) + exp(", "_(2) / (_(1) + exp("), encoding="utf-8")
    assert run() == (pytest.approx(2 / (1 + np.exp(-1)), rel=1e-6), 0)
