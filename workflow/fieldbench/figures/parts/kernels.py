"""Empirical neural tangent kernels: eigenvalues, rates by frequency, and drift."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.panels import across
from fieldbench.figures.parts.style import INK, Style
from fieldbench.plan.errors import UserError

LEFT, RIGHT, HEAD, BELOW = 0.55, 0.12, 0.34, 0.42  # inches around a panel
NAMES = 1.75  # inches for the names of models beside rows
LINE, ROW, PER_ROW = 0.155, 0.2, 4
FLOOR = 1e-12  # eigenvalues below are rounding
LOWEST = 1e-6  # rates below are all shown alike
SHOWN = 5  # frequencies that are named below a panel
ACROSS = "periods along the first axis"
WAYS = {"descent": ("gradient descent", "x"), "adam": ("Adam", "o")}


@look.styled()
def spectra(rows: pd.DataFrame, place: str, style: Style) -> Figure:
    """Eigenvalues over the largest one against their rank: a line a model, the median of seeds."""
    own = _of(rows, place)
    models = style.ordered(own["model"])
    key = [_line(model, style) for model in models]
    lines = math.ceil(len(key) / 3)
    height = 2.6
    drawn = look.figure(look.DOUBLE, HEAD + height + BELOW + LINE * lines)
    _head(drawn, f"{place}: eigenvalues over the largest; {_seeds(own)}")
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


@look.styled()
def rates(rows: pd.DataFrame, place: str, style: Style) -> Figure:
    """A panel a model: the predicted rate of each frequency, and the measured ones, over the first.

    A measured rate is one over the step at which nine tenths of an amplitude were reached; what
    was never reached has no mark.
    """
    own = _of(rows, place)
    models = style.ordered(own["model"])
    columns = min(PER_ROW, len(models))
    down = math.ceil(len(models) / columns)
    width, height = (look.DOUBLE - LEFT - RIGHT + 0.12) / columns - 0.12, 1.25
    drawn = look.figure(look.DOUBLE, HEAD + down * (height + 0.4) + 0.42)
    _head(drawn, f"{place}: rate at which a frequency is learnt, over the largest; {_seeds(own)}")
    for k, model in enumerate(models):
        left = LEFT + (k % columns) * (width + 0.12)
        on = look.axes_at(drawn, left, HEAD + 0.15 + (k // columns) * (height + 0.4), width, height)
        _rates_of(on, own[own["model"] == model], style.model(model).colour)
        on.set_title(style.model(model).name, size=look.SMALL)
        on.tick_params(labelleft=k % columns == 0)
    key = [Line2D([], [], color=INK, label="predicted by the kernel")]
    mark = {"color": INK, "ls": "", "ms": 3.5, "fillstyle": "none"}
    key += [Line2D([], [], marker=m, label=f"measured, {way}", **mark) for way, m in WAYS.values()]
    middle, bottom = LEFT + (look.DOUBLE - LEFT - RIGHT) / 2, HEAD + down * (height + 0.4)
    look.text_at(drawn, middle, bottom, ACROSS, ha="center", size=look.NORMAL)
    drawn.legend(handles=key, loc="lower center", ncols=3, borderpad=0, borderaxespad=0.3)
    return drawn


def _rates_of(on: Axes, own: pd.DataFrame, colour: str) -> None:
    mean = _log_mean(own, "rates")
    on.plot(mean.index, mean.clip(lower=LOWEST), color=colour)
    for way, (_, marker) in WAYS.items():
        measured = own.assign(rate=1 / own[f"{way}_reached"].clip(lower=1))
        seen = _log_mean(measured, "rate").dropna()
        on.plot(seen.index, seen, color=INK, ls="", marker=marker, ms=3, mew=0.6, fillstyle="none")
    on.set(xscale="log", yscale="log", ylim=(LOWEST / 2, 2))
    on.yaxis.set_major_locator(LogLocator(numticks=4))
    found = mean.index[:: math.ceil(len(mean) / SHOWN)]
    on.set_xticks(found, [f"{k:g}" for k in found])
    for axis in (on.xaxis, on.yaxis):
        axis.set_minor_locator(NullLocator())
    on.grid(axis="y")


@look.styled()
def responses(rows: pd.DataFrame, place: str, style: Style) -> Figure:
    """A map of predicted rates over each model's largest: a row a model, a column a frequency."""
    own = _of(rows, place)
    models = style.ordered(own["model"])
    values = np.array([_log_mean(own[own["model"] == m], "rates").to_numpy() for m in models])
    height, width = ROW * len(models), look.DOUBLE - NAMES - 0.85
    drawn = look.figure(look.DOUBLE, HEAD + height + BELOW)
    _head(drawn, f"{place}: predicted rate over the model's largest; {_seeds(own)}")
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


@look.styled()
def drift(rows: pd.DataFrame, place: str, style: Style) -> Figure:
    """How far a kernel turned in training: a row a model, a mark a seed and way of training."""
    own = _of(rows, place)
    models = style.ordered(own["model"])
    height = ROW * len(models) + 0.1
    drawn = look.figure(look.DOUBLE, HEAD + height + BELOW + LINE)
    _head(drawn, f"{place}: distance between the kernels before and after training; {_seeds(own)}")
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


def _of(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    """The rows of a place, in one order."""
    own = rows[rows["place"] == place]
    if own.empty:
        raise UserError(f"No kernel was examined at {place}.", "Name a model that can be there.")
    order = [k for k in ("model", "seed", "frequency", "rank") if k in own]
    return own.sort_values(order, kind="stable", ignore_index=True)


def _log_mean(own: pd.DataFrame, column: str) -> pd.Series:
    """Means of logarithms over seeds, by frequency, over the largest of each seed."""
    share = own[column] / own.groupby("seed")[column].transform("max")
    logs = np.log(share.where(share > 0))
    return np.exp(logs.groupby(own["frequency"]).mean())


def _line(model: str, style: Style) -> Line2D:
    named = style.model(model)
    return Line2D([], [], color=named.colour, ls=named.line, label=named.name)


def _seeds(own: pd.DataFrame) -> str:
    count = own["seed"].nunique()
    return "one seed" if count == 1 else f"{count} seeds"


def _head(drawn: Figure, words: str) -> None:
    look.text_at(drawn, 0.06, 0.05, words, size=look.SMALL)
