"""How fast a model learns every frequency: measured by training it on a sum of waves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from fieldbench.analysis.agreement import ranks
from fieldbench.analysis.kernels import wave
from fieldbench.lattice import Lattice
from fieldbench.models._field import Field, predictor

Optimiser = Callable[[list[torch.nn.Parameter]], torch.optim.Optimizer]
REACHED = 0.9


@dataclass(frozen=True)
class Waves:
    """sum_k amplitude_k sin(2 pi k . n / shape + phase_k) on a lattice."""

    shape: tuple[int, ...]
    modes: tuple[tuple[int, ...], ...]
    amplitudes: np.ndarray  # (modes,)
    phases: np.ndarray  # (modes,), radians

    def parts(self) -> np.ndarray:
        """One wave a row, (modes, N)."""
        turned = [wave(self.shape, mode) for mode in self.modes]
        shifted = np.array(turned) * np.exp(1j * self.phases)[:, None]
        return self.amplitudes[:, None] * shifted.imag


@dataclass(frozen=True)
class Learning:
    """How a training learnt a sum of waves."""

    shares: np.ndarray  # (steps + 1, modes): of every amplitude, in phase with it; 0 at first
    losses: np.ndarray  # (steps + 1,): half the mean square error

    def reached(self, share: float = REACHED) -> np.ndarray:
        """The step at which each amplitude first reaches a share, (modes,); inf if none does."""
        there = self.shares >= share
        return np.where(there.any(0), there.argmax(0), np.inf)


def learn(
    model: Field, lattice: Lattice, waves: Waves, steps: int, make_optimiser: Optimiser
) -> Learning:
    """Train a model of one channel, in place, on what it says at first plus the waves.

    Every share then begins at zero, whatever the model says at first.
    """
    parts = waves.parts()
    points = lattice.points().to(next(model.parameters()).dtype)
    values = predictor(model)
    with torch.no_grad():
        begin = values(points)[-1][:, 0]
    target = begin + torch.as_tensor(parts.sum(0), dtype=begin.dtype)
    project = torch.as_tensor(parts / (parts**2).sum(1, keepdims=True), dtype=begin.dtype)
    optimiser = make_optimiser(list(model.parameters()))
    shares, losses = [], []
    for step in range(steps + 1):
        optimiser.zero_grad(set_to_none=True)
        found = values(points)[-1][:, 0]
        loss = (found - target).square().mean() / 2
        shares.append((project @ (found.detach() - begin)).double().numpy())
        losses.append(loss.item())
        if step < steps:
            loss.backward()
            optimiser.step()
    return Learning(np.array(shares), np.array(losses))


def agreement(rates: Sequence[float], reached: np.ndarray) -> float:
    """Spearman's rho of predicted rates and measured ones, 1 / step; what is never reached ties."""
    return ranks(rates, 1 / np.maximum(reached, 1))[1]
