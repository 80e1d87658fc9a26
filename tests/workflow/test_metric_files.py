"""A metric that reads a network's weights, and one with parts, through a real run."""

import csv
import shutil

import numpy as np
import yaml
from helpers import backbones, runs

from fieldbench.plan.entries.registry import load
from fieldbench.results import store

PRESET = {
    "training": {"steps": 30, "evaluations": 2},
    "signals": {"star": {"length": 40}, "noise": {"kind": "bandlimited", "length": 20}},
    "studies": {
        "main": {
            "question": "Do metrics get what they need?",
            "signals": ["star", "noise"],
            "models": ["grid"],
            "budgets": [300],
            "metrics": ["psnr", "psnr-rings", "lpips-squeeze"],
        }
    },
}
SCORES = "results/needy/tables/main/scores.csv"
HEATMAP = "results/needy/figures/main/heatmaps/represent/star-psnr-rings.png"


def test_metrics_get_their_files_and_parts_become_columns(copied, project, tmp_path):
    folder = copied(project)
    (folder / "needy.yaml").write_text(yaml.safe_dump(PRESET))
    weights = folder / "results/downloads/lpips/squeezenet1_1-b8a52dc0.pth"
    weights.parent.mkdir(parents=True)
    shutil.copy(backbones.file("squeeze", tmp_path), weights)
    runs.run(folder, "needy.yaml", SCORES, HEATMAP)

    with open(folder / SCORES, newline="") as file:
        rows = {(row["signal"], row["model"]): row for row in csv.DictReader(file)}
    metrics = {m: load("metrics", m) for m in ("psnr-rings", "lpips-squeeze")}
    rings, lpips = metrics["psnr-rings"](), metrics["lpips-squeeze"](files=(weights,))
    for signal in ("star", "noise-s1234"):
        truth, found = (
            store.read(folder / f"results/needy/{name}.h5", kind)[0][values].astype(np.float64)
            for name, kind, values in (
                (f"signals/{signal}", "signal", "values"),
                (f"fits/represent/{signal}/grid-300-s1234", "fit", "reconstruction"),
            )
        )
        row, found = rows[signal, "grid"], np.clip(found, 0, 1)
        assert float(row["lpips-squeeze"]) == lpips.score(truth, found)
        expected = rings.score(truth, found) if signal == "star" else dict.fromkeys("19", "")
        for part, value in expected.items():
            assert row[f"psnr-rings-{part}"] == str(value)
    assert (folder / HEATMAP).stat().st_size > 10_000
