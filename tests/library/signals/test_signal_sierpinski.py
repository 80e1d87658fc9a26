"""The Sierpinski triangle against the published occupancies, and as Matplotlib's axes draw it."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from fieldbench.plan.errors import UserError
from fieldbench.signals.sierpinski import Signal

OCCUPANCY = [0.37623, 0.28378, 0.21502, 0.16476, 0.12861, 0.10425, 0.08983, 0.08349, 0.08346]


@pytest.mark.parametrize(("label", "expected"), [*enumerate(OCCUPANCY, start=1)])
def test_occupancy_and_place_at_the_papers_side(label, expected):
    picture = Signal(label=label).generate()[..., 0]
    # 0.083465 is printed as 0.08346
    assert picture.mean() == pytest.approx(expected, abs=5.01e-6)
    rows, columns = (np.flatnonzero(picture.any(axis=k)) for k in (1, 0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (103, 908, 35, 964)


def test_deepest_two_levels_differ_in_530_pixels():
    eight, nine = (Signal(label=k).generate() for k in (8, 9))
    assert np.count_nonzero(eight != nine) == 530


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_equals_a_drawing_through_default_axes(depth):
    def split(corners, depth):
        if depth == 0:
            yield corners
            return
        for corner in corners:
            yield from split((corners + corner) / 2, depth - 1)

    with mpl.rc_context(mpl.rcParamsDefault):
        figure = Figure(figsize=(12, 12), dpi=100)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.set(aspect="equal", xlim=(0, 1), ylim=(0, np.sqrt(3) / 2))
        axes.axis("off")
        for corners in split(np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]]), depth):
            axes.add_patch(Polygon(corners, closed=True, facecolor="k", edgecolor="k"))
        canvas.draw()
    grey = np.asarray(canvas.buffer_rgba())[100:1100, 115:1115, :3].mean(axis=-1)
    found = Signal(label=depth + 1).generate()[..., 0]
    np.testing.assert_array_equal(found, grey <= 150)


@pytest.mark.parametrize("label", [1, 4, 7])
def test_matplotlib_settings_do_not_matter(label):
    plain = Signal(length=200, label=label).generate()
    odd = {
        "figure.facecolor": "red", "figure.dpi": 37, "figure.autolayout": True,
        "figure.subplot.left": 0.4, "patch.linewidth": 7, "patch.antialiased": False,
        "patch.edgecolor": "white", "patch.force_edgecolor": True, "lines.antialiased": False,
        "path.sketch": (5, 20, 3), "path.snap": False, "path.simplify_threshold": 1.0,
        "agg.path.chunksize": 10, "axes.xmargin": 0.4, "hatch.linewidth": 9,
        "savefig.dpi": 11, "figure.frameon": False, "lines.linewidth": 9,
    }  # fmt: skip
    with mpl.rc_context(odd):
        np.testing.assert_array_equal(Signal(length=200, label=label).generate(), plain)


def test_matplotlibs_global_state_is_left_alone():
    before, backend = dict(mpl.rcParams), mpl.get_backend(auto_select=False)
    Signal(length=64).generate()
    assert dict(mpl.rcParams) == before
    assert mpl.get_backend(auto_select=False) == backend


@pytest.mark.parametrize("length", [16, 137, 333, 1500])
def test_other_sides_show_the_same_figure(length):
    picture = Signal(length=length, label=2).generate()[..., 0]
    rows, columns = (np.flatnonzero(picture.any(axis=k)) for k in (1, 0))
    found = np.array([rows[0], rows[-1] + 1, columns[0], columns[-1] + 1]) / length
    assert found == pytest.approx([0.103, 0.909, 0.035, 0.965], abs=1.5 / length)
    assert picture.mean() == pytest.approx(0.284, abs=1.2 / length)


@pytest.mark.parametrize(("setting", "value"), [("length", 15), ("label", 0), ("label", 10)])
def test_bad_setting_is_named(setting, value):
    with pytest.raises(UserError, match=f"`{setting}`"):
        Signal(**{setting: value})
