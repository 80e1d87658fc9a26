"""Encodings and activations: their counts, their sizes, and that older models are made of them."""

import math

import pytest
import torch
from helpers import trial
from helpers.composed import made

from fieldbench.lattice import Lattice
from fieldbench.plan.cells.cell import FitSpec
from fieldbench.plan.entries import registry, variants
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count
from fieldbench.plan.errors import UserError
from fieldbench.seeds import torch_stream
from fieldbench.training.fit import fit

IMAGE, SOUND = Domain(2, 3, (512, 512)), Domain(1, 1, (308_207,))


def encoding(name, dims, shape=None, **settings):
    given = {"dims": dims, "shape": shape or (64,) * dims}
    return registry.load("encodings", name)(**given, generator=torch_stream("init"), **settings)


@pytest.mark.parametrize(
    ("name", "place", "parameters"),
    [
        ("mlp-identity-relu", IMAGE, 264_707),
        ("mlp-identity-relu", Domain(1, 1, (9,)), 263_937),
        ("mlp-identity-relu", Domain(3, 1, (9, 9, 9)), 264_449),
        ("mlp-identity-prelu", IMAGE, 264_707 + 5),
        ("mlp-identity-scaled-sine", IMAGE, 264_707 + 20),
        ("mlp-identity-scaled-sine", Domain(2, 1, (9, 9)), 264_213),
        ("mlp-neff-relu", IMAGE, 275_971),
        ("mlp-rff-relu", IMAGE, 280_579),
        ("mlp-fkan-relu", IMAGE, 1_316_867),
    ],
)
def test_published_counts(name, place, parameters):
    assert count(registry.declare("models", name), 256, place, {}) == parameters


@pytest.mark.parametrize(
    ("name", "dims", "settings", "width"),
    [
        ("identity", 2, {}, 2),
        ("neff", 2, {}, 46),
        ("neff", 3, {}, 63),
        ("neff", 1, {"octaves": 4}, 9),
        ("rff", 2, {}, 64),
        ("fkan", 2, {}, 4096),
        ("fkan-layer", 2, {}, 64),
        ("basic", 2, {}, 4),
        ("log-spaced", 2, {}, 512),
    ],
)
def test_widths_of_encodings(name, dims, settings, width):
    points = Lattice((8,) * dims).points()
    features = encoding(name, dims, **settings)(points)
    assert features.shape == (len(points), width)
    assert features.isfinite().all()
    declared = registry.declare("encodings", name)
    known = declared.settings | settings
    told = declared.functions["width"](dims=dims, shape=(64,) * dims, **known)
    assert told == width


@pytest.mark.parametrize(
    ("rule", "shape", "octaves"),
    [
        ("paper", (512, 512), 11),
        ("nyquist", (512, 600), 7),
        ("nyquist", (256, 256), 6),
        ("nyquist", (308_207,), 16),
        ("nyquist", (64, 64, 64), 10),
        ("nyquist", (3,), 1),
    ],
)
def test_rules_of_octaves(rule, shape, octaves):
    found = encoding("neff", len(shape), shape, rule=rule)
    expected = math.pi * 2.0 ** torch.arange(octaves)
    torch.testing.assert_close(found.frequencies, expected)


def test_a_number_of_octaves_goes_before_the_rule():
    found = encoding("neff", 1, (512,), octaves=4, rule="nyquist")
    assert len(found.frequencies) == 4


@pytest.mark.parametrize("wrong", [{"rule": "all"}, {"octaves": -1}])
def test_unknown_octaves_are_refused(wrong):
    with pytest.raises(UserError, match="octaves") as caught:
        encoding("neff", 2, **wrong)
    assert "nyquist" in caught.value.todo


def test_random_frequencies_are_frozen_and_of_the_models_own_stream():
    one, other = made("mlp-rff-relu"), made("mlp-rff-relu", seed=1)
    assert "encoding.frequencies" in dict(one.named_buffers())
    assert not torch.equal(one.encoding.frequencies, other.encoding.frequencies)
    drawn = encoding("rff", 3, features=3000, sigma=100.0).frequencies
    assert drawn.std().item() == pytest.approx(100, rel=0.05)


def test_basic_encoding_has_one_period_along_each_axis():
    points = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [0.0, -1.0]])
    first, last, middle = encoding("basic", 2)(points)
    torch.testing.assert_close(first, last, atol=1e-6, rtol=0)
    torch.testing.assert_close(first, torch.tensor([0.0, 1.0, 0.0, 1.0]))
    torch.testing.assert_close(middle, torch.tensor([0.0, -1.0, 0.0, 1.0]), atol=1e-6, rtol=0)


