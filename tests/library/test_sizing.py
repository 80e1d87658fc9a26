"""Budgets turned into sizes: the published ones, and the largest that fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldbench.plan import registry
from fieldbench.plan.sizing import Place, count, solve

BUDGETS = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000]
IMAGE, COLOUR, VOLUME = (
    Place(2, 1, (1000, 1000)), Place(2, 3, (339, 510)), Place(3, 1, (100, 100, 100)),
)  # fmt: skip
# Widths (resolutions) and true counts as measured in the released code, and for the colour grid
# as published: reference-facts.md, section 2.10.
FFN = [(3, 6_031), (13, 26_391), (46, 96_417), (131, 296_847), (365, 997_911), (822, 2_998_657)]
PAPER = {
    ("ffn", IMAGE): FFN,
    ("ffn", VOLUME): FFN,
    ("ffn", COLOUR): [(3, 6_039), (13, 26_419), (46, 96_511), (131, 297_111), (364, 995_179),
                      (821, 2_995_011)],
    ("siren", IMAGE): [(56, 9_801), (99, 30_097), (181, 99_551), (315, 299_881), (576, 999_361),
                       (999, 3_000_997)],
    ("siren", COLOUR): [(56, 9_915), (98, 29_697), (181, 99_915), (314, 298_617),
                        (576, 1_000_515), (998, 2_996_997)],
    ("siren", VOLUME): [(56, 9_857), (98, 29_597), (181, 99_732), (315, 300_196), (576, 999_937),
                        (998, 2_995_997)],
    ("grid", IMAGE): [(100, 10_000), (173, 29_929), (316, 99_856), (547, 299_209),
                      (1000, 1_000_000), (1732, 2_999_824)],
    ("grid", COLOUR): [(57, 9_747), (100, 30_000), (182, 99_372), (316, 299_568), (577, 998_787),
                       (1000, 3_000_000)],
    ("grid", VOLUME): [(21, 9_261), (31, 29_791), (46, 97_336), (66, 287_496), (99, 970_299),
                       (144, 2_985_984)],
}  # fmt: skip
SIZED = [n for n in registry.names("models") if registry.declare("models", n).facts.get("sized", 1)]


@pytest.mark.parametrize(("name", "where"), PAPER)
def test_published_sizes(name, where):
    model = registry.declare("models", name)
    sizes = [solve(model, budget, where, {}, "paper") for budget in BUDGETS]
    assert [(s, count(model, s, where, {})) for s in sizes] == PAPER[name, where]


def test_exact_sizing_is_not_fooled_by_a_rounded_cube_root():
    assert solve(registry.declare("models", "grid"), 10**6, VOLUME, {}, "exact") == 100


places = st.builds(
    lambda sides, channels: Place(len(sides), channels, tuple(sides)),
    st.lists(st.integers(2, 300), min_size=1, max_size=3),
    st.sampled_from([1, 3]),
)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(SIZED), st.integers(1, 10**8), places)
def test_exact_size_is_the_largest_within_the_budget(name, budget, where):
    model = registry.declare("models", name)
    smallest = model.facts.get("smallest", 1)
    least = count(model, smallest, where, {})
    if where.dims not in model.facts["dims"]:
        return
    if least > budget:
        with pytest.raises(ValueError, match=f"has {least:,} parameters"):
            solve(model, budget, where, {}, "exact")
        return
    size = solve(model, budget, where, {}, "exact")
    assert size >= smallest
    assert count(model, size, where, {}) <= budget < count(model, size + 1, where, {})


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(SIZED), st.integers(1, 10**8), st.integers(1, 10**8), places)
def test_more_budget_never_makes_a_smaller_model(name, one, other, where):
    model = registry.declare("models", name)
    least = count(model, model.facts.get("smallest", 1), where, {})
    low, high = sorted((max(one, least), max(other, least)))
    for sizing in ("exact", "paper"):
        small, large = (solve(model, b, where, {}, sizing) for b in (low, high))
        assert small <= large


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(SIZED), st.integers(3000, 10**8), places)
def test_published_size_is_near_the_budget(name, budget, where):
    """Within a hundredth above, which is how far the released formulas miss."""
    model = registry.declare("models", name)
    size = solve(model, budget, where, {}, "paper")
    assert count(model, size, where, {}) <= 1.01 * budget + 100


def test_settings_count():
    ffn = registry.declare("models", "ffn")
    few, many = (solve(ffn, 10_000, IMAGE, {"features": f}, "exact") for f in (16, 1000))
    assert few > many
    deep = {"hidden_layers": 6}
    siren = registry.declare("models", "siren")
    size = solve(siren, 10_000, IMAGE, deep, "exact")
    assert count(siren, size, IMAGE, deep) <= 10_000 < count(siren, size + 1, IMAGE, deep)


def test_controls_have_no_size():
    for name in set(registry.names("models")) - set(SIZED):
        assert solve(registry.declare("models", name), 0, IMAGE, {}, "exact") == 0
