"""Memory that runs out: tried again alone, then in smaller parts; never a neighbour's fault."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers import trial

from fieldbench.plan.cells.cell import FitSpec, RenderSpec, TaskSpec
from fieldbench.plan.entries.registry import load
from fieldbench.plan.errors import UserError
from fieldbench.training import attempts, device, render
from fieldbench.training.attempts import OWN_DEVICE, alone_if_need_be
from fieldbench.training.device import is_out_of_memory, others_hold
from fieldbench.training.fit import fit

CPU, GPU = torch.device("cpu"), torch.device("cuda")
GIB = 2**30
# While the neighbour is there, this process may grow by so many bytes only.
BESIDE_A_NEIGHBOUR = """
import hashlib, json, resource, sys
from helpers import trial
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.cells.cell import FitSpec
from fieldbench.training.fit import fit
where, asked = Domain(2, 1, (400, 400)), []
seen = trial.observed(trial.smooth(where.shape))
small, large = (
    FitSpec.of(trial.plan_of("siren", where, steps=2, evaluations=1, points_at_once=n))
    for n in (256, 160_000)
)

def limit(extra):
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (hard if extra is None else held + extra, hard))

class Shared:
    def be_alone(self):
        asked.append(True)
        limit(None)
        return True

fit(seen, small, sys.argv[2])
if sys.argv[1] != "none":
    limit(4_000_000)
result = fit(seen, large, sys.argv[2], Shared())
made = result.arrays.get("reconstruction")
digest = None if made is None else hashlib.sha256(made.tobytes()).hexdigest()
print("facts", json.dumps({**result.facts, "asked": len(asked), "digest": digest}))
"""


class Slot:
    """A job's place on a device, which answers as a function does whether it was shared."""

    def __init__(self, shared):
        self.be_alone, self.facts = shared, dict


def facts(neighbour, checkpoint):
    told = trial.python(BESIDE_A_NEIGHBOUR, neighbour, checkpoint).stdout.splitlines()
    (line,) = [line for line in told if line.startswith("facts ")]
    return json.loads(line.removeprefix("facts "))


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_a_neighbour_that_had_the_memory_leaves_no_trace_in_a_fit(tmp_path):
    undisturbed = facts("none", tmp_path / "checkpoint")
    assert undisturbed.pop("asked") == 0 and undisturbed["status"] == "ok"
    beside = facts("leaves", tmp_path / "checkpoint")
    assert beside.pop("asked") == 1
    assert beside == undisturbed


def test_work_that_succeeds_or_was_alone_all_the_time_is_done_once():
    done = []

    def work():
        done.append(True)
        raise torch.OutOfMemoryError("CUDA out of memory.")

    assert alone_if_need_be(lambda: 7, CPU, Slot(lambda: pytest.fail("it had enough"))) == 7
    assert alone_if_need_be(work, CPU, OWN_DEVICE) is None and len(done) == 1


def test_libraries_of_cuda_run_out_of_memory_in_other_words():
    for text in ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)",
                 "cuDNN error: CUDNN_STATUS_ALLOC_FAILED", "CUDA_ERROR_OUT_OF_MEMORY"):  # fmt: skip
        assert is_out_of_memory(RuntimeError(text))
    assert not is_out_of_memory(RuntimeError("CUBLAS_STATUS_EXECUTION_FAILED"))


@pytest.mark.parametrize(
    ("total", "free", "ours", "others"),
    [
        (141, 60, 80, 0),  # what is missing is this process's own context
        (141, 40, 80, 21),
        (8, 1, 6, 0),  # a desktop's screen
        (24, 10, 10, 4),
    ],
)
def test_what_other_programs_hold_of_a_gpu(monkeypatch, total, free, ours, others):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (free * GIB, total * GIB))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _: ours * GIB)
    assert others_hold(GPU) == others * GIB
    if others:
        with pytest.raises(UserError, match=f"other programs hold {others}.0 GiB"):
            attempts.must_be_ours(GPU)
    else:
        attempts.must_be_ours(GPU)


def test_memory_that_others_hold_is_never_recorded(monkeypatch, tmp_path):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    where = trial.place(2)
    seen = trial.observed(trial.smooth(where.shape))
    plan = FitSpec.of(trial.plan_of("siren", where))
    monkeypatch.setattr(load("models", "siren"), "fused", full)
    monkeypatch.setattr(attempts, "others_hold", lambda _: 3 * GIB)
    with pytest.raises(UserError, match="name other GPUs"):
        fit(seen, plan, tmp_path / "checkpoint")
    monkeypatch.setattr(attempts, "others_hold", device.others_hold)
    asked = iter([True])
    found = fit(seen, plan, tmp_path / "checkpoint", Slot(lambda: next(asked)))
    assert found.facts["status"] == "out-of-memory" and not list(asked)


def rendered(monkeypatch, failures, shared):
    """A fit asked for a lattice twice as fine, where memory runs out so many times."""
    where = trial.place(2)
    spec = FitSpec.of(trial.plan_of("siren", where))
    done = fit(trial.observed(trial.smooth(where.shape)), spec, "no-checkpoint")
    left, compute = [True] * failures, render.reconstruct

    def reconstruct(*given):
        if left:
            left.pop()
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return compute(*given)

    monkeypatch.setattr(render, "reconstruct", reconstruct)
    finer = tuple(2 * side for side in where.shape)
    cell = replace(spec.cell, task="upscale")
    asked = RenderSpec(cell, TaskSpec("upscale", {}), spec, finer, "1")
    known = done.facts | {"format": 1, "kind": "fit"}
    return render.render(done.arrays, known, asked, Slot(shared))


def test_values_elsewhere_that_ran_out_of_memory_beside_others_are_computed_alone(monkeypatch):
    undisturbed = rendered(monkeypatch, 0, lambda: pytest.fail("it had enough"))
    beside = rendered(monkeypatch, 1, lambda: True)
    assert beside.facts == undisturbed.facts and beside.facts["status"] == "ok"
    made = (one.arrays["reconstruction"] for one in (beside, undisturbed))
    assert np.array_equal(*made)
    alone = rendered(monkeypatch, 2, lambda: True)
    assert alone.facts["status"] == "out-of-memory" and "reconstruction" not in alone.arrays
