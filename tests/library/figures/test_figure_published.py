"""Ours beside printed numbers: the tables' cells, and where points are drawn."""

import numpy as np
import pandas as pd
import pytest
from helpers import samples
from helpers.printed_rows import RANKS, cells
from helpers.samples import PSNR

from fieldbench.figures import published
from fieldbench.tables import published as published_table

LOOK = samples.styles()


def lines(text):
    """The cells of a Markdown table, line by line."""
    found = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


def test_markdown_by_hand():
    text = published_table.to_markdown(cells(), RANKS, {"psnr": PSNR}, LOOK)
    assert lines(text)[0] == ["PSNR (dB)", "", "1,000", "3,000"]
    assert lines(text)[2:] == [
        ["SIREN", "here", "21.00", "–"],
        ["", "printed", "21.40", "30.00"],
        ["", "difference", "−0.40", "–"],
        ["Grid", "here", "20.00", "exact"],
        ["", "printed", "25.00", "150.00"],
        ["", "difference", "−5.00", "+0.00"],
        ["Order of models", "τ", "−1.00", "–"],
        ["", "ρ", "−1.00", "–"],
    ]
    assert "2 of 10 images" in text and "1 fits failed" not in text and "A page." in text
    assert "2 of 3 are within 0.5" in text and "one fit failed" in text


def test_latex_is_whole():
    text = published_table.to_latex(cells(title="50% of_it"), RANKS, {"psnr": PSNR}, LOOK)
    assert r"50\% of\_it" in text and r"$-$0.40" in text and r"$\tau$" in text
    assert r"$10^{3}$ & $3 \times 10^{3}$" in text
    body = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert {line.count(" & ") for line in body} == {3}
    for word in ("table", "tabular"):
        assert text.count(rf"\begin{{{word}}}") == text.count(rf"\end{{{word}}}") == 1


def test_points_are_printed_against_here():
    drawn = published.draw(cells(), RANKS, PSNR, LOOK)
    axes, apart = drawn.axes
    by_colour = {line.get_color(): line for line in axes.lines}
    grid = by_colour[LOOK.model("grid").colour]
    assert list(grid.get_xdata()) == [25.0] and list(grid.get_ydata()) == [20.0]
    siren = by_colour[LOOK.model("siren").colour]
    assert list(siren.get_xdata()) == [21.4]  # the failed one has no place
    assert axes.get_xlim() == axes.get_ylim()
    by_colour = {line.get_color(): line for line in apart.lines}
    assert list(by_colour[LOOK.model("grid").colour].get_ydata()) == [-5.0]
    assert apart.get_ylim()[0] < -5 and apart.get_ylim()[1] > 5
    head = " ".join(drawn.texts[0].get_text().split())
    assert "2 of 3 means within 0.5" in head and "τ −1.00" in head
    assert "1 of 100 dB or more" in head


def test_nothing_of_ours_is_still_a_figure():
    none = cells(value=np.nan, low=np.nan, high=np.nan, difference=np.nan, within=np.nan,
                 signals=0, n=0)  # fmt: skip
    head = published.draw(none, RANKS.iloc[:0], PSNR, LOOK).texts[0].get_text()
    assert "0 of 0 means" in head and "0 of 10 images" in head


@pytest.mark.parametrize("write", [published_table.to_markdown, published_table.to_latex])
def test_each_block_has_a_table(write):
    two = pd.concat([cells(), cells(block="two", title="More")])
    text = write(two, RANKS, {"psnr": PSNR}, LOOK)
    assert text.count("Order of models") == 2 and "More" in text
