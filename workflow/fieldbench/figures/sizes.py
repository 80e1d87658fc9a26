"""A metric against parameters, and the models that nothing beats."""

from typing import Any

from matplotlib.figure import Figure as Drawing

from fieldbench.figures.parts import tradeoff
from fieldbench.figures.parts.given import Given


class Figure:
    """Draws the score of composed models against their parameters."""

    path = "sizes/{task}/{family}-{metric}"
    category = "costs"
    caption = (
        "Mean score against parameters, at the largest budget. Named are the models on the "
        "Pareto front: none is at least as good with fewer."
    )
    reads = ("scores",)
    needs = ("composed", "impossible")

    def draw(self, given: Given) -> Drawing:
        rows, parts = given.rows("scores"), given.plan["composed"]
        return tradeoff.draw(rows, given.metric, given.style, parts, given.plan["impossible"])


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each drawing that a study gets."""
    return [{"task": t, "family": f, "metric": m} for t, f, m in study.costs]
