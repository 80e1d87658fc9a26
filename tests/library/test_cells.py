"""A preset planned into cells."""

import json
import time
from collections import Counter

import pytest
import yaml
from helpers import trial

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.files import cell_name
from fieldbench.plan.jobs.lookups import Lookups

PRESET = """
signals:
  noise: {kind: bandlimited, length: 16, label: [5, 7, 9]}
  one-noise: {kind: bandlimited, length: 16}
  fixed-noise: {kind: bandlimited, length: 16, seed: 7}
  photo: {length: 18}
models: {small-ffn: {kind: ffn, features: 16}}
studies:
  labels:
    question: One?
    signals: [noise]
    models: [grid, small-ffn]
    budgets: [30, 500]
    seeds: [1, 2]
    metrics: [psnr, ssim]
  tasks:
    question: Two?
    tasks: [represent, super-resolve, denoise]
    signals: [photo, fixed-noise, one-noise]
    models: [grid]
    budgets: [500, 800]
    seeds: [1, 2]
"""
PLAN_ONLY = """
import json, sys
from fieldbench.plan.jobs.run import Run
run = Run({"preset": sys.argv[1]})
heavy = [m for m in ("numpy", "torch", "h5py", "pandas", "matplotlib") if m in sys.modules]
print(json.dumps({"fits": len(run.cells.fits), "heavy": heavy}))
"""


@pytest.fixture
def run(plan):
    return plan(PRESET)


def test_every_combination_is_a_cell(run):
    """3 labels x 2 seeds, of a grid at 2 budgets, an FFN at 1 of 2, and 2 controls."""
    cells = run.cells.studies["labels"]
    assert Counter(c.model for c in cells) == {
        "grid": 12, "small-ffn": 6, "constant": 6, "oracle": 6,
    }  # fmt: skip
    assert len(set(cells)) == len(cells)
    assert {c.signal for c in cells} == {f"noise-b{b}-s{s}" for b in (5, 7, 9) for s in (1, 2)}
    assert Cell("represent", "noise-b5-s2", "grid", 500, 2) in cells


def test_random_signals_are_paired_with_the_seed_of_the_fit(run):
    for cell in run.cells.fits:
        signal = run.cells.signals[cell.signal]
        if signal.family in ("noise", "one-noise"):
            assert cell.signal.endswith(f"-s{cell.seed}")
            assert signal.seed == signal.settings["seed"] == cell.seed
        else:
            assert signal.seed is None


def test_controls_run_once_a_task_and_realisation(run):
    controls = [c for c in run.cells.studies["tasks"] if c.model in ("constant", "oracle")]
    assert all(c.budget == 0 for c in controls)
    counts = Counter((c.task, c.signal, c.model) for c in controls)
    assert set(counts.values()) == {1}
    shown = Counter(c.signal for c in controls if c.model == "oracle")
    # The photo is not divisible by 4, 17 is not either: no super-resolve of any.
    assert shown == {"photo": 2, "fixed-noise": 2, "one-noise-s1": 2, "one-noise-s2": 2}


def test_dropped_cells_carry_their_reason(run):
    small = [(c, why) for study, c, why in run.cells.dropped if study == "labels"]
    assert len(small) == 3 * 2
    assert {(c.model, c.budget) for c, _ in small} == {("small-ffn", 30)}
    assert {why for _, why in small} == {"the smallest ffn has 39 parameters"}
    whole = [(c, why) for study, c, why in run.cells.dropped if study == "tasks"]
    assert {c.task for c, _ in whole} == {"super-resolve"}
    # Grids of 2 budgets at 2 seeds of 3 signals; 2 controls of 4 realisations.
    assert len(whole) == 2 * 2 * 3 + 2 * 4
    reasons = {c.signal: why for c, why in whole}
    assert reasons["photo"] == "super-resolve needs sides that 4 divides, not 18 x 18"


def test_kept_and_dropped_are_all_there_is(run):
    for study, cells in run.cells.studies.items():
        dropped = [c for name, c, _ in run.cells.dropped if name == study]
        assert not set(dropped) & set(cells)
        assert set(cells) <= set(run.cells.fits)
    assert set(run.cells.fits) == {c for cells in run.cells.studies.values() for c in cells}


def test_studies_share_a_cell(plan):
    preset = yaml.safe_load(PRESET)
    preset["studies"]["again"] = preset["studies"]["labels"] | {"metrics": ["iou"]}
    both = plan(yaml.safe_dump(preset))
    shared = both.cells.studies["again"]
    assert shared == both.cells.studies["labels"]
    assert len(both.cells.fits) == len(plan(PRESET).cells.fits)
    assert both.params.score(shared[:1])["cells"][0]["metrics"] == ["iou", "psnr", "ssim"]


