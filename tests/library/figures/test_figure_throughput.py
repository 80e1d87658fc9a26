"""The table and the figure of measured steps: numbers as they are, models by name, dashes."""

import math
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from helpers.step_rows import STYLE, table

from fieldbench.figures import throughput
from fieldbench.figures.parts.style import save
from fieldbench.plan.errors import UserError
from fieldbench.tables import throughput as throughput_table
from fieldbench.tables.parts import markdown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1234.5, "1,230"), (123.45, "123"), (12.345, "12.3"), (1.2345, "1.23"),
        (0.12345, "0.123"), (0.0012345, "0.00123"), (9.996, "10.0"), (999.6, "1,000"),
        (1.2e-7, "1.2e-07"), (1.0, "1.00"), (math.nan, "–"), (1e6, "1,000,000"),
    ],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, text):
    assert markdown.number(value) == text


def test_markdown_lines_up_and_says_all():
    text = throughput_table.to_markdown(table(), STYLE, [("3d/bacon-5", "too small")])
    lines = text.splitlines()
    for start, line in enumerate(lines):
        if line.startswith("| ---"):
            block = [other for other in lines[start - 1 : start + 7] if other.startswith("|")]
            assert len({len(other) for other in block}) == 1
    assert "**2d: 8 × 8**" in text and "**3d: 4 × 4 × 4**" in text
    assert "Left out: 3d/bacon-5 (too small)." in text
    assert "a chip, 1 thread, load average up to 0.2" in text
    siren = next(line for line in lines if line.startswith("| SIREN"))
    cells = [cell.strip() for cell in siren.strip("|").split("|")]
    assert cells[:8] == ["SIREN", "1,000", "7", "999", "1,230*", "617", "2.00", "50.0"]
    gsplat = next(line for line in lines if line.startswith("| GSplat"))
    cells = [cell.strip() for cell in gsplat.strip("|").split("|")]
    assert cells[4] == "1,230†" and cells[7:9] == ["–", "–"]
    assert "(* in parts, † reckoned from some points)" in text
    names = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    assert names.index("Grid") < names.index("SIREN") < names.index("GSplat")


def test_geometric_means_are_over_models():
    text = throughput_table.to_markdown(table(), STYLE)
    line = next(line for line in text.splitlines() if line.startswith("| 2d "))
    # (2 x 8 x 0.5)^(1/3) = 2 at the smaller budget, twice that at the larger one
    assert [cell.strip() for cell in line.strip("|").split("|")] == [
        "2d", "2.00", "4.00", "2.83", "6",
    ]  # fmt: skip


def bars(on):
    return [(round(b.get_x() + b.get_width(), 6), b.get_x()) for b in on.patches]


def test_bars_are_ratios_and_fractions():
    drawn = throughput.draw(table(), STYLE)
    assert [on.get_title() for on in drawn.axes] == ["2d: 8 × 8", "3d: 4 × 4 × 4"] * 2
    speed, fraction = drawn.axes[0], drawn.axes[2]
    assert bars(speed) == [(8, 1), (16, 1), (2, 1), (4, 1), (0.5, 1), (1, 1)]
    assert [end for end, _ in bars(fraction)] == [0.5] * 4
    assert [t.get_text() for t in fraction.texts] == [" not counted"]
    assert [t.get_text() for t in speed.get_yticklabels()] == ["Grid", "SIREN", "GSplat"]
    assert speed.get_xscale() == "log" and speed.get_xlim()[0] < 0.5
    full, pale = speed.patches[3].get_facecolor(), speed.patches[2].get_facecolor()
    assert full[:3] == pytest.approx((0xD5 / 255, 0x5E / 255, 0)) and min(pale) > min(full)


@pytest.mark.parametrize("places", [("2d",), ("2d", "3d")])
@pytest.mark.parametrize("budgets", [(1000,), (1000, 2000)])
def test_any_number_of_places_and_budgets_is_drawn(tmp_path, places, budgets):
    drawn = throughput.draw(table(places, ("siren",), budgets), STYLE)
    assert len(drawn.axes) == 2 * len(places)
    save(drawn, tmp_path / "drawn.png")
    assert (tmp_path / "drawn.png").stat().st_size > 5000


@pytest.mark.parametrize("fastest", [1.1, 4, 40, 400, 9000, 5e6])
def test_a_speed_axis_has_numbers_whatever_its_range(tmp_path, fastest):
    rows = table()
    rows.loc[0, ["ratio", "ratio_low", "ratio_high"]] = fastest
    drawn = throughput.draw(rows, STYLE)
    save(drawn, tmp_path / "drawn.png")
    low, high = drawn.axes[0].get_xlim()
    shown = [t for t in drawn.axes[0].get_xticks() if low <= t <= high]
    texts = [t.get_text() for t in drawn.axes[0].get_xticklabels()]
    assert 2 <= len(shown) <= 9 and "1" in texts


def test_more_places_stand_below_each_other():
    rows = table()
    drawn = throughput.draw(pd.concat([rows, table(("2d",)).assign(place="2d-b")]), STYLE)
    assert len({round(on.get_position().y0, 3) for on in drawn.axes}) == 3


def test_nothing_measured_is_said():
    with pytest.raises(UserError, match="nothing to draw"):
        throughput.draw(table().iloc[:0], STYLE)


def test_drawing_never_loads_torch():
    code = "import sys, fieldbench.tables.throughput; print('torch' in sys.modules)"
    library = str(Path(__file__).resolve().parents[3] / "workflow")
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": library}, capture_output=True, text=True
    )
    assert run.stdout.strip() == "False"
