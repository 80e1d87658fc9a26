"""What seconds amount to: ratios and rates, checked by hand."""

import pytest

from fieldbench.speed import rates

# What a measurement of 2 s a textbook step and 1 s of ours leaves, on a machine of round numbers.
FACTS = {
    "cell": {"place": "2d", "model": "grid", "budget": 100},
    "model": {"size": 10},
    "shape": [4, 5],
    "channels": 1,
    "points": 20,
    "parameters": 100,
    "device": "cpu",
    "training": {"threads": 1},
    "flops": 5e9,
    "bytes": 1e9,
}
FOUND = {
    "textbook": {
        "seconds": [2.0, 1.0, 3.0],
        "cpu_seconds": [1.5] * 3,
        "bytes": 8e6,
        "points_at_once": 20,
        "every": 1,
    },
    "ours": {"seconds": [1.0, 0.5, 2.0], "cpu_seconds": [1.0] * 3, "bytes": 2e6},
    "machine": {"flops": [10e9, 9e9, 50e9], "bytes": [4e9, 4e9, 5e9]},
    "gradient_difference": 1e-7,
    "processor": "a chip",
    "load": 0.5,
}


def test_rates_are_counts_over_our_seconds():
    row = rates.row(FACTS, FOUND)
    expected = {
        "textbook_ms": 2000, "ours_ms": 1000, "ratio": 2, "ratio_of_medians": 2, "ratio_cpu": 1.5,
        "gflops": 5, "peak_gflops": 10, "fraction": 0.5, "gbytes": 1, "copy_gbytes": 4,
        "fraction_bytes": 0.25, "textbook_mb": 8, "ours_mb": 2, "shape": "4x5",
        "bound": "arithmetic", "pairs": 3,
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected


def test_a_disturbance_of_both_steps_of_a_pair_cancels():
    disturbed = FOUND | {
        "textbook": FOUND["textbook"] | {"seconds": [2.0, 20.0, 12.0]},
        "ours": FOUND["ours"] | {"seconds": [1.0, 10.0, 5.0]},
    }
    row = rates.row(FACTS, disturbed)
    assert row["ratio"] == 2 and row["ratio_low"] == 2 and row["ratio_high"] == pytest.approx(2.2)
    assert row["ratio_of_medians"] == pytest.approx(2.4)


def test_what_is_not_counted_is_empty():
    row = rates.row(FACTS | {"flops": None}, FOUND)
    assert row["gflops"] is None and row["fraction"] is None
    assert row["bound"] == "memory"


@pytest.mark.parametrize(
    ("arithmetic", "memory", "word"),
    [(0.5, 0.1, "arithmetic"), (0.3, 0.6, "memory"), (0.1, 0.1, "neither"), (None, 0.0, "neither")],
)
def test_bound(arithmetic, memory, word):
    assert rates.bound(arithmetic, memory) == word
