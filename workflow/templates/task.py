"""TITLE: the whole signal is shown, and asked back. Say what is hidden, and what is asked."""

import numpy as np

from fieldbench.results.observation import Observation
from fieldbench.tasks._task import PointTask, whole


class Task(PointTask):
    # Beside this one, `impossible(shape, channels, **settings)` at the level of the module may say
    # why a signal cannot be asked for; without it every signal must do.
    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        """What a model is shown of values (samples along each axis, channels).

        Noise is drawn from `generator` and from nothing else.
        """
        return whole(values)
