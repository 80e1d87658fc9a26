"""Figures of kernels: the rows of a place, models by name, the same bytes for the same numbers."""

import numpy as np
import pytest
from helpers import kernel_rows

from fieldbench.figures import drift, rates, responses, spectra
from fieldbench.figures.parts.style import ModelStyle, Style, save
from fieldbench.plan.errors import UserError

STYLE = Style(models={"siren": ModelStyle("SIREN", "#d55e00"), "grid": ModelStyle("Grid", "#000")})
KINDS = {"spectra": spectra, "rates": rates, "responses": responses, "drift": drift}
TABLES = {"spectra": "spectra", "rates": "responses", "responses": "responses", "drift": "kernels"}
ROWS = {name: getattr(kernel_rows, table) for name, table in TABLES.items()}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("suffix", ["pdf", "png"])
def test_the_same_rows_give_the_same_bytes_in_any_order(name, suffix, tmp_path):
    rows, files = ROWS[name](), [tmp_path / f"{k}.{suffix}" for k in (1, 2)]
    for order, file in zip((rows, rows.sample(frac=1, random_state=3)), files, strict=True):
        save(KINDS[name].draw(order, "line", STYLE), file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 3000


@pytest.mark.parametrize("name", ROWS)
def test_a_place_without_kernels_is_said(name):
    with pytest.raises(UserError, match="No kernel was examined at volume"):
        KINDS[name].draw(ROWS[name](), "volume", STYLE)


def test_rates_are_over_the_largest_and_what_was_never_reached_has_no_mark():
    drawn = rates.draw(kernel_rows.responses(), "line", STYLE)
    assert [on.get_title() for on in drawn.axes] == ["SIREN", "Grid", "kan-fourier"]
    predicted, descent, adam = drawn.axes[1].lines
    np.testing.assert_allclose(predicted.get_ydata(), 1 / np.array(kernel_rows.FREQUENCIES))
    np.testing.assert_allclose(descent.get_xdata(), kernel_rows.FREQUENCIES[:-1])
    np.testing.assert_allclose(descent.get_ydata(), 1 / np.array(kernel_rows.FREQUENCIES[:-1]))
    np.testing.assert_allclose(adam.get_ydata(), 1 / np.array(kernel_rows.FREQUENCIES))


def test_the_map_has_a_row_a_model_and_a_column_a_frequency():
    drawn = responses.draw(kernel_rows.responses(), "line", STYLE)
    shown = drawn.axes[0].images[0].get_array()
    assert shown.shape == (3, 6)
    np.testing.assert_allclose(
        shown[0], np.array(kernel_rows.FREQUENCIES) ** -2.0
    )  # SIREN comes first
    assert [t.get_text() for t in drawn.axes[0].get_yticklabels()] == [
        "SIREN", "Grid", "kan-fourier",
    ]  # fmt: skip


def test_drift_and_eigenvalues_are_as_they_are():
    drawn = drift.draw(kernel_rows.kernels(), "line", STYLE)
    descent = drawn.axes[0].lines[0]
    found = sorted(zip(descent.get_ydata(), descent.get_xdata(), strict=True))
    np.testing.assert_allclose(found, [(0, 0.1)] * 2 + [(1, 0)] * 2 + [(2, 0.2)] * 2)
    line = spectra.draw(kernel_rows.spectra(), "line", STYLE).axes[0].lines[1]
    np.testing.assert_allclose(line.get_ydata(), 1 / np.arange(1, 40))
