"""A map of the rates at which frequencies should be learnt."""

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import kernels
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.kernels import ACROSS, BELOW, HEAD, LOWEST, NAMES, ROW
from fieldbench.figures.parts.style import Style


class Figure:
    """Draws the predicted rate of every model at every frequency."""

    path = "{place}/responses"
    category = "kernels"
    caption = (
        "The rate at which each frequency should be learnt, by the empirical neural tangent "
        "kernel: a row a model."
    )
    reads = ("responses",)
    scope = "kernels"

    def draw(self, given: Given) -> Drawing:
        return draw(given.tables["responses"], given.names["place"], given.style)


@look.styled()
def draw(rows: pd.DataFrame, place: str, style: Style) -> Drawing:
    """A map of predicted rates over each model's largest: a row a model, a column a frequency."""
    own = kernels.rows_at(rows, place)
    models = style.ordered(own["model"])
    values = np.array(
        [kernels.log_mean(own[own["model"] == m], "rates").to_numpy() for m in models]
    )
    height, width = ROW * len(models), look.DOUBLE - NAMES - 0.85
    drawn = look.figure(look.DOUBLE, HEAD + height + BELOW)
    kernels.head(drawn, place, "predicted rate over the model's largest", own)
    on = look.axes_at(drawn, NAMES, HEAD, width, height)
    shown = on.imshow(values.clip(LOWEST), cmap="viridis", norm=LogNorm(LOWEST, 1), aspect="auto")
    found = sorted(own["frequency"].unique())
    on.set_xticks(range(len(found)), [f"{k:g}" for k in found])
    on.set_yticks(range(len(models)), [style.model(model).name for model in models])
    on.set_xlabel(ACROSS)
    on.tick_params(length=0)
    beside = look.axes_at(drawn, NAMES + width + 0.12, HEAD, 0.12, height)
    drawn.colorbar(shown, cax=beside)
    return drawn
