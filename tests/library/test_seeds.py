"""Named random streams: the same on every machine, independent of each other."""

import itertools
import random

import numpy as np
import torch

from fieldbench.seeds import derive, numpy_stream, torch_stream


def test_derivation_is_the_one_that_results_were_made_with():
    """Another derivation would move every noise and every start: a new format of results."""
    assert derive("batch") == 283751602585435025
    assert derive("noise", "denoise", "photo") == 4253115084638050650
    assert derive("init", "siren", seed=1234) == 5444605834548928906
    drawn = numpy_stream("noise", "denoise", "photo").standard_normal(3)
    np.testing.assert_array_equal(drawn, [-1.0864052033459912, 0.8897632714930748,
                                          0.5957910455242379])  # fmt: skip
    stream = torch_stream("init", "siren", seed=1234)
    drawn = torch.randint(0, 2**40, (3,), generator=stream)
    assert drawn.tolist() == [443365827124, 348094597072, 573712533095]


def test_every_argument_matters():
    streams = [
        derive("init", "siren", seed=1), derive("batch", "siren", seed=1),
        derive("init", "ffn", seed=1), derive("init", "siren", seed=2), derive("init", seed=1),
        derive("init", "siren", "siren", seed=1), derive("init", "sire", "n", seed=1),
        derive("initsiren", seed=1), derive("init", "siren", seed=-1), derive("init", "siren", 1),
        derive("siren", "init", seed=1),
    ]  # fmt: skip
    assert len(set(streams)) == len(streams)


def test_seeds_fit_every_generator():
    for seed in (0, 1, -5, 2**70):
        assert 0 <= derive("any", seed=seed) < 2**63


def test_a_stream_starts_anew_each_time():
    first, second = (numpy_stream("noise", "a", seed=3).random(5) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    first, second = (torch.rand(5, generator=torch_stream("noise", seed=3)) for _ in range(2))
    assert torch.equal(first, second)


def test_streams_are_not_correlated():
    names = [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    drawn = [numpy_stream("noise", n, seed=s).standard_normal(20_000) for n, s in names]
    for one, other in itertools.combinations(drawn, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


def test_global_generators_are_neither_used_nor_moved():
    kept = random.getstate(), np.random.get_state()[1].copy(), torch.get_rng_state()
    first = numpy_stream("noise").random(4), torch.rand(4, generator=torch_stream("noise"))
    assert random.getstate() == kept[0]
    np.testing.assert_array_equal(np.random.get_state()[1], kept[1])
    assert torch.equal(torch.get_rng_state(), kept[2])
    np.random.seed(7)
    torch.manual_seed(7)
    np.testing.assert_array_equal(numpy_stream("noise").random(4), first[0])
    assert torch.equal(torch.rand(4, generator=torch_stream("noise")), first[1])
