"""Models small enough for a test, as they begin and off their start."""

import torch

from fieldbench.plan.entries import registry
from fieldbench.seeds import torch_stream
from helpers import trial


def made(name, dims, channels, seed=0, size=None):
    """A small model, and the settings that made it."""
    where = trial.place(dims, channels)
    settings, chosen, _ = trial.sized(name, where)
    return registry.load("models", name)(
        dims=dims, channels=channels, shape=where.shape, size=chosen if size is None else size,
        generator=torch_stream("init", seed=seed), **settings,
    )  # fmt: skip


def stirred(name, dims, channels):
    """A model off its start, where a model that starts at one value would hide what it does."""
    model = made(name, dims, channels)
    noise = torch_stream("test", seed=1)
    with torch.no_grad():
        for values in model.parameters():
            values += 0.02 * torch.randn(values.shape, generator=noise)
    return model
