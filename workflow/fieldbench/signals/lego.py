"""Views of the Lego bulldozer of NeRF's synthetic scenes, reduced, some of them held out."""

import math
from pathlib import Path

import numpy as np

from fieldbench.signals import _published, _settings
from fieldbench.signals._views import Posed

VIEWS = 88  # of the hundred official training views
SIDES = (100, 200)
BOX = (-1.5, 1.5)  # as TensoRF bounds the synthetic scenes; the cameras are 4.03 from its middle
REACH = (2.0, 6.0)  # NeRF's near and far


def shape(*, side: int, reduced: int, every: int, **_) -> tuple[int, ...]:
    if side not in SIDES:
        raise ValueError(f"`side` is {side!r}.", "Choose 100 or 200.")
    if type(reduced) is not int or not 1 <= reduced <= side // 4 or side % reduced:
        raise ValueError(f"`reduced` is {reduced!r}.", f"Choose a divisor of {side}.")
    if type(every) is not int or not 2 <= every <= VIEWS:
        raise ValueError(f"`every` is {every!r}.", f"Give a whole number from 2 to {VIEWS}.")
    return (math.ceil(VIEWS / every), side // reduced, side // reduced)


def channels(**_) -> int:
    return 3


def needs(*, side: int, **_) -> tuple[str, ...]:
    return (f"lego-{side}",)


class Signal:
    """Views that no fit is shown, RGB in [0, 1], shape (held out, rows, columns, 3), on white.

    B. Mildenhall et al., NeRF (ECCV 2020), after "Lego 856 Bulldozer" by Heinzelnisse, Blend Swap,
    CC-BY-NC. Of the 88 views at hand every `every`th is held out, beginning with the first; of the
    others `views` evenly chosen ones are trained on, or all with 0. `reduced` takes the means of
    so many pixels along both sides; the means are of colours times opacity, laid on white.
    """

    dims = (3,)
    random = False
    binary = False
    holds = "views"

    def __init__(
        self,
        *,
        side: int = 100,
        reduced: int = 1,
        views: int = 0,
        every: int = 8,
        files: tuple,
    ) -> None:
        settings = {"side": side, "reduced": reduced, "every": every}
        self.shape = _settings.planned("lego", shape, **settings)
        others = VIEWS - self.shape[0]
        self.side, self.reduced, self.every = side, reduced, every
        self.count = _settings.whole("lego", "views", views, 0, others) or others
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The views that are held out: float64, shape (held out, rows, columns, 3)."""
        return self._on_white(self._stored()["images"][:: self.every])

    def beside(self) -> dict[str, np.ndarray]:
        """The views that may be trained on, and all cameras."""
        stored = self._stored()
        others = np.flatnonzero(np.arange(VIEWS) % self.every)
        chosen = others[np.arange(self.count) * len(others) // self.count]
        cameras = stored["poses"].astype(np.float64)[:, :3]
        views = self._on_white(stored["images"][chosen])
        focal = float(stored["focal"]) / self.reduced
        asked = cameras[:: self.every]
        return Posed(views, cameras[chosen], asked, focal, BOX, REACH, 1.0).beside()

    def _stored(self) -> dict[str, np.ndarray]:
        """Colours times opacity and opacity, 8 bit; cameras, as OpenGL has their axes; focal."""
        wanted = {
            "images": ((VIEWS, self.side, self.side, 4), "uint8"),
            "poses": ((VIEWS, 4, 4), "float32"),
            "focal": ((), "float32"),
        }
        return _published.arrays(self.path, wanted)

    def _on_white(self, stored: np.ndarray) -> np.ndarray:
        """Stored views, reduced and laid on white."""
        cut = stored.reshape(len(stored), self.shape[1], self.reduced, self.shape[2], -1, 4)
        means = cut.mean((2, 4), dtype=np.float64) / 255
        return (means[..., :3] + 1 - means[..., 3:]).clip(0, 1)
