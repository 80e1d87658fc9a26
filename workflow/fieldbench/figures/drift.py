"""How far kernels moved in training."""

import pandas as pd
from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import kernels
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.kernels import BELOW, HEAD, LINE, NAMES, RIGHT, ROW, WAYS
from fieldbench.figures.parts.style import INK, Style


class Figure:
    """Draws how far each model's kernel turned in training."""

    path = "{place}/drift"
    category = "kernels"
    caption = "How far each empirical neural tangent kernel moved in training."
    reads = ("kernels",)
    scope = "kernels"

    def draw(self, given: Given) -> Drawing:
        return draw(given.tables["kernels"], given.names["place"], given.style)


@look.styled()
def draw(rows: pd.DataFrame, place: str, style: Style) -> Drawing:
    """How far a kernel turned in training: a row a model, a mark a seed and way of training."""
    own = kernels.rows_at(rows, place)
    models = style.ordered(own["model"])
    height = ROW * len(models) + 0.1
    drawn = look.figure(look.DOUBLE, HEAD + height + BELOW + LINE)
    kernels.head(drawn, place, "distance between the kernels before and after training", own)
    on = look.axes_at(drawn, NAMES, HEAD, look.DOUBLE - NAMES - RIGHT, height)
    for way, (name, marker) in WAYS.items():
        at = [models.index(model) for model in own["model"]]
        on.plot(
            own[f"{way}_drift"], at, color=INK, ls="", marker=marker, fillstyle="none", label=name
        )
    on.set_yticks(range(len(models)), [style.model(model).name for model in models])
    on.set(ylim=(len(models) - 0.5, -0.5), xlim=(-0.02, 1.02))
    on.set_xlabel("1 − cosine between the kernels")
    on.grid(axis="x")
    drawn.legend(loc="lower center", ncols=2, borderpad=0, borderaxespad=0.3)
    return drawn
