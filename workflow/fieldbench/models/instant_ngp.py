"""Instant-NGP: hash tables of features on ever finer lattices, then a small network.

Mueller et al., "Instant Neural Graphics Primitives with a Multiresolution Hash Encoding", SIGGRAPH
2022, with the settings of INR-benchmark: 16 levels of 2 features from a resolution of 16, each 1.5
times finer, and a decoder 32 -> 64 -> channels. The budget sets the size of the tables, a power of
two, so it is met only roughly.

The encoding is meant for coordinates in [0, 1]. INR-benchmark hands it [-1, 1), where cells below
zero wrap around as unsigned integers and even coarse levels collide; that is the default here too,
because its published numbers were made so. `remap: true` maps the coordinates to [0, 1) first.

On a lattice what each axis contributes to the rows and weights of a point is worked out once and
kept; compiled loops put them together, read the tables, and add up the gradient.
"""

import functools
import itertools
import math

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.models._fused import decoded
from fieldbench.models._hash_tables import Level, Lines, Read
from fieldbench.models._layers import linear


def scale(level, base, growth) -> float:
    """Cells of a level along a unit of length."""
    return base * growth**level - 1


def entries(level, size, dims, base, growth) -> int:
    """Rows in a level's table: one a node where that is few enough, else a hash table."""
    nodes = (math.ceil(scale(level, base, growth)) + 1) ** dims
    return min(8 * math.ceil(nodes / 8), 2**size)


def parameters(size, *, dims, channels, levels, features, base, growth, width, **_) -> int:
    """All tables, and the decoder."""
    rows = sum(entries(level, size, dims, base, growth) for level in range(levels))
    return features * rows + (levels * features + 1) * width + (width + 1) * channels


def paper_size(budget, *, channels, levels, features, width, **_) -> int:
    """The published table: the power of two that fits sixteen times beside the decoder."""
    decoder = (levels * features + 1) * width + (width + 1) * channels
    return math.floor(math.log2((budget - decoder) / (levels * features)))


def flops(size, *, dims, channels, levels, features, width, **_) -> int:
    """Of a step, a point: the decoder, and 4 a number read from the tables; no hashing."""
    decoder = 6 * (levels * features * width + width * channels)
    return decoder + 4 * levels * features * 2**dims


class Model(Field):
    dims = (1, 2, 3)
    smallest = 3  # log2 of the rows of a table
    largest = 24
    derivatives = 1  # between nodes the features are linear
    learning_rate = 1e-2  # INR-benchmark
    structured = True
    backends = ("torch", "tinycudann")
    backend_dims = {"tinycudann": (2, 3)}  # noqa: RUF012 (read by the plan, never changed)

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        levels: int = 16,  # this and what follows: INR-benchmark
        features: int = 2,
        base: int = 16,
        growth: float = 1.5,
        width: int = 64,
        remap: bool = False,
    ):
        super().__init__()
        self.levels, start = [], 0
        for level in range(levels):
            per_unit, count = scale(level, base, growth), entries(level, size, dims, base, growth)
            resolution = math.ceil(per_unit) + 1
            self.levels.append(Level(per_unit, resolution, count, start, resolution**dims > count))
            start += count
        self.remap = remap
        table = torch.empty(start, features).uniform_(-1e-4, 1e-4, generator=generator)
        self.table = nn.Parameter(table)
        self.decoder = nn.Sequential(
            linear(levels * features, width, generator),
            nn.ReLU(),
            linear(width, channels, generator),
        )
        self._kept: dict[Lattice, Lines] = {}
        self._encoding: list = []  # tiny-cuda-nn's, once it is needed; in a list it is no submodule
        self._config = {
            "otype": "HashGrid",
            "n_levels": levels,
            "n_features_per_level": features,
            "log2_hashmap_size": size,
            "base_resolution": base,
            "per_level_scale": growth,
            "interpolation": "Linear",
        }

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        points = (points + 1) / 2 if self.remap else points
        found = []
        for level in self.levels:
            rows, weights = corners(points, level)
            found.append((weights[..., None] * self.table[rows]).sum(1))
        return self.decoder(torch.cat(found, dim=-1))

    def native(self, points: torch.Tensor) -> list[torch.Tensor]:
        """tiny-cuda-nn's encoding, reading this model's own table: on an NVIDIA device only."""
        if not self._encoding:
            import tinycudann  # here, for it can only be imported where there is such a device

            encoding = tinycudann.Encoding(points.shape[1], self._config, dtype=torch.float32)
            self._encoding.append(encoding)
        points = (points + 1) / 2 if self.remap else points
        table = {"params": self.table.reshape(-1)}
        found = torch.func.functional_call(self._encoding[0], table, (points,))
        return [self.decoder(found)]

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        if self.table.device.type != "cpu" or self.backend != "torch":
            return super().on_lattice(lattice, rows)
        if lattice not in self._kept:
            axes = lattice.axes()
            axes = [(axis + 1) / 2 for axis in axes] if self.remap else axes
            self._kept[lattice] = Lines(self.levels, axes)
        first, end, _ = rows.indices(lattice.shape[0])
        found = Read.apply(self.table, self._kept[lattice].slab(first, end))
        values = decoded(found, self.decoder[0], self.decoder[2])
        return values.reshape(end - first, *lattice.shape[1:], -1)


def corners(points: torch.Tensor, level: Level) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of the table at the corners around (N, dims) points, and weights: (N, 2^dims)."""
    axes = [level.around(points[:, k], k) for k in range(points.shape[1])]
    rows, weights = [], []
    for corner in itertools.product((0, 1), repeat=len(axes)):
        parts = [index[:, c] for (index, _), c in zip(axes, corner, strict=True)]
        rows.append(functools.reduce(level.join, parts) % level.count + level.start)
        weights.append(math.prod(w[:, c] for (_, w), c in zip(axes, corner, strict=True)))
    return torch.stack(rows, dim=1), torch.stack(weights, dim=1)
