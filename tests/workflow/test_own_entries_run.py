"""A model, a metric and a basis from outside the project go through a whole run."""

import csv

from helpers import own_entries, runs

PRESET = """
training: {steps: 5, evaluations: 2}
signals: {photo: {length: 16}}
models: {kan-my-basis: {hidden_layers: 1}}
studies:
  own:
    question: Do own entries work?
    signals: [photo]
    models: [grid, my-model, kan-my-basis]
    budgets: [600]
    metrics: [psnr, my-metric]
"""


def test_own_entries_are_compared_like_any_other(project, tmp_path):
    folder = runs.copy_folder(project, tmp_path / "own")
    for kind, name in (("models", "my-model"), ("metrics", "my-metric"), ("bases", "my-basis")):
        own_entries.write(folder / "entries", kind, name)
    (folder / "own.yaml").write_text(PRESET)
    runs.run(folder, "own.yaml", config=("entries=entries",))
    with open(folder / "results/own/tables/scores.csv") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    assert {"grid", "my-model", "kan-my-basis"} <= rows.keys()
    assert all(float(row["my-metric"]) >= 0 for row in rows.values())
    assert "My metric" in (folder / "results/own/tables/own/my-metric.md").read_text()
    # An edit makes its own fits anew and leaves others alone.
    file = folder / "entries/models/my_model.py"
    file.write_text(file.read_text().replace("hidden_layers: int = 1", "hidden_layers: int = 2"))
    done = runs.run(folder, "own.yaml", "-n", "--quiet", "host", config=("entries=entries",))
    fits = [line for line in done.stdout.splitlines() if line.startswith("Job ") and "fit" in line]
    assert any("my-model" in line for line in fits)
    assert not any("grid" in line or "kan-my-basis" in line for line in fits)
