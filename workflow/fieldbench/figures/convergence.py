"""PSNR against the training step, at one budget: how fast each model learns."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from fieldbench.figures.parts import data, panels, selection
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style, styled
from fieldbench.plan.errors import UserError

ORDER = ["study", *data.PANEL, "model", "budget", "signal", "seed", "step"]


class Figure:
    """Draws what training gained by its steps."""

    path = "convergence"
    category = "convergence"
    caption = (
        "PSNR of what was shown, against the training step. Of a sinogram its largest value "
        "is the peak."
    )
    reads = ("history", "scores")

    def draw(self, given: Given) -> Drawing:
        chosen = selection.best(given.tables["scores"], given.lead, given.style)
        return draw(chosen.of(given.tables["history"]), chosen.style, chosen.note)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{}]


@styled()
def draw(history: pd.DataFrame, style: Style, note: str = "") -> Drawing:
    """Draw mean and one standard deviation of PSNR (dB) over fits, against the step.

    The budget is the largest that every model has; without one, each model's own largest. The
    figure says which. Controls, which do not learn, are left out. A `note` is said above.
    """
    frame = data.tidy(history, {*ORDER, "psnr"}, ORDER)
    frame = frame[~data.is_control(frame)].assign(status="ok")
    if frame.empty:
        raise UserError("No model was fitted: there is no training to draw.", "Add a model.")
    frame["psnr"] = pd.to_numeric(frame["psnr"]).astype(float).clip(upper=data.CAP)
    models, last = style.ordered(frame["model"]), frame["step"].max()
    frame, where = _at_one_budget(frame)
    notes = [where, *_notes(frame), note]
    layout = panels.Layout.of(frame, style)
    key = panels.model_key(models, style)
    drawn, axes = panels.start(layout, style, key, notes, "training step", "PSNR (dB)")
    for panel, on in axes.items():
        rows = data.averages(data.rows_of(frame, panel), ["model", "step"], "psnr")
        for number, model in enumerate(models):
            own = rows[rows["model"] == model]
            # Markers a fifth of the way apart, each model's a little after the last one's.
            every = (0.01 + 0.2 * number / len(models), 0.2)
            panels.draw_line(on, own["step"].to_numpy(), own, model, style, markevery=every)
        on.set_xlim(-0.03 * last, 1.04 * last)
        on.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    return drawn


def _at_one_budget(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows of the largest budget at which every model was fitted, and what to call it."""
    common = set.intersection(*(set(g["budget"]) for _, g in frame.groupby("model")))
    if common:
        largest = max(common)
        return frame[frame["budget"] == largest], f"budget\u00a0{data.budget_text(largest)}"
    own = frame.groupby("model")["budget"].transform("max")
    return frame[frame["budget"] == own], "each model at its largest budget"


def _notes(frame: pd.DataFrame) -> list[str]:
    """How many fits a line is the mean of, and whether some ended before the others."""
    ends = frame.groupby([*data.PANEL, "model", "signal", "seed"], dropna=False)["step"].max()
    counts = ends.groupby([*data.PANEL, "model"], dropna=False).size()
    notes = [data.count_text(counts)]
    notes.append("mean ± 1 std" if counts.max() > 1 else "one fit a line, so no band")
    if (ends < ends.max()).any():
        notes.append("lines are over the fits still training; those that end early failed")
    return notes
