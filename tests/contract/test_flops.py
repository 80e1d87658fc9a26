"""How many operations a step takes: declared by every model, and what is published."""

import pytest

from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, flops, solve

BUDGETS = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000)
COUNTED = [
    n for n in registry.names("models") if "flops" in registry.declare("models", n).functions
]
PLACES = {
    "2D": Domain(2, 1, (1000, 1000)),
    "RGB": Domain(2, 3, (339, 510)),
    "3D": Domain(3, 1, (100, 100, 100)),
}
SAMPLES = {"2D": 1_000_000, "RGB": 179_622, "3D": 1_000_000}  # RGB: the mean of ten pictures
# 10^12 operations an iteration, as INR-benchmark's sizes come to, at each budget.
PUBLISHED = {
    ("ffn", "2D"): "0.028 0.110 0.398 1.26 4.53 14.7",
    ("ffn", "RGB"): "0.0051 0.020 0.072 0.226 0.811 2.64",
    ("ffn", "3D"): "0.030 0.112 0.400 1.26 4.53 14.7",
    ("siren", "2D"): "0.057 0.178 0.592 1.79 5.98 18.0",
    ("siren", "RGB"): "0.010 0.032 0.107 0.320 1.08 3.23",
    ("siren", "3D"): "0.057 0.175 0.593 1.79 5.98 17.9",
    ("wire", "2D"): "0.112 0.350 1.17 3.56 11.9 35.9",
    ("wire", "RGB"): "0.021 0.062 0.212 0.642 2.15 6.45",
    ("wire", "3D"): "0.112 0.350 1.17 3.56 11.9 35.9",
    ("ga-planes", "2D"): "0.0008 0.0015 0.012 0.091 0.806 4.98",
    ("ga-planes", "3D"): "0.0010 0.0044 0.029 0.190 1.42 7.41",
    ("instant-ngp", "2D"): "0.013 0.013 0.013 0.013 0.013 0.013",
    ("instant-ngp", "RGB"): "0.0025 0.0025 0.0025 0.0025 0.0025 0.0025",
    ("instant-ngp", "3D"): "0.014 0.014 0.014 0.014 0.014 0.014",
    ("bacon", "2D"): "0.057 0.177 0.590 1.79 5.97 17.9",
    ("bacon", "RGB"): "0.011 0.032 0.107 0.323 1.08 3.23",
    ("bacon", "3D"): "0.057 0.176 0.586 1.78 5.96 17.9",
    ("grid", "2D"): "0.00006 0.00006 0.00006 0.00006 0.00006 0.00006",
    ("grid", "RGB"): "0.00003 0.00003 0.00003 0.00003 0.00003 0.00003",
    ("grid", "3D"): "0.00003 0.00003 0.00003 0.00003 0.00003 0.00003",
}
# The published special case of GA-Planes at the smallest budget on a side of 1000.
SPECIAL = {("ga-planes", "2D", 10_000): {"line": 550, "plane": 11}}
CASES = [
    (name, case, budget, printed)
    for (name, case), row in PUBLISHED.items()
    for budget, printed in zip(BUDGETS, row.split(), strict=True)
]


def planned(name, place, budget, settings=None):
    """A model's operations a point and step at its published size, and its parameters."""
    declared, settings = registry.declare("models", name), settings or {}
    size = solve(declared, budget, place, settings, "paper")
    return flops(declared, size, place, settings), count(declared, size, place, settings)


@pytest.mark.parametrize(("name", "case", "budget", "printed"), CASES)
def test_published_counts(name, case, budget, printed):
    settings = SPECIAL.get((name, case, budget))
    each, _ = planned(name, PLACES[case], budget, settings)
    last_digit = 10.0 ** -len(printed.partition(".")[2])
    assert each * SAMPLES[case] / 1e12 == pytest.approx(float(printed), abs=0.6 * last_digit)


@pytest.mark.parametrize("name", COUNTED)
def test_a_count_is_of_something(name):
    declared = registry.declare("models", name)
    for dims in declared.facts.dims:
        place = Domain(dims, 1, (24,) * dims)
        size = solve(declared, 20_000, place, {}, "exact")
        assert flops(declared, size, place, {}) > 0


@pytest.mark.parametrize("case", ["2D", "3D"])
@pytest.mark.parametrize(
    ("name", "each"), [("siren", 6), ("relu-mlp", 6), ("positional-mlp", 6), ("wire", 12)]
)
def test_dense_networks_take_six_a_weight(name, each, case):
    """A complex weight counts two numbers and takes 24."""
    operations, parameters = planned(name, PLACES[case], 1_000_000)
    assert operations == pytest.approx(each * parameters, rel=0.02)


def test_cubic_reads_more_nodes_than_linear():
    for name, nodes in (("linear", 2), ("cubic", 4)):
        for dims in (1, 2, 3):
            place = Domain(dims, 3, (20,) * dims)
            each, _ = planned("grid", place, 9000, {"interpolation": name})
            assert each == 4 * 3 * nodes**dims
