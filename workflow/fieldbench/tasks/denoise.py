"""Denoise: the signal plus Gaussian noise is shown, not clipped; the clean one is asked back."""

import numpy as np

from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import PointTask, whole


class Task(PointTask):
    def __init__(
        self,
        *,
        sigma: float = 0.05,  # INR-benchmark's lower level; the other is 0.1
    ):
        if sigma <= 0:
            raise UserError(f"denoise: sigma is {sigma}.", "Give a number above zero.")
        self.sigma = sigma

    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        noise = self.sigma * generator.standard_normal(values.shape)
        return whole(values + noise, sigma=self.sigma)
