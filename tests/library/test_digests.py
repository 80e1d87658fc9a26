"""What one edit of the code invalidates, tried on a copy of it."""

import json
import shutil

import pytest
from helpers import edits, trial

DIGESTS = """
import json
from fieldbench.plan.entries import registry
METRICS = ("psnr", "iou", "iou-50", "lpips-vgg", "lpips-alex")
from fieldbench.plan.entries.digests import stage
fits = {
    f"{m} {t} {s}": stage("fit_model", ("models", m), ("tasks", t), ("signals", s))
    for m in ("siren", "grid", "ffn", "constant") for t in ("represent", "denoise")
    for s in ("photo", "solid")
}
print(json.dumps({
    "fits": fits,
    "signals": {s: stage("generate_signal", ("signals", s)) for s in ("photo", "solid")},
    "observations": {t: stage("observe_signal", ("tasks", t)) for t in ("represent", "denoise")},
    "scores": {m: stage("score_fits", ("metrics", m)) for m in METRICS},
    "tables": {s: stage(s) for s in ("collect_scores", "join_scores")},
    "figures": {k: stage("draw_figure", ("figures", k)) for k in ("heatmap", "curves", "gallery")},
}))
"""


@pytest.fixture
def copy(tmp_path):
    """A copy of the library and its scripts."""
    left_out = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(trial.WORKFLOW, tmp_path / "workflow", ignore=left_out)


@pytest.fixture(scope="module")
def before():
    return digests(trial.WORKFLOW)


def digests(workflow):
    return json.loads(trial.python(DIGESTS, workflow=workflow).stdout)


def edit(copy, file, old, new):
    path = copy / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def changed(before, copy):
    """Stage and name of everything whose digest has changed."""
    after = digests(copy)
    return {
        f"{stage}: {name}"
        for stage, found in before.items()
        for name, digest in found.items()
        if after[stage][name] != digest
    }


def every(before, stage, word=""):
    return {f"{stage}: {name}" for name in before[stage] if word in name}


def test_a_copy_elsewhere_has_the_same_digests(before, copy):
    assert changed(before, copy) == set()


COMMENTS = {
    "a comment line": ("fieldbench/models/siren.py", "    def f", "    # Why.\n    def f"),
    "a comment behind code": ("fieldbench/models/siren.py", "values = points\n",
                              "values = points  # the coordinates\n"),
    "another comment behind code": ("fieldbench/models/siren.py", "# INR-benchmark", "# Theirs"),
    "blank lines": ("fieldbench/models/siren.py", "values = points\n", "values = points\n\n"),
    "a module's docstring": ("fieldbench/models/siren.py", "Sitzmann et al.", "Sitzmann &al."),
    "a function's docstring": ("fieldbench/models/siren.py", "Weights and biases of", "Numbers of"),
    "a docstring alone in its body": ("fieldbench/plan/errors.py",
                                      "The one exception", "The only exception"),
    "a docstring of a shared part": ("fieldbench/results/store.py", "The facts of a file", "Facts"),
}  # fmt: skip


@pytest.mark.parametrize("comment", COMMENTS)
def test_explaining_a_line_changes_nothing(before, copy, comment):
    edit(copy, *COMMENTS[comment])
    assert changed(before, copy) == set()


def test_touching_every_file_changes_nothing(before, copy):
    for path in copy.rglob("*.py"):
        path.touch()
    assert changed(before, copy) == set()


EDITS = {
    "a number of a model": (
        edits.SIREN, *edits.SIREN_EDIT,
        [("fits", "siren")],
    ),
    "a planning function of a model": (
        "fieldbench/models/ffn.py", "2 * features + 1", "2 * features + 2", [("fits", "ffn")],
    ),
    "a part that two models share": (
        "fieldbench/models/_layers.py", "1 / math.sqrt(fan_in)", "2 / math.sqrt(fan_in)",
        [("fits", "siren"), ("fits", "ffn")],
    ),
    "a task": (
        "fieldbench/tasks/denoise.py", "self.sigma *", "2 * self.sigma *",
        [("fits", "denoise"), ("observations", "denoise")],
    ),
    "a signal": (
        "fieldbench/signals/solid.py", "TURNS = 3.0", "TURNS = 4.0",
        [("fits", "solid"), ("signals", "solid")],
    ),
    "the training": ("fieldbench/training/loop.py", "{1, *(", "{2, *(", [("fits", "")]),
    "a metric": ("fieldbench/metrics/lpips_vgg.py", "= 16", "= 17", [("scores", "lpips-vgg")]),
    "a part that two metrics share": (
        "fieldbench/metrics/_lpips.py", "TINY = 1e-10", "TINY = 1e-9", [("scores", "lpips")],
    ),
    "the scoring": ("fieldbench/scoring.py", "0.0, 1.0", "0.0, 2.0", [("scores", "")]),
    "a figure": ("fieldbench/figures/heatmap.py", "import ", "ANY = 1\nimport ",
                 [("figures", "heatmap")]),
    "a script": ("scripts/generate_signal.py", "made.generate()", "2 * made.generate()",
                 [("signals", "")]),
    "the tables": ("fieldbench/results/collecting.py", '"loss", "psnr"', '"psnr", "loss"',
                   [("tables", "")]),
    "seeds": ("fieldbench/seeds.py", "x1f", "x1e",
              [("fits", ""), ("observations", "")]),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_changes_what_could_have_used_it_and_nothing_else(before, copy, case):
    *place, invalidated = EDITS[case]
    edit(copy, *place)
    expected = set().union(*(every(before, *one) for one in invalidated))
    assert expected
    assert changed(before, copy) == expected


def test_an_edit_of_what_everything_imports_changes_everything(before, copy):
    edit(copy, "fieldbench/plan/errors.py", "self.todo = todo", "self.todo = todo.strip()")
    assert changed(before, copy) >= {
        f"{stage}: {name}" for stage in before if stage != "figures" for name in before[stage]
    }


def test_a_line_of_a_text_that_looks_like_a_comment_counts(copy):
    """Style sheets and templates hold lines that begin with a hash."""
    edit(
        copy,
        "fieldbench/models/siren.py",
        "import math\n",
        'import math\n\nTEXT = """\n#one\n"""\n',
    )
    before = digests(copy)
    edit(copy, "fieldbench/models/siren.py", "#one", "#two")
    assert changed(before, copy) == every(before, "fits", "siren")
