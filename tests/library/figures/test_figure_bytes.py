"""Every figure and table is the same bytes for the same numbers."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from helpers import samples

from fieldbench.figures import convergence, curves, gallery, gaps, heatmap, sheet, surfaces
from fieldbench.figures.parts import style
from fieldbench.numerics.bootstrap import interval
from fieldbench.tables import scores_by_model
from fieldbench.tables import summary as whole
from fieldbench.tables.parts.means import summarise

GRID = {"represent": "grid"}
ROOT = Path(__file__).resolve().parents[3]


def digests(folder, shuffle):
    """Digests of one of each figure in each format, and of the tables."""
    rows = samples.scores(samples.MODELS[:8], labels=[1, 5, 9], seeds=3, failures=True)
    steps = samples.history(samples.MODELS[:4], labels=[1, 5], seeds=3)
    if shuffle:
        rows, steps = rows.sample(frac=1, random_state=1), steps.sample(frac=1, random_state=1)
    look, truth = samples.styles(), samples.picture((48, 48))
    made = samples.reconstructions(truth, samples.MODELS[:3])
    body = samples.picture((12, 12, 12))
    figures = {
        "heatmap": heatmap.draw(rows, samples.PSNR, look),
        "curves": curves.draw(rows, samples.PSNR, look),
        "gaps": gaps.draw(rows, samples.PSNR, look, GRID, interval),
        "convergence": convergence.draw(steps, look),
        "gallery": gallery.draw(truth, None, made, {}, [samples.PSNR], look, "A picture"),
        "sheet": sheet.draw(
            truth, {(m, 100): v for m, v in made.items()}, {}, samples.PSNR, look, "A picture"
        ),
        "surfaces": surfaces.draw(body, {"grid": body}, {}, [samples.PSNR], look, "A body"),
    }
    found = {}
    for name, drawn in figures.items():
        for suffix in ("pdf", "svg", "png"):
            path = Path(folder) / f"{name}.{suffix}"
            style.save(drawn, path)
            found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    summary = summarise(rows, [samples.PSNR, samples.SSIM], interval, GRID)
    found["csv"] = whole.to_csv(summary)
    found["latex"] = scores_by_model.to_latex(summary, samples.PSNR, look)
    return found


def test_two_processes_write_the_same_bytes(tmp_path):
    runs = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        code = (
            "import json, sys; from library.figures import test_figure_bytes as t; "
            f"print(json.dumps(t.digests({str(folder)!r}, {seed == '2'})))"
        )
        env = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "workflow"), str(ROOT / "tests")]),
        }
        runs.append(subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE))
    first, second = (run.communicate()[0] for run in runs)
    assert first and first == second
