"""The look: names, colours that a colour-blind reader tells apart, files that repeat."""

import itertools
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import yaml
from helpers.samples import PSNR, styles

from fieldbench.figures.parts import data, style
from fieldbench.figures.parts.style import Style
from fieldbench.plan.errors import UserError

ROOT = Path(__file__).resolve().parents[3]

# Simulated colour blindness, complete, in linear RGB (Machado, Oliveira and Fernandes 2009).
BLIND = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def lab(colour, blindness):
    """CIE L*a*b* of a colour as seen with a kind of colour blindness."""
    seen = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(seen <= 0.04045, seen / 12.92, ((seen + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.asarray(BLIND[blindness]) @ linear, 0, 1)
    to_xyz = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    x, y, z = np.cbrt(np.asarray(to_xyz) @ linear / [0.9505, 1, 1.0888])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("blindness", BLIND)
def test_models_are_told_apart(blindness):
    models = {k: m for k, m in styles().models.items() if k not in data.CONTROLS}
    for (_, a), (_, b) in itertools.combinations(models.items(), 2):
        assert a.marker != b.marker
        distance = np.linalg.norm(lab(a.colour, blindness) - lab(b.colour, blindness))
        assert distance > 15 or a.line != b.line, f"{a.name} and {b.name} look alike"
        assert distance > 5, f"{a.name} and {b.name} have one colour"


def test_the_papers_names_and_order():
    names = [styles().model(m).name for m in styles().ordered(["grid", "wire", "ffn", "oracle"])]
    assert names == ["FFN", "WIRE", "Grid", "Oracle"]


def test_an_unknown_model_gets_a_look_of_its_own_name():
    found = Style.of({}).model("my-model")
    assert found.name == "my-model" and found == styles().model("my-model")
    looks = {(m.colour, m.marker) for m in map(style.spare_style, map(str, range(30)))}
    assert len(looks) > 15
    assert styles().ordered(["zebra", "grid", "ant"]) == ["grid", "ant", "zebra"]


def test_a_partly_styled_model_keeps_what_is_said():
    found = Style.of({"models": {"mine": {"name": "Mine", "line": [4, 2]}, "bare": None}})
    assert found.model("mine").name == "Mine" and found.model("mine").line == (0, (4, 2))
    assert found.model("mine").marker == style.spare_style("mine").marker
    assert found.model("bare").name == "bare"


def test_names_fall_back_to_keys():
    bare = Style.of(None)
    assert (bare.task("x"), bare.family("y"), bare.axis("y")) == ("x", "y", "bandwidth")
    assert bare.metric(PSNR) == "PSNR (dB)" and bare.metric({"name": "iou"}) == "iou"
    assert Style.of({"metrics": {"psnr": "Fidelity"}}).metric(PSNR) == "Fidelity (dB)"


def test_texts_of_labels_budgets_and_counts():
    assert [data.label_text(n) for n in (1, 9, 10)] == [".1", ".9", "1.0"]
    assert data.budget_text(10_000) == "$10^{4}$"
    assert data.budget_text(30_000) == r"$3{\times}10^{4}$"
    assert data.budget_text(999) == r"$9.99{\times}10^{2}$"
    assert data.count_text([5, 5]) == "n = 5" and data.count_text([5, 3]) == "n = 3–5"


def test_the_look_does_not_leak():
    before = dict(matplotlib.rcParams)
    matplotlib.rcParams["font.size"] = 31
    try:
        with style.styled():
            assert matplotlib.rcParams["font.size"] == 8
            assert matplotlib.rcParams["pdf.fonttype"] == 42
        assert matplotlib.rcParams["font.size"] == 31
    finally:
        matplotlib.rcParams["font.size"] = before["font.size"]
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("suffix", ["pdf", "svg", "png"])
def test_a_saved_figure_has_no_date(tmp_path, suffix):
    drawn = style.figure(2, 1)
    drawn.text(0.5, 0.5, "word")
    path = tmp_path / "deep" / f"figure.{suffix}"
    style.save(drawn, path)
    content = path.read_bytes()
    for stamp in (b"CreationDate", b"dc:date", b"Software", b"matplotlib.org"):
        assert stamp not in content
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_another_format_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"\.pdf, \.png or \.svg"):
        style.save(style.figure(1, 1), tmp_path / "figure.jpg")


def test_figures_never_load_torch_or_pyplot():
    modules = {p.stem for p in (ROOT / "workflow/fieldbench/figures").glob("[a-z]*.py")}
    assert {"heatmap", "curves", "convergence", "gallery"} <= modules
    modules.remove("timings")  # seaborn, which draws these, loads pyplot itself
    code = "import sys\n" + "".join(f"import fieldbench.figures.{m}\n" for m in modules)
    code += "print([m for m in ('torch', 'matplotlib.pyplot') if m in sys.modules])"
    run = [sys.executable, "-c", code]
    env = {"PYTHONPATH": str(ROOT / "workflow"), "PATH": ""}
    assert subprocess.run(run, env=env, capture_output=True, text=True).stdout.strip() == "[]"


def test_the_shipped_file_says_what_its_blocks_are():
    text = (ROOT / "config/figures.yaml").read_text()
    for block in yaml.safe_load(text):
        above = text[: text.index(f"\n{block}:")].splitlines()[-1]
        assert above.startswith("#")