def test_log_spaced_frequencies_are_their_authors():
    found = encoding("log-spaced", 1, octaves=5.0)
    assert len(found.frequencies) == 128
    torch.testing.assert_close(found.frequencies[[0, -1]], torch.tensor([0.0, 31.0]))
    at_a_quarter = found(torch.tensor([[-0.5]]))[0]  # in the authors' [0, 1)
    torch.testing.assert_close(at_a_quarter[127], torch.tensor(-1.0), atol=1e-4, rtol=0)


PLACES = ("first", "hidden", "last")
HE = {"gelu": 2, "relu": 2, "elu": 1.5505188, "selu": 1, "sigmoid": 1, "tanh": 2, "gaussian": 2}


@pytest.mark.parametrize("name", HE)
def test_normal_weights_have_the_spread_that_is_told(name):
    weight = torch.empty(300, 400)
    activation = registry.load("activations", name)(first=True)
    for place in PLACES:
        activation.begin(weight, torch_stream("init"), place)
        assert weight.var().item() == pytest.approx(HE[name] / 400, rel=0.03)


@pytest.mark.parametrize("name", ["sine", "scaled-sine", "finer"])
def test_weights_of_sines_are_sirens(name):
    weight, generator = torch.empty(300, 400), torch_stream("init")
    kind = registry.load("activations", name)
    for place, bound in zip(PLACES, (1 / 400, *[math.sqrt(6 / 400) / 20] * 2), strict=True):
        kind(first=place == "first", omega=20.0, first_omega=50.0).begin(weight, generator, place)
        assert 0.999 * bound < weight.abs().max() <= bound
    assert kind(first=True, omega=20.0, first_omega=50.0).omega == 50
    assert kind(first=False, omega=20.0, first_omega=50.0).omega == 20


@pytest.mark.parametrize("name", registry.names("activations"))
def test_activations_stay_numbers_far_away_and_at_zero(name):
    """Also their slopes, and the slopes' where these may be used."""
    part = registry.load("activations", name)
    reach = [0.0, 1e-30, 1e-8, 1e-3, 0.3, 1.0, 30.0, 1e3, 1e5]
    values = torch.tensor([*reach, *(-v for v in reach)], requires_grad=True)
    found = part(first=False)(values)
    assert found.isfinite().all()
    for _ in range(min(2, part.derivatives)):
        (found,) = torch.autograd.grad(found.sum(), values, create_graph=True)
        assert found.isfinite().all()
        if not found.requires_grad:
            break


def test_sinc_is_torchs_and_its_slopes_are_smooth_at_zero():
    part = registry.load("activations", "sinc")(first=False)
    values = torch.linspace(-3, 3, 2001, dtype=torch.float64)
    torch.testing.assert_close(part(values), torch.sinc(values), rtol=1e-11, atol=1e-12)
    small = torch.linspace(-0.04, 0.04, 999).requires_grad_()
    (slope,) = torch.autograd.grad(part(small).sum(), small, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), small)
    torch.testing.assert_close(slope, -(math.pi**2) / 3 * small, rtol=0, atol=2e-3)
    assert (second + math.pi**2 / 3).abs().max() < 0.05


def test_super_gaussian_begins_as_the_gaussian():
    values = torch.linspace(-1, 1, 99)
    one, other = (
        registry.load("activations", n)(first=True) for n in ("gaussian", "super-gaussian")
    )
    assert torch.equal(one(values), other(values))


@pytest.mark.parametrize("kind", registry.PARTS)
def test_parts_say_what_the_page_needs(kind):
    for name in registry.names(kind):
        said = variants.told(kind, name)
        assert said["title"]
        assert said["formula"], name
        assert said["source"], name
        assert said["grade"][0] in "ABPR", name
        assert kind == "encodings" or said["weights"], name


def test_the_page_of_variants_is_what_the_parts_say():
    page = registry.LIBRARY.parent.parent / "docs/variants.md"
    assert page.read_text(encoding="utf-8") == variants.to_markdown(), (
        "docs/variants.md is stale: run `make pages`"
    )
    rows = [line for line in variants.to_markdown().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(registry.names(kind)) for kind in registry.PARTS)
    assert any(row.startswith("| `fkan` |") and "| 4,096 | 4,096, 6,144 |" in row for row in rows)


PAPER = {"steps": 1000, "schedule": "cosine", "floor": 0.01, "batch": 300, "evaluations": 2}


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in registry.composed() if n.startswith("mlp-")])
def test_a_thousand_steps_as_the_papers_stay_numbers(name, monkeypatch):
    """With the parts' own constants, which other tests soften."""
    few = {"frequencies": 64} if registry.sources("models", name)[1].stem == "fkan" else {}
    monkeypatch.setitem(trial.SETTINGS, name, few)
    where = trial.place(2, 3)
    plan = trial.plan_of(name, where, rate=4e-4, **PAPER)
    seen = trial.observed(trial.smooth(where.shape, 3))
    result = fit(seen, FitSpec.of(plan), "no-checkpoint")
    assert result.facts["status"] == "ok", result.facts["reason"]
