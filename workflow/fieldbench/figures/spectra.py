"""The eigenvalues of empirical neural tangent kernels."""

import math

import pandas as pd
from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import kernels
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.kernels import BELOW, HEAD, LEFT, LINE, RIGHT
from fieldbench.figures.parts.panels import across
from fieldbench.figures.parts.style import Style

FLOOR = 1e-12  # eigenvalues below are rounding


class Figure:
    """Draws the eigenvalues of each model's kernel."""

    path = "{place}/spectra"
    category = "kernels"
    caption = "Empirical neural tangent kernels: their eigenvalues over the largest."
    reads = ("spectra",)
    scope = "kernels"

    def draw(self, given: Given) -> Drawing:
        return draw(given.tables["spectra"], given.names["place"], given.style)


@look.styled()
def draw(rows: pd.DataFrame, place: str, style: Style) -> Drawing:
    """Eigenvalues over the largest one against their rank: a line a model, the median of seeds."""
    own = kernels.rows_at(rows, place)
    models = style.ordered(own["model"])
    key = [kernels.line_of(model, style) for model in models]
    lines = math.ceil(len(key) / 3)
    height = 2.6
    drawn = look.figure(look.DOUBLE, HEAD + height + BELOW + LINE * lines)
    kernels.head(drawn, place, "eigenvalues over the largest", own)
    on = look.axes_at(drawn, LEFT, HEAD, look.DOUBLE - LEFT - RIGHT, height)
    for model in models:
        line = own[own["model"] == model].groupby("rank")["value"].median()
        named = style.model(model)
        on.plot(line.index, line.where(line > FLOOR), color=named.colour, ls=named.line)
    on.set(xscale="log", yscale="log", xlabel="rank", ylabel="eigenvalue / largest")
    on.grid(axis="y")
    drawn.legend(
        handles=across(key, 3), loc="lower center", ncols=3, borderpad=0, borderaxespad=0.3
    )
    return drawn
