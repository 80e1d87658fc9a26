"""What figures of empirical neural tangent kernels share: rows, sizes, words."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.style import Style
from fieldbench.plan.errors import UserError

LEFT, RIGHT, HEAD, BELOW = 0.55, 0.12, 0.34, 0.42  # inches around a panel
NAMES = 1.75  # inches for the names of models beside rows
LINE, ROW = 0.155, 0.2
LOWEST = 1e-6  # rates below are all shown alike
ACROSS = "periods along the first axis"
WAYS = {"descent": ("gradient descent", "x"), "adam": ("Adam", "o")}


def rows_at(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    """The rows of a place, in one order."""
    own = rows[rows["place"] == place]
    if own.empty:
        raise UserError(f"No kernel was examined at {place}.", "Name a model that can be there.")
    order = [k for k in ("model", "seed", "frequency", "rank") if k in own]
    return own.sort_values(order, kind="stable", ignore_index=True)


def log_mean(own: pd.DataFrame, column: str) -> pd.Series:
    """Means of logarithms over seeds, by frequency, over the largest of each seed."""
    share = own[column] / own.groupby("seed")[column].transform("max")
    logs = pd.Series(np.log(share.where(share > 0)))
    return pd.Series(np.exp(logs.groupby(own["frequency"]).mean()))


def line_of(model: str, style: Style) -> Line2D:
    """A model's entry in a legend."""
    named = style.model(model)
    return Line2D([], [], color=named.colour, ls=named.line, label=named.name)


def head(drawn: Figure, place: str, words: str, own: pd.DataFrame) -> None:
    """Write above a figure what it shows, where, and how many seeds stand behind it."""
    count = own["seed"].nunique()
    seeds = "one seed" if count == 1 else f"{count} seeds"
    look.text_at(drawn, 0.06, 0.05, f"{place}: {words}; {seeds}", size=look.SMALL)
