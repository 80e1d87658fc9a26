"""A metric against seconds of training, and the models that nothing beats."""

from typing import Any

from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import tradeoff
from fieldbench.figures.parts.given import Given


class Figure:
    """Draws the score of composed models against their seconds of training."""

    path = "timings/{task}/{family}-{metric}"
    category = "costs"
    caption = (
        "Mean score against seconds of training, at the largest budget. Named are the models "
        "on the Pareto front: none is at least as good in less time. Seconds differ from run "
        "to run."
    )
    reads = ("scores", "timings")
    needs = ("composed", "impossible")

    def draw(self, given: Given) -> Drawing:
        scores, timings = given.rows("scores"), given.rows("timings")
        about = (given.plan["composed"], given.plan["impossible"], timings)
        return tradeoff.draw(scores, given.metric, given.style, *about)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"task": t, "family": f, "metric": m} for t, f, m in study.costs]
