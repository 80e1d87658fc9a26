"""Controls and grids: values that are known beforehand."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers import trial
from helpers.small_models import made, stirred

from fieldbench.lattice import Lattice
from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError
from fieldbench.scoring import Scorer
from fieldbench.training.fit import fit


def psnr_of(name, dims, channels, **changes):
    """PSNR after a short real fit, and the status."""
    where = trial.place(dims, channels)
    truth = trial.smooth(where.shape, channels)
    plan = trial.plan_of(name, where, **changes)
    result = fit(trial.observed(truth), FitSpec.of(plan), "no-checkpoint")
    assert result.facts["status"] == "ok", result.facts["reason"]
    reconstruction = result.arrays["reconstruction"]
    assert reconstruction.dtype == np.float32
    return Scorer(truth, {"psnr": ()}).score(reconstruction, ["psnr"])["psnr"]["value"]


@pytest.mark.parametrize(("dims", "channels"), [(1, 1), (1, 3), (2, 1), (2, 3), (3, 1), (3, 3)])
def test_controls_are_floor_and_ceiling(dims, channels):
    truth = trial.smooth(trial.SHAPES[dims], channels)
    spread = float(np.mean((truth - truth.mean(tuple(range(dims)))) ** 2))
    assert psnr_of("constant", dims, channels) == pytest.approx(-10 * np.log10(spread), abs=1e-3)
    assert psnr_of("oracle", dims, channels) > 120


def test_constant_is_the_mean_of_what_is_shown():
    truth = trial.smooth((20, 17), 3)
    seen = trial.observed(truth, "inpaint")
    hidden = replace(seen, values=np.where(seen.mask[..., None], seen.values, np.float32(9)))
    model = made("constant", 2, 3)
    values, mask = torch.as_tensor(hidden.values), torch.as_tensor(hidden.mask)
    model.solve(seen.seen, values, mask, registry.load("tasks", "inpaint")().predict)
    found = model.value.detach().numpy()
    np.testing.assert_allclose(found, truth[seen.mask].mean(0), rtol=1e-6)


def test_grid_interpolates_as_torch_does():
    """The published grid is torch's own sampling: bicubic in 2D, trilinear in 3D, aligned."""
    for dims, mode in ((2, "bicubic"), (3, "bilinear")):
        model = stirred("grid", dims, 3)
        lattice = Lattice(trial.SHAPES[dims])
        where = lattice.points().flip(-1).reshape(1, *lattice.shape, dims)
        sampled = torch.nn.functional.grid_sample(
            model.nodes[None], where, mode=mode, padding_mode="border", align_corners=True
        )
        expected = torch.movedim(sampled[0], 0, -1)
        torch.testing.assert_close(model.on_lattice(lattice), expected, rtol=1e-4, atol=1e-5)


def test_grid_refuses_an_unknown_interpolation():
    where = trial.place(2)
    given = {"dims": 2, "channels": 1, "shape": where.shape, "size": 4, "generator": None}
    with pytest.raises(UserError, match="'quadratic'") as caught:
        registry.load("models", "grid")(**given, interpolation="quadratic")
    assert "linear, cubic, paper" in caught.value.todo
