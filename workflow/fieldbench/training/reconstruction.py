"""Reconstructions: a trained model's values on a lattice, and the weights that give them."""

import numpy as np
import torch

from fieldbench.lattice import Lattice
from fieldbench.models._field import Field, predictor, slabs

STATE = "state/"  # the group of a fit's weights and buffers


def kept_state(model: Field) -> dict[str, np.ndarray]:
    """A model's weights and buffers, as a fit's file keeps them."""
    return {STATE + name: values.cpu().numpy() for name, values in model.state_dict().items()}


def state_of(arrays: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """The weights and buffers that a fit's file keeps."""
    kept = {k.removeprefix(STATE): v for k, v in arrays.items() if k.startswith(STATE)}
    return {name: torch.as_tensor(values) for name, values in kept.items()}


@torch.no_grad()
def reconstruct(model: Field, lattice: Lattice, at_once: int, whole: bool) -> np.ndarray:
    """A model's values on a lattice, float32, (*lattice.shape, channels), in bounded memory."""
    if model.structured and whole:
        parts = [model.on_lattice(lattice, rows).cpu() for rows in slabs(model, lattice, at_once)]
        return torch.cat(parts).numpy()
    points = lattice.points(next(model.parameters()).device)
    predict = predictor(model)
    starts = range(0, len(points), at_once)
    parts = [predict(points[k : k + at_once])[-1].cpu() for k in starts]
    return torch.cat(parts).reshape(*lattice.shape, -1).numpy()
