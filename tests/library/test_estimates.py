"""What a fit may take: enough for a cluster to grant, and in proportion."""

import pytest

from fieldbench.plan.cells import backends
from fieldbench.plan.cells.cell import ModelSpec, TaskSpec
from fieldbench.plan.cells.signals import SignalPlan
from fieldbench.plan.config.models import Training
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, solve
from fieldbench.plan.jobs import estimates

SIGNAL = SignalPlan("square", "square", "photo", {}, (100, 100), 1, None)
DOMAIN = Domain(2, 1, (100, 100))


def planned(name, budget=10_000):
    model = registry.declare("models", name)
    size = solve(model, budget, DOMAIN, {}, "exact")
    return ModelSpec(name, {}, size, count(model, size, DOMAIN, {}), 1e-3, "torch")


def work(name, budget=10_000, **changes):
    training = backends.training(Training(**changes), "cpu")
    evaluated = estimates.evaluations(SIGNAL, training, TaskSpec("represent", {}))
    return estimates.work(DOMAIN, planned(name, budget), training, evaluated)


def test_work_is_the_arithmetic_and_what_steps_cost():
    assert work("constant") == work("oracle") == 0
    siren = planned("siren")
    dense = 6 * siren.parameters * 100 * 100 * 1000
    assert work("siren") == pytest.approx(dense, rel=0.1)
    assert work("grid") < work("siren") / 10, "a grid touches few of its numbers at a point"
    assert work("gsplat") > 0, "a model that cannot count is planned all the same"


def test_work_follows_steps_batches_and_budgets():
    assert work("siren", steps=3000) == pytest.approx(3 * work("siren"))
    assert work("siren", batch=1000) < work("siren") / 5
    assert work("siren", 100_000) > 8 * work("siren")


def test_scores_ask_for_what_their_hungriest_metric_takes():
    large = SignalPlan("large", "large", "photo", {}, (1000, 1000), 3, None)
    asked = {
        metrics: estimates.score_memory_mb(large, metrics, 1)
        for metrics in [(), ("psnr",), ("lpips-alex",), ("lpips-vgg",), ("psnr", "lpips-vgg")]
    }
    assert asked[()] == asked["psnr",] < asked["lpips-alex",] < asked["lpips-vgg",]
    assert asked["psnr", "lpips-vgg"] == asked["lpips-vgg",] < 4000


def test_minutes_of_scores_go_by_the_fits_and_by_what_their_metrics_take():
    large = SignalPlan("large", "large", "photo", {}, (1000, 1000), 3, None)
    slow, quick = (
        [estimates.score_minutes(large, metrics, fits, 1) for fits in (1, 9)]
        for metrics in (["psnr", "lpips-vgg"], ["psnr", "lpips-squeeze"])
    )
    assert slow[1] - 10 > 8 * (slow[0] - 10) > 0, "each fit goes through the network"
    assert quick[0] == quick[1] == 10, "small networks are done while others start"


def test_more_is_asked_for_at_each_attempt():
    for ask in (
        lambda attempt: estimates.score_memory_mb(SIGNAL, ["psnr"], attempt),
        lambda attempt: estimates.memory_mb(SIGNAL, planned("siren"), attempt),
        lambda attempt: estimates.score_minutes(SIGNAL, ["psnr"], 1, attempt),
        lambda attempt: estimates.runtime_minutes(30.5, attempt),
    ):
        assert ask(2) == 2 * ask(1) >= 20


def test_fits_of_like_length_share_a_job_and_long_ones_have_their_own():
    minutes = [0.0, 0.5, 1, 1.1, 14, 15, 15.1, 600]
    groups = [estimates.group(m) for m in minutes]
    assert groups == ["seconds"] * 3 + ["minutes"] * 3 + [None] * 2
    asked = [estimates.runtime_minutes(m, 1) for m in minutes]
    assert asked == sorted(asked) and all(a > m + 2 for a, m in zip(asked, minutes, strict=True))


def test_a_gpu_is_expected_to_be_faster():
    on_cpu, on_gpu = (estimates.minutes(1e15, device) for device in ("cpu", "cuda"))
    assert 0 < on_gpu < on_cpu


def test_a_mesh_takes_more_than_its_voxels():
    asked = {
        mesh: estimates.signal_memory_mb(
            SignalPlan("d", "d", "dragon", {"mesh": mesh, "reduced": 4}, (37, 26, 17), 1, None), 1
        )
        for mesh in ("126k", "volume")
    }
    assert asked["volume"] < 1100 < 2000 < asked["126k"] < 3000


def test_jobs_that_train_nothing_ask_by_what_they_hold():
    large = SignalPlan("large", "large", "photo", {}, (1356, 2040), 3, None)
    for ask in (
        estimates.signal_memory_mb,
        estimates.observation_memory_mb,
        estimates.picture_memory_mb,
    ):
        assert ask(SIGNAL, 1) < ask(large, 1) < 4000
        assert ask(large, 2) == 2 * ask(large, 1)
    assert estimates.table_memory_mb(8, 1) < estimates.table_memory_mb(5000, 1) < 2000
