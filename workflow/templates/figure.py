"""TITLE: the mean score of each model. Say what it shows."""

from typing import Any

from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import data
from fieldbench.figures.parts import style as look
from fieldbench.figures.parts.given import Given


class Figure:
    """Draws a bar a model. Say what it draws: this line is read by people."""

    path = "NAME/{task}/{family}-{metric}"  # its file: braces are the names that `wanted` gives
    category = "NAME"  # the section of Snakemake's report
    caption = "The mean over all fits of a model, at every budget. Say what readers see."
    reads = ("scores",)  # the study's tables: scores, history, timings, ...

    @look.styled()
    def draw(self, given: Given) -> Drawing:
        rows = given.rows("scores")  # of this task and family: a row a fit
        metric, style = given.metric, given.style
        fitted = data.fitted_rows(rows[rows["status"] == "ok"], metric["name"])
        means = fitted.groupby("model")[metric["name"]].mean()
        models = style.ordered(means.index)
        drawn = look.figure(look.SINGLE, 0.9 + 0.2 * len(models))  # inches
        look.text_at(drawn, 0.06, 0.05, given.title, size=look.LARGE)
        on = look.axes_at(drawn, 1.2, 0.4, look.SINGLE - 1.3, 0.2 * len(models) + 0.05)
        names = [style.model(model).name for model in models]
        on.barh(names, [means[m] for m in models], color=[style.model(m).colour for m in models])
        on.invert_yaxis()
        on.set_xlabel(style.metric(metric))
        return drawn


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets; the plan calls this, without the imports."""
    shown = [(t, f, m) for t, f in study.galleries for m in study.metrics]
    return [{"task": t, "family": f, "metric": m} for t, f, m in shown]
