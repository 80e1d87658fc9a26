"""What fits cost: seconds of training against the budget, a line a model."""

from typing import Any

import pandas as pd
import seaborn
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from fieldbench.figures.parts import data, selection
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import NORMAL, SINGLE, SMALL, Style, figure, styled
from fieldbench.plan.errors import UserError

HEIGHT, LINE = 2.3, 0.16  # inches: without the legend, and a line of it
PER_LINE, LONG = 3, 17  # names a line of the legend, and letters of which there are two


class Figure:
    """Draws the seconds that training took, against the budget."""

    path = "timings"
    category = "timings"
    caption = (
        "Seconds of training against the budget. They belong to the machine that is named in "
        "the figure."
    )
    reads = ("timings", "scores")

    def draw(self, given: Given) -> Drawing:
        chosen = selection.best(given.tables["scores"], given.lead, given.style)
        return draw(chosen.of(given.tables["timings"]), chosen.style, chosen.note)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [] if study.clouds else [{}]


@styled()
def draw(timings: pd.DataFrame, style: Style, note: str = "") -> Drawing:
    """Draw the median and the range of training seconds over all fits of a study.

    Seconds depend on the machine and on what else it did, so this figure is not the same from
    run to run; the processors are named in it. Controls do not train and are left out.
    A `note` is said above.
    """
    frame = timings[~data.is_control(timings)].copy()
    frame = frame[pd.to_numeric(frame["training_seconds"], errors="coerce") > 0]
    if frame.empty:
        raise UserError("No fit was timed: there is nothing to draw.", "Add a model to the study.")
    models = style.ordered(frame["model"])
    looks = {model: style.model(model) for model in models}
    longest = max(len(own.name) for own in looks.values())
    per_line = PER_LINE if longest <= LONG else 2
    lines = -(-len(models) // per_line)
    height = HEIGHT + (lines + bool(note)) * LINE
    drawn = figure(SINGLE, height)
    below = (0.5 + lines * LINE) / height
    on = drawn.add_axes((0.15, below, 0.81, 1 - (0.25 + bool(note) * LINE) / height - below))
    seaborn.lineplot(
        frame,
        x="budget",
        y="training_seconds",
        hue="model",
        hue_order=models,
        palette={model: look.colour for model, look in looks.items()},
        style="model",
        style_order=models,
        markers={model: look.marker for model, look in looks.items()},
        dashes=False,
        markeredgewidth=0,
        estimator="median",
        errorbar=("pi", 100),
        legend=False,
        ax=on,
    )
    on.set(xscale="log", yscale="log")
    budgets = sorted(frame["budget"].unique())
    on.set_xticks(budgets, [data.budget_text(b) for b in budgets])
    on.xaxis.set_minor_locator(NullLocator())
    on.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    on.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: f"{seconds:g}"))
    on.yaxis.set_minor_locator(NullLocator())
    on.set_xlabel("parameter budget", size=NORMAL)
    on.set_ylabel("training (s)", size=NORMAL)
    processors = ", ".join(sorted(frame["processor"].dropna().unique()))
    said = "\n".join(line for line in (note, f"median and range over fits; {processors}") if line)
    on.set_title(said, size=SMALL, loc="left")
    for line, model in zip(on.lines, models, strict=False):
        line.set_label(looks[model].name)
    drawn.legend(handles=on.lines[: len(models)], loc="lower center", ncol=per_line, fontsize=SMALL)
    return drawn
