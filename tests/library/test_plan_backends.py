"""Which backend a fit is planned with, and what is said where it can not be had."""

import pytest
from helpers import declared

from fieldbench.plan.cells import backends
from fieldbench.plan.errors import UserError


def by(backend, tasks=("represent",), models=("grid",)):
    """A preset whose grid is computed by a backend."""
    study = {"question": "Which?", "signals": ["noise"], "models": list(models), "budgets": [500]}
    return {
        "signals": {"noise": {"kind": "bandlimited", "length": 16}},
        "models": {"grid": {"backend": backend}},
        "studies": {"main": study | {"tasks": list(tasks)}},
    }


def test_backend_that_is_not_installed(plan, monkeypatch):
    declared.change(monkeypatch, "models", "grid", backends=("tinycudann",))
    with pytest.raises(UserError, match="not installed") as caught:
        plan(by("tinycudann"))
    assert "gpu.yaml" in caught.value.todo


@pytest.fixture
def backends_here(monkeypatch):
    """A model of two backends, and both packages there."""
    both, flat = ("torch", "tinycudann"), {"tinycudann": (2,)}
    declared.change(monkeypatch, "models", "grid", backends=both, backend_dims=flat)
    monkeypatch.setattr(backends, "find_spec", lambda name: name)


def chosen(run):
    return {s.model.backend for s in run.cells.fits.values() if s.model.kind == "grid"}


@pytest.mark.parametrize(("device", "backend"), [("cpu", "torch"), ("cuda", "tinycudann")])
def test_auto_is_the_package_where_its_device_is(plan, backends_here, device, backend):
    run = plan(by("auto") | {"device": device})
    assert chosen(run) == {backend}
    assert ("grid by tinycudann" in run.summary()) == (backend == "tinycudann")
    (fit, *_) = (run.params.fit(cell) for cell in run.cells.fits if cell.model == "grid")
    assert fit["model"]["backend"] == backend


def test_backend_without_its_device(plan, backends_here):
    with pytest.raises(UserError, match="needs an NVIDIA device"):
        plan(by("tinycudann") | {"device": "cpu"})


def test_backend_that_does_not_do_the_dimensions(plan, backends_here, monkeypatch):
    declared.change(monkeypatch, "models", "grid", backend_dims={"tinycudann": (3,)})
    with pytest.raises(UserError, match="by tinycudann does no 2D"):
        plan(by("tinycudann") | {"device": "cuda"})
    run = plan(by("auto") | {"device": "cuda"})
    assert chosen(run) == {"torch"}


def test_what_a_gpu_run_does_on_the_cpu_is_said(plan):
    preset = by("torch", models=["gsplat-2d", "grid"])
    assert "gsplat-2d drawn on the CPU" in plan(preset | {"device": "cuda"}).summary()
    assert "drawn on the CPU" not in plan(preset | {"device": "cpu"}).summary()


@pytest.mark.parametrize("asked", ["tinycudann", "auto"])
def test_a_backend_without_derivatives_does_no_task_that_takes_them(plan, backends_here, asked):
    """A file would name the package where another had computed."""
    run = plan(by(asked, tasks=["represent", "poisson-gradient"]) | {"device": "cuda"})
    used = {c.task: s.model.backend for c, s in run.cells.fits.items() if s.model.kind == "grid"}
    told = [why for _, cell, why in run.cells.dropped if cell.model == "grid"]
    if asked == "auto":
        assert used == {"represent": "tinycudann", "poisson-gradient": "torch"} and not told
    else:
        assert used == {"represent": "tinycudann"}
        assert told == [
            "grid by tinycudann has no derivatives in its coordinates, which poisson-gradient of "
            f"{run.cells.dropped[0][1].signal} asks for"
        ]
