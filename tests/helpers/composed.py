"""Composed models of a small picture."""

from fieldbench.plan.entries import registry
from fieldbench.seeds import torch_stream

SMALL = {"shape": (40, 30), "size": 16, "channels": 3, "dims": 2}


def made(name, seed=0, **given):
    return registry.load("models", name)(**SMALL | given, generator=torch_stream("init", seed=seed))
