"""Views of a scene: the cameras and the shown views that a task gets beside the held-out ones."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Posed:
    """Views of one scene, with the cameras that saw them; see `fieldbench.numerics.cameras`."""

    views: np.ndarray  # (views, rows, columns, 3) in [0, 1]: those that may be trained on
    cameras: np.ndarray  # (views, 3, 4)
    asked: np.ndarray  # (asked views, 3, 4): the cameras of the views that are held out
    focal: float  # in pixels
    box: tuple[float, float]  # the scene lies between these along every axis
    reach: tuple[float, float]  # distances from a camera between which the scene lies
    background: float  # what is seen where nothing is, in every channel

    def beside(self) -> dict[str, np.ndarray]:
        """The views and cameras as arrays, by name."""
        return {
            "views": self.views.astype(np.float32),
            "cameras": self.cameras.astype(np.float64),
            "asked": self.asked.astype(np.float64),
            "focal": np.array([self.focal]),
            "box": np.repeat(np.array(self.box)[:, None], 3, axis=1),
            "reach": np.array(self.reach),
            "background": np.full(3, self.background),
        }