def test_cells_of_a_model_on_a_signal_are_scored_together(plan):
    """Each with the metrics of its own studies; a table takes those of its study alone."""
    preset = yaml.safe_load(PRESET)
    preset["studies"]["again"] = {
        "question": "?", "signals": ["photo"], "models": ["grid"], "budgets": [500, 600],
        "seeds": [2], "metrics": ["ssim"],
    }  # fmt: skip
    run = plan(yaml.safe_dump(preset))
    (cell,) = (c for c in run.cells.studies["again"] if c.budget == 500)
    together = next(cells for cells in run.files.scored_together if cell in cells)
    given = run.params.score(together)
    assert [f"{c['budget']}-{c['seed']} {' '.join(c['metrics'])}" for c in given["cells"]] == [
        "500-1 psnr", "500-2 psnr ssim", "600-2 ssim", "800-1 psnr", "800-2 psnr"
    ]  # fmt: skip
    assert list(given["metrics"]) == ["psnr", "ssim"]
    files = run.files.scores(run.cells.studies["again"])
    named = dict(zip(files, run.params.tidy("again", "scores")["cells"], strict=True))
    assert named[run.files.score(cell)] == ["500-s2", "600-s2"]
    assert [len(names) for names in named.values()] == [2, 1, 1]  # the grid and the controls


STAR = """
signals:
  star: {length: 32}
  noise: {kind: bandlimited, length: 32, label: [8, 9]}
  tiny-star: {kind: star, length: 12}
  solid: {length: 12}
studies:
  rings:
    question: Rings?
    signals: [noise, star, tiny-star, solid]
    models: [grid]
    budgets: [100]
    metrics: [psnr, psnr-rings, lpips-vgg]
"""


def test_a_metric_is_taken_where_it_is_defined(plan):
    """Rings of a star with room for nine; LPIPS of pictures of 16 samples a side."""
    run = plan(STAR)
    found = {c.signal: run.params.score([c]) for c in run.cells.fits}
    assert found["star"]["metrics"] == {"lpips-vgg": ["lpips-vgg"], "psnr": [], "psnr-rings": []}
    assert list(found["noise-b8-s1234"]["metrics"]) == ["lpips-vgg", "psnr"]
    assert list(found["tiny-star"]["metrics"]) == list(found["solid"]["metrics"]) == ["psnr"]


def test_parts_are_columns_and_have_a_heatmap_without_labels(plan):
    run = plan(STAR)
    columns = run.params.tidy("rings", "scores")["metrics"]
    assert columns == ["psnr", *(f"psnr-rings-{n}" for n in range(1, 10)), "lpips-vgg"]
    heatmaps = {t for t in run.targets.of("rings") if "heatmaps" in t and t.endswith(".png")}
    assert {t.rsplit("/", 1)[1] for t in heatmaps} == {
        "noise-psnr.png", "noise-lpips-vgg.png", "star-psnr-rings.png",
    }  # fmt: skip
    metric = run.params.metric("psnr-rings")
    assert list(metric["parts"]) == list("123456789") and metric["part_name"] == "ring"
    assert "parts" not in run.params.metric("psnr")


@pytest.mark.parametrize(
    ("signal", "metric"), [("photo: {length: 40}", "psnr-rings"), ("solid: {length: 20}", "ssim")]
)
def test_a_metric_for_none_of_the_signals_is_refused(plan, signal, metric):
    study = {"question": "?", "signals": [signal.split(":")[0]], "models": ["grid"],
             "budgets": [100], "metrics": [metric]}  # fmt: skip
    preset = {"signals": yaml.safe_load(signal), "studies": {"main": study}}
    with pytest.raises(UserError, match=f"{metric} is not defined for any of its signals"):
        plan(yaml.safe_dump(preset))


def test_names_of_cells_are_unique_and_found_again(run):
    names = {cell_name(c): c for c in run.cells.fits}
    assert len(names) == len(run.cells.fits)
    for cell in run.cells.fits:
        wildcards = {k: str(v) for k, v in vars(cell).items()}
        assert Lookups("fit", run).job(wildcards).subject == cell
        assert run.files.fit(cell) == run.paths.fit.format(**vars(cell))
        assert run.files.score(cell) == run.paths.score.format(**vars(cell))
        assert cell in Lookups("score", run).job(wildcards).subject


def test_oracle_sees_the_whole_signal_and_others_what_the_task_shows(run):
    for cell in run.cells.fits:
        sees = "represent" if cell.model == "oracle" else cell.task
        assert run.files.observation(cell) == f"results/mine/observations/{sees}/{cell.signal}.h5"


def test_parameters_of_jobs_are_plain_and_hold_no_path_of_the_results(run):
    cell = run.cells.studies["labels"][0]
    for given in (
        run.params.signal(cell.signal), run.params.observation("represent", cell.signal),
        run.params.fit(cell), run.params.score([cell]), run.params.tidy("labels", "scores"),
    ):  # fmt: skip
        assert "results" not in json.dumps(given)


def large_preset():
    """More than ten thousand cells."""
    study = {
        "question": "Many?", "signals": ["noise", "photo"], "models": ["grid", "siren", "ffn"],
        "tasks": ["represent", "denoise", "inpaint"], "seeds": list(range(60)),
        "budgets": [3000, 5000, 10_000, 20_000, 40_000, 80_000],
    }  # fmt: skip
    noise = {"kind": "bandlimited", "label": list(range(1, 4)), "length": 1000}
    return {"signals": {"noise": noise, "photo": {}}, "studies": {"main": study}}


def test_ten_thousand_cells_are_planned_in_seconds_and_nothing_heavy_is_loaded(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_text(yaml.safe_dump(large_preset()))
    began = time.monotonic()
    told = json.loads(trial.python(PLAN_ONLY, file).stdout)
    assert time.monotonic() - began < 10
    assert told["heavy"] == []
    assert told["fits"] > 10_000
