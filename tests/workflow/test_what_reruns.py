"""What one edit makes anew: exactly what could have used it, and nothing else.

Nothing runs here: Snakemake is asked what it would do, in a copy of the finished run.
"""

import ast
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

import pytest
from helpers import edits, runs
from helpers.runs import edited

TABLES = "tables/*"
FIGURES = "figures/*"
SUMMARY = "summary.md"
AFTER_FITS = ["meshes/*/solid/*.ply", "scores/*", TABLES, FIGURES, SUMMARY]

# What is edited, and what is made anew: patterns of files; a `!` takes out again.
EDITS = {
    "a model": (
        (f"workflow/{edits.SIREN}", *edits.SIREN_EDIT),
        ["fits/*/siren-*", "scores/*/siren.h5", "meshes/*/siren.ply", TABLES, FIGURES, SUMMARY],
    ),
    "a signal": (
        ("workflow/fieldbench/signals/solid.py", "BALL = 0.75", "BALL = 0.76"),
        ["*/solid*", "*/synthetic_3d/*", "tables/scores.csv", SUMMARY],
    ),
    "a task": (
        ("workflow/fieldbench/tasks/denoise.py", "class Task", "NEW = 1\n\n\nclass Task"),
        ["*s/image/*", "!figures/image/galleries/*", "*/denoise/*", "tables/scores.csv", SUMMARY],
    ),
    "a metric": (
        ("workflow/fieldbench/metrics/iou.py", "class Metric", "NEW = 1\n\n\nclass Metric"),
        ["scores/*/solid/*", "*/synthetic_3d/*", "tables/scores.csv", SUMMARY],
    ),
    "the training loop": (
        ("workflow/fieldbench/training/loop.py", "def train(", "NEW = 1\n\n\ndef train("),
        ["fits/*", *AFTER_FITS],
    ),
    "a label of figures": (
        ("config/figures.yaml", "name: SIREN", "name: Sine network"),
        [
            FIGURES,
            "tables/*/summary.csv",
            "tables/*/*-by-model.csv",
            "tables/*.md",
            "tables/*.tex",
            SUMMARY,
        ],
    ),
    "a comment in figures.yaml": (
        ("config/figures.yaml", "# Tasks.", "# Tasks, by name."),
        [],
    ),
    "a comment in a figure's file": (
        ("workflow/fieldbench/figures/heatmap.py", "class Figure", "# Draws.\nclass Figure"),
        [],
    ),
    "a figure": (
        ("workflow/fieldbench/figures/heatmap.py", "class Figure", "NEW = 1\n\n\nclass Figure"),
        ["figures/*/heatmaps/*"],
    ),
    "the steps of the preset": (
        ("config/presets/tiny.yaml", "steps: 20", "steps: 21"),
        ["fits/*", *AFTER_FITS],
    ),
    "a seed more": (
        ("config/presets/tiny.yaml", "seeds: [1234, 2024]", "seeds: [1234, 2024, 7]"),
        [
            "*-s7*",
            "*s/synthetic_2d/*",
            "!figures/synthetic_2d/galleries/*",
            "!figures/synthetic_2d/sheets/*",
            "tables/scores.csv",
            SUMMARY,
        ],
    ),
    "a metric more": (
        ("config/presets/tiny.yaml", "metrics: [psnr, ssim]", "metrics: [psnr, ssim, iou]"),
        ["scores/*/noise-*", "*s/synthetic_2d/*", "tables/scores.csv", SUMMARY],
    ),
}


@pytest.fixture(scope="module")
def clone(finished, tmp_path_factory):
    """A copy of the finished run, for edits that are taken back."""
    return runs.copy_folder(finished.folder, tmp_path_factory.mktemp("edits") / "clone")


def made(folder) -> set[str]:
    """Everything that a run makes, below results/tiny."""
    files = {
        f for pattern in ("*/*/**/*.h5", "*/tables/**/*.*") for f in runs.found(folder, pattern)
    }
    files |= set(runs.found(folder, "*/figures/**/*.*")) | set(runs.found(folder, f"*/{SUMMARY}"))
    return {name.removeprefix("tiny/") for name in files}


def chosen(names: set[str], patterns: list[str]) -> set[str]:
    """The names that the patterns take, read in order."""
    taken: set[str] = set()
    for pattern in patterns:
        hit = {n for n in names if fnmatch(n, pattern.removeprefix("!"))}
        taken = taken - hit if pattern.startswith("!") else taken | hit
    return taken


def test_nothing_when_nothing_is_edited(clone):
    assert runs.planned(clone) == set()


@pytest.mark.parametrize(("edit", "patterns"), EDITS.values(), ids=EDITS)
def test_edit(clone, edit, patterns):
    name, old, new = edit
    with edited(clone / name, old, new):
        planned = runs.planned(clone)
    expected = chosen(made(clone) | planned, patterns)
    assert planned == expected
    assert all(any(fnmatch(n, p) for n in planned) for p in patterns if not p.startswith("!"))


def test_summary_and_dry_run_agree(clone):
    """`planned` reads the summary; a dry run counts the same jobs, and `all` beside them."""
    name, old, new = EDITS["a model"][0]
    with edited(clone / name, old, new):
        planned = runs.planned(clone)
        said = runs.snakemake(clone, "tiny", "--dry-run", "--quiet", "host").stdout
    jobs = int(re.search(r"^total +(\d+)$", said, re.MULTILINE)[1])
    assert jobs - 1 == len(planned)


def explain(text: str) -> str:
    """The same code with a docstring in every function, and comments above and behind lines."""
    lines = text.splitlines()
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    for node in sorted(functions, key=lambda n: -n.body[0].lineno):
        first = node.body[0]
        line = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
        if ast.get_docstring(node) is None and line > node.lineno:
            lines.insert(line - 1, " " * first.col_offset + '"""What it does."""')
    explained = ["# A comment above.", "", *lines, "# A comment below."]
    return "\n".join(explained) + "\n"


def test_nothing_when_everything_is_explained(finished, copied):
    folder = copied(finished.folder)
    for file in [*(folder / "workflow").rglob("*.py"), *(folder / "rules").glob("*.smk")]:
        text = file.read_text()
        file.write_text(explain(text) if file.suffix == ".py" else f"# Comment.\n{text}")
        assert file.read_text() != text
    assert runs.planned(folder) == set()


def test_nothing_in_a_fresh_clone_with_the_results_of_another(finished, project, copied):
    """Every source is newer than every result there."""
    folder = copied(project)
    for part in ("results", ".snakemake"):
        runs.copy_folder(finished.folder / part, folder / part)
    for file in folder.rglob("*"):
        if file.is_file() and not {"results", ".snakemake"} & set(file.relative_to(folder).parts):
            file.touch()
    assert runs.planned(folder) == set()


def test_a_lost_fit_is_made_again_when_it_is_needed(finished, copied):
    folder = copied(finished.folder)
    fit = next(iter(runs.found(folder, "*/fits/**/siren-*.h5").values()))
    score = Path(str(fit.parent).replace("/fits/", "/scores/")) / "siren.h5"
    fit.unlink()
    score.unlink()
    assert runs.planned(folder) == set()  # its tables are there, which is all that is wanted
    shutil.rmtree(folder / "results/tiny/tables")
    planned = runs.planned(folder)
    again = {n for n in planned if n.startswith("fits/")}
    assert again == {str(fit.relative_to(folder / "results/tiny"))}
