"""Figures of kernels: the rows of a place, models by name, the same bytes for the same numbers."""

import numpy as np
import pandas as pd
import pytest

from fieldbench.figures.parts import kernels
from fieldbench.figures.parts.style import ModelStyle, Style, save
from fieldbench.plan.errors import UserError

STYLE = Style(models={"siren": ModelStyle("SIREN", "#d55e00"), "grid": ModelStyle("Grid", "#000")})
FREQUENCIES = (1, 2, 4, 8, 16, 32)


def cells():
    for place in ("line", "plane"):
        for number, model in enumerate(("grid", "siren", "kan-fourier")):
            for seed in (1, 2):
                yield number, {"place": place, "model": model, "budget": 9, "seed": seed}


def responses():
    rows = []
    for number, cell in cells():
        for k in FREQUENCIES:
            rate = cell["seed"] * 10.0 * k ** -(1.0 + number)
            late = np.nan if k == 32 else 500 / rate
            measured = {"descent_reached": late, "adam_reached": 7.0 * k}
            rows.append(cell | {"frequency": k, "rates": rate} | measured)
    return pd.DataFrame(rows)


def spectra():
    return pd.DataFrame(
        [c | {"rank": k, "value": float(k) ** -(n + 1)} for n, c in cells() for k in range(1, 40)]
    )


def numbers():
    return pd.DataFrame([c | {"descent_drift": 0.1 * n, "adam_drift": 0.9} for n, c in cells()])


ROWS = {"spectra": spectra, "rates": responses, "responses": responses, "drift": numbers}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("suffix", ["pdf", "png"])
def test_the_same_rows_give_the_same_bytes_in_any_order(name, suffix, tmp_path):
    rows, files = ROWS[name](), [tmp_path / f"{k}.{suffix}" for k in (1, 2)]
    for order, file in zip((rows, rows.sample(frac=1, random_state=3)), files, strict=True):
        save(getattr(kernels, name)(order, "line", STYLE), file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 3000


@pytest.mark.parametrize("name", ROWS)
def test_a_place_without_kernels_is_said(name):
    with pytest.raises(UserError, match="No kernel was examined at volume"):
        getattr(kernels, name)(ROWS[name](), "volume", STYLE)


def test_rates_are_over_the_largest_and_what_was_never_reached_has_no_mark():
    drawn = kernels.rates(responses(), "line", STYLE)
    assert [on.get_title() for on in drawn.axes] == ["SIREN", "Grid", "kan-fourier"]
    predicted, descent, adam = drawn.axes[1].lines
    np.testing.assert_allclose(predicted.get_ydata(), 1 / np.array(FREQUENCIES))
    np.testing.assert_allclose(descent.get_xdata(), FREQUENCIES[:-1])
    np.testing.assert_allclose(descent.get_ydata(), 1 / np.array(FREQUENCIES[:-1]))
    np.testing.assert_allclose(adam.get_ydata(), 1 / np.array(FREQUENCIES))


def test_the_map_has_a_row_a_model_and_a_column_a_frequency():
    drawn = kernels.responses(responses(), "line", STYLE)
    shown = drawn.axes[0].images[0].get_array()
    assert shown.shape == (3, 6)
    np.testing.assert_allclose(shown[0], np.array(FREQUENCIES) ** -2.0)  # SIREN comes first
    assert [t.get_text() for t in drawn.axes[0].get_yticklabels()] == [
        "SIREN", "Grid", "kan-fourier",
    ]  # fmt: skip


def test_drift_and_eigenvalues_are_as_they_are():
    drawn = kernels.drift(numbers(), "line", STYLE)
    descent = drawn.axes[0].lines[0]
    found = sorted(zip(descent.get_ydata(), descent.get_xdata(), strict=True))
    np.testing.assert_allclose(found, [(0, 0.1)] * 2 + [(1, 0)] * 2 + [(2, 0.2)] * 2)
    line = kernels.spectra(spectra(), "line", STYLE).axes[0].lines[1]
    np.testing.assert_allclose(line.get_ydata(), 1 / np.arange(1, 40))
