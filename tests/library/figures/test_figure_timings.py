"""The timings figure: medians and ranges of training seconds, models by name."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fieldbench.figures import timings
from fieldbench.figures.parts.style import ModelStyle, Style
from fieldbench.plan.errors import UserError

STYLE = Style(
    models={"grid": ModelStyle("Grid", "#000000"), "siren": ModelStyle("SIREN", "#d55e00")}
)


def table(seconds):
    """Rows of two models at two budgets, three fits each, and a control."""
    rows = [
        {"model": m, "budget": b, "training_seconds": s * b / 100, "processor": "a chip"}
        for m in ("siren", "grid")
        for b in (100, 1000)
        for s in seconds
    ]
    control = {
        "model": "constant",
        "budget": np.nan,
        "training_seconds": 0.0,
        "processor": "a chip",
    }
    return pd.DataFrame([*rows, control])


def test_lines_are_medians_in_the_order_of_the_style():
    drawn = timings.draw(table([1.0, 2.0, 9.0]), STYLE)
    lines = [line for line in drawn.axes[0].lines if len(line.get_xdata())]
    assert len(lines) == 2
    for line in lines:
        np.testing.assert_allclose(line.get_ydata(), [2.0, 20.0])
    names = [text.get_text() for text in drawn.legends[0].get_texts()]
    assert names == ["Grid", "SIREN"]
    assert lines[0].get_color() == "#000000"
    assert "a chip" in drawn.axes[0].get_title(loc="left")


def test_one_budget_is_drawn():
    frame = table([1.0])
    drawn = timings.draw(frame[frame["budget"] != 1000], STYLE)
    assert drawn.axes[0].get_xticks().tolist() == [100]


def test_nothing_timed_is_said():
    frame = table([1.0])
    with pytest.raises(UserError, match="nothing to draw"):
        timings.draw(frame[frame["model"] == "constant"], STYLE)


def test_timings_never_load_torch():
    code = "import sys, fieldbench.figures.timings; print('torch' in sys.modules)"
    library = str(Path(__file__).resolve().parents[3] / "workflow")
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": library}, capture_output=True, text=True
    )
    assert run.stdout.strip() == "False"
