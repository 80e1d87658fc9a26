"""What a model hands to a package of another backend, with a stand-in for the package."""

import sys
from types import SimpleNamespace

import pytest
import torch
from helpers import trial

from fieldbench.lattice import Lattice
from fieldbench.models._field import predictor
from fieldbench.models.instant_ngp import Model, corners
from fieldbench.plan.entries.registry import load
from fieldbench.plan.errors import UserError
from fieldbench.seeds import torch_stream


class Encoding(torch.nn.Module):
    """As tiny-cuda-nn's: one row of parameters, and features of points in its own order."""

    levels = None  # of the model under test
    made = 0

    def __init__(self, dims, config, dtype):
        super().__init__()
        type(self).made += 1
        self.dims, self.config = dims, config
        rows = sum(level.count for level in self.levels)
        self.params = torch.nn.Parameter(torch.zeros(config["n_features_per_level"] * rows))

    def forward(self, points):
        table = self.params.reshape(-1, self.config["n_features_per_level"])
        read = (corners(points, level) for level in self.levels)
        return torch.cat([(w[..., None] * table[rows]).sum(1) for rows, w in read], dim=-1)


@pytest.mark.parametrize("remap", [False, True])
def test_tinycudann_reads_the_models_own_table(monkeypatch, remap):
    monkeypatch.setitem(sys.modules, "tinycudann", SimpleNamespace(Encoding=Encoding))
    monkeypatch.setattr(Encoding, "made", 0)
    model = Model(
        dims=2, channels=3, shape=(20, 17), size=7, generator=torch_stream("init"), remap=remap
    )
    torch.nn.init.normal_(model.table, generator=torch_stream("test"))
    monkeypatch.setattr(Encoding, "levels", model.levels)
    keys, lattice = set(model.state_dict()), Lattice((20, 17))
    wanted = model(lattice.points()).reshape(20, 17, 3)
    gradient = torch.autograd.grad(wanted.square().sum(), model.table)
    model.backend = "tinycudann"
    found = model.on_lattice(lattice)
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(torch.autograd.grad(found.square().sum(), model.table), gradient)
    torch.testing.assert_close(predictor(model)(lattice.points())[-1], wanted.flatten(0, 1))
    assert set(model.state_dict()) == keys, "the package's own numbers are none of the model's"
    assert Encoding.made == 1


def test_tinycudann_is_told_the_models_settings(monkeypatch):
    model = Model(
        dims=3,
        channels=1,
        shape=(9, 9, 9),
        size=5,
        generator=torch_stream("init"),
        levels=4,
        base=4,
    )
    told = {"n_levels": 4, "base_resolution": 4, "log2_hashmap_size": 5, "per_level_scale": 1.5}
    assert model._config.items() >= told.items()


def test_gsplat_package_draws_no_single_points():
    where = trial.place(2)
    settings, size, _ = trial.sized("gsplat", where)
    model = load("models", "gsplat")(
        dims=2, channels=1, shape=where.shape, size=size, generator=torch_stream("init"), **settings
    )
    model.backend = "gsplat"
    with pytest.raises(UserError, match="whole lattices"):
        predictor(model)(Lattice(where.shape).points())
