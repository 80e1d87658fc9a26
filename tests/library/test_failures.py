"""What fails as expected is a status with its reason; everything else raises."""

import json
import math
import sys

import pytest
import torch
from helpers import trial

from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.entries.registry import load
from fieldbench.results import store
from fieldbench.training.device import is_out_of_memory
from fieldbench.training.fit import fit

WHERE = trial.place(2)
TRUTH = trial.smooth(WHERE.shape)
# A first fit loads what is loaded late; then this process may grow by so many bytes only.
WITH_LITTLE_MEMORY = """
import json, resource, sys
from helpers import trial
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.cells.cell import FitSpec
from fieldbench.training.fit import fit
where = Domain(2, 1, (400, 400))
seen = trial.observed(trial.smooth(where.shape))
small, large = (
    FitSpec.of(trial.plan_of("siren", where, steps=2, evaluations=1, points_at_once=n))
    for n in (256, 160_000)
)
fit(seen, small, sys.argv[2])
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
result = fit(seen, large, sys.argv[2])
print("facts", json.dumps({**result.facts, "arrays": sorted(result.arrays)}))
"""


def fitted(name, seen=None, checkpoint="none", **changes):
    """The result of a real fit of the trial picture."""
    plan = FitSpec.of(trial.plan_of(name, WHERE, **changes))
    return fit(seen or trial.observed(TRUTH), plan, checkpoint)


@pytest.mark.parametrize("name", ["grid", "ffn"])
def test_divergence_is_a_status_with_its_reason(name, tmp_path):
    result = fitted(name, rate=1e30)
    assert result.facts["status"] == "diverged"
    assert "step" in result.facts["reason"]
    assert "reconstruction" not in result.arrays
    store.write(tmp_path / "fit.h5", "fit", result.arrays, result.facts, result.timing)
    facts = store.facts(tmp_path / "fit.h5", "fit")
    assert facts["status"] == "diverged"
    assert facts["parameters"] == result.facts["model"]["parameters"]


def test_values_that_are_no_numbers_where_nothing_was_shown_are_divergence(monkeypatch):
    """A model may be finite at every shown point and not at a hidden one."""
    seen = trial.observed(TRUTH, "inpaint", mask="alternate")
    one = seen.seen.points()[1]

    def forward(model, points):
        hidden = (points == one).all(-1, keepdim=True)
        return torch.where(hidden, math.nan, model.value.expand(len(points), -1))

    monkeypatch.setattr(load("models", "constant"), "forward", forward)
    result = fitted("constant", seen)
    assert result.facts["status"] == "diverged"
    assert "reconstruction" not in result.arrays


def test_any_other_error_is_raised(monkeypatch):
    def forward(model, points):
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(load("models", "siren"), "fused", forward)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        fitted("siren")
    plan = trial.plan_of("siren", WHERE)
    plan["model"]["parameters"] += 1
    with pytest.raises(AssertionError, match="parameters"):
        fit(trial.observed(TRUTH), FitSpec.of(plan), "no-checkpoint")


def test_memory_errors_are_told_from_others():
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))
    assert not is_out_of_memory(ValueError("out of memory"))
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60)
    assert is_out_of_memory(caught.value)


def limited(extra, checkpoint):
    """The facts of a fit in a process that may grow by `extra` bytes, and what it printed."""
    done = trial.python(WITH_LITTLE_MEMORY, extra, checkpoint)
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("facts ")]
    return json.loads(told.removeprefix("facts ")), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_a_fit_that_runs_out_of_memory_goes_on_in_smaller_parts(tmp_path):
    """All points need some 400 MB, an eighth of them 50; the first attempt must leave nothing."""
    facts, told = limited(200_000_000, tmp_path / "checkpoint")
    assert "in smaller parts" in told
    assert facts["status"] == "ok"
    assert facts["points_at_once"] == 20_000
    assert facts["steps"] == 2
    assert "reconstruction" in facts["arrays"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_a_fit_that_runs_out_of_memory_again_is_a_status(tmp_path):
    facts, told = limited(4_000_000, tmp_path / "checkpoint")
    assert "in smaller parts" in told
    assert facts["status"] == "out-of-memory"
    assert facts["reason"] == "memory ran out, also in parts of 20000 points"
    assert facts["arrays"] == []
    assert list(tmp_path.iterdir()) == []


def test_the_peak_is_this_process_own():
    """A program starts anew, however much memory the one that started it holds."""
    held = torch.ones(2**28)  # a gigabyte
    code = "import torch\nfrom fieldbench.training.device import peak_bytes\n"
    told = trial.python(code + "print(peak_bytes(torch.device('cpu')))").stdout
    assert 2**26 < int(told) < held.nbytes
