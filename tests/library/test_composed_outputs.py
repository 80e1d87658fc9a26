"""Which tables and figures studies of composed models get, and that others get none of them."""

import pytest

from fieldbench.plan.config.presets import CONFIG
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.jobs.lineage import Lineage
from fieldbench.plan.targets import compositions
from fieldbench.plan.targets.targets import Targets

PRESET = """
signals:
  photo: {length: 8}
  star: {length: 16}
  noise: {kind: bandlimited, dims: 1, length: 16}
  balls: {kind: spheres, dims: 3, length: 6}
models:
  own: {kind: mlp-rff-sine, sigma: 2.0}
studies:
  many:
    question: Which?
    tasks: [represent, poisson-laplacian]
    signals: [photo, noise, star]
    models: [{mlp: [[identity, rff], [relu, sine]]}, {kan: [[fourier, taylor]]}, own, grid]
    budgets: [3000]
    metrics: [psnr-rings, ssim, psnr]
  plain:
    question: And these?
    signals: [photo]
    models: [grid, mlp-rff-sine]
    budgets: [3000]
  bodies:
    question: And of bodies?
    signals: [balls]
    models: [{mlp: [[identity], [relu, sine]]}]
    budgets: [3000]
    metrics: [iou, psnr]
"""


@pytest.fixture
def run(plan):
    return plan(PRESET)


def params(run, path):
    """What the job of a figure or a table is given."""
    return run.jobs[f"{run.paths.root}/{path}"].params


def below(run, study, folder, kind="figures", suffix=".png"):
    start = f"{run.paths.root}/{kind}/{study}/{folder}/"
    found = {t.removeprefix(start) for t in run.targets.of(study) if t.startswith(start)}
    return {name.removesuffix(suffix) for name in found if name.endswith(suffix)}


def test_models_are_ranked_by_the_first_metric_that_is_one_number(run):
    ranked = {"represent/ssim", "poisson-laplacian/ssim"}  # of rings there are nine
    assert below(run, "many", "rankings", "tables", ".md") == ranked
    assert below(run, "many", "rankings", "tables", ".csv") == ranked
    assert below(run, "bodies", "rankings", "tables", ".tex") == {"represent/iou"}


def test_every_number_is_drawn_part_against_part_and_the_lead_against_costs(run):
    drawn = {f"represent/{f}-{m}" for f in ("photo", "star") for m in ("ssim", "psnr")}
    drawn |= {f"poisson-laplacian/{f}-{m}" for f in ("photo", "star") for m in ("ssim", "psnr")}
    drawn |= {"represent/noise-psnr"}  # of a line there is no SSIM, and no Laplacian of a picture
    assert below(run, "many", "compositions") == below(run, "many", "bases") == drawn
    led = {name for name in drawn if name.endswith("-ssim")}
    assert below(run, "many", "sizes") == below(run, "many", "timings") == led


def test_one_encoding_is_no_grid_and_no_basis_no_chart(run):
    assert not below(run, "bodies", "compositions") and not below(run, "bodies", "bases")
    assert below(run, "bodies", "sizes") == {"represent/balls-iou"}


def test_a_study_of_one_composed_model_gets_none(run):
    for folder in ("compositions", "bases", "sizes", "timings"):
        assert not below(run, "plain", folder)
    assert not below(run, "plain", "rankings", "tables", ".md")


def test_names_are_those_of_parts(run):
    style = params(run, "tables/many/rankings/represent/ssim.md")["style"]
    assert style["models"]["mlp-rff-sine"]["name"] == "RFF · Sine"
    assert style["models"]["kan-fourier"]["name"] == "KAN · Fourier"
    assert "own" not in style["models"]  # which has a name already
    assert params(run, "figures/plain/curves-psnr.pdf")["style"] == run.style


def test_what_a_model_is_made_of():
    made = compositions.made_of("mlp-fkan-layer-scaled-sine")
    assert made == {"models": "mlp", "encodings": "fkan-layer", "activations": "scaled-sine"}
    assert compositions.made_of("siren") == compositions.made_of("mine") == {}


def test_the_overview_has_a_column_a_study_and_task(run):
    columns = params(run, "figures/overview.pdf")["plan"]["columns"]
    assert columns == [
        ["many", "represent", "ssim"],
        ["many", "poisson-laplacian", "ssim"],
        ["bodies", "represent", "iou"],
    ]
    assert {path.rsplit("/", 2)[1] for path in run.targets.overview} == {"tables", "figures"}
    assert len(run.jobs[run.targets.overview[0]].files) == 2


def test_a_preset_without_composed_models_has_no_overview(plan):
    assert plan(read_yaml(CONFIG / "presets/tiny.yaml")).targets.overview == []


def test_what_is_impossible_has_its_reason_once(run):
    pairs = params(run, "tables/many/rankings/represent/ssim.md")["plan"]["impossible"]
    told = {(p["task"], p["family"], p["model"]): p["reason"] for p in pairs}
    assert len(told) == len(pairs)
    assert "second derivatives" in told["poisson-laplacian", "photo", "mlp-rff-relu"]
    assert "image" in told["poisson-laplacian", "noise", "mlp-rff-sine"]


def test_of_too_many_models_at_one_budget_there_are_no_clouds(run):
    names = {t.rsplit("/", 1)[1] for t in run.targets.of("many")}
    assert {"curves-psnr.pdf", "timings.pdf", "convergence.pdf"} <= names  # eight are not too many
    run.style = run.style | {"readable": 7}
    run.targets = Targets(run)
    names = {t.rsplit("/", 1)[1] for t in run.targets.of("many")}
    assert not {"curves-psnr.pdf", "gaps-psnr.pdf", "timings.pdf"} & names
    assert {"convergence.pdf", "psnr.md"} <= names


def test_every_product_is_known_with_what_it_is_made_of(run):
    products = Lineage(run)
    for path in (*run.targets.of("many"), *run.targets.overview):
        product = products.find(path)
        assert product.inputs and product.script
    of = {p.path: p for p in products.files.values()}
    root = run.paths.root
    tables = [run.files.tidy(study, "scores") for study in ("many", "bodies")]
    ranking = of[f"{root}/tables/many/rankings/represent/ssim.md"]
    assert ranking.job.subject.entry == "rankings" and len(ranking.inputs) == 2
    assert (
        of[f"{root}/figures/many/timings/represent/photo-ssim.pdf"].job.subject.entry == "seconds"
    )
    assert of[f"{root}/figures/many/timings.pdf"].job.subject.entry == "timings"
    assert of[f"{root}/figures/overview.pdf"].inputs == tuple(tables)
