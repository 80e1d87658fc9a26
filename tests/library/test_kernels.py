"""The compiled loops: as exact as float32 allows, at any angle, and honest about what is none."""

import ast

import numpy as np
import pytest

from fieldbench.models import _kernels as kernels
from fieldbench.plan.registry import LIBRARY

COMPILED = [f for f in LIBRARY.rglob("*.py") if "njit" in f.read_text(encoding="utf-8")]


def sines(angles):
    cosine = np.array(angles, dtype=np.float32)
    sine = np.empty_like(cosine)
    kernels.sines(cosine, np.zeros_like(cosine[0]), np.float32(1), sine)
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
    kernels.wavelets(z, np.zeros(2, np.float32), np.float32(5), np.float32(2), found)
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1:]).any(1).all()


def test_wavelets_are_true_to_rounding():
    z = np.random.default_rng(0).normal(0, 0.3, (50, 2 * 31)).astype(np.float32)
    z[0] = 40.0  # an exponential that is no normal number any more
    found = np.empty_like(z)
    kernels.wavelets(z.copy(), np.zeros_like(z[0]), np.float32(15), np.float32(10), found)
    complex_z = z[:, :31].astype(float) + 1j * z[:, 31:]
    truth = np.exp(15j * complex_z - abs(10 * complex_z) ** 2)
    np.testing.assert_allclose(found[:, :31], truth.real, rtol=0, atol=2e-6)
    np.testing.assert_allclose(found[:, 31:], truth.imag, rtol=0, atol=2e-6)
    assert (found[0] == 0).all()


@pytest.mark.parametrize("file", COMPILED, ids=lambda f: f.stem)
def test_compiled_functions_use_nothing_of_other_files(file):
    """Numba keeps what it compiled until the function's own file changes, whatever it called."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imports = (n for n in tree.body if isinstance(n, ast.ImportFrom))
    ours = {
        alias.asname or alias.name
        for node in imports
        if node.module.startswith("fieldbench")
        for alias in node.names
    }
    compiled = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.decorator_list]
    assert compiled
    for function in compiled:
        used = {n.id for statement in function.body for n in ast.walk(statement)
                if isinstance(n, ast.Name)}  # fmt: skip
        assert not used & ours, f"{function.name} uses {used & ours}"
