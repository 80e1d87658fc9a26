"""A study as figures and tables ask about it: its metrics, its pictures, what it can be shown by.

The planning function `wanted(study)` of every figure and table gets one of these.
"""

from functools import cached_property

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.planner import Cells, metric_applies
from fieldbench.plan.config.models import Preset
from fieldbench.plan.config.published import answers
from fieldbench.plan.entries import registry
from fieldbench.plan.targets import compositions
from fieldbench.plan.targets.compositions import READABLE, Comparison

REFERENCES = ("grid", "grid-tv")  # the paper's own: the regularised one where it has no other
Pictured = dict[tuple[str, str], list[Cell]]  # task and family to the cells of a picture


class StudyView:
    """One study of a preset, planned; `readable` is how many models a figure may show."""

    def __init__(self, name: str, preset: Preset, cells: Cells, readable: int = READABLE):
        self.name = name
        self.preset = preset
        self.planned = cells
        self.own = preset.studies[name]
        self.cells = cells.studies[name]
        self.readable = readable

    @cached_property
    def metrics(self) -> list[str]:
        """The metrics that are defined for any of its signals; the first leads."""
        return self.metrics_of(None)

    def metrics_of(self, family: str | None) -> list[str]:
        """The metrics that are defined for a family of its signals, or for any of them."""
        truths = {self.planned.truth(cell).name: self.planned.truth(cell) for cell in self.cells}
        shown = [t for t in truths.values() if family in (None, t.family)]
        return [m for m in self.own.metrics if any(metric_applies(m, truth) for truth in shown)]

    @property
    def sets(self) -> bool:
        """Whether it averages sets of signals."""
        return bool(self.own.sets)

    @property
    def clouds(self) -> bool:
        """Whether so many models share one budget that lines would be clouds of points."""
        return len(self.own.models) > self.readable and len(self.own.budgets) == 1

    @property
    def has_gaps(self) -> bool:
        """Whether there is a reference, and another model to hold against it."""
        base = self.references
        return any(c.budget and c.model != base[c.task] for c in self.cells if c.task in base)

    @cached_property
    def references(self) -> dict[str, str]:
        """Task to the model that its differences are counted from; empty where there is none."""
        usual = next((model for model in REFERENCES if model in self.own.models), None)
        named = self.own.reference if isinstance(self.own.reference, dict) else {}
        one = self.own.reference if isinstance(self.own.reference, str) else usual
        found = {task: named.get(task, one) for task in self.own.tasks}
        return {task: model for task, model in found.items() if model}

    @cached_property
    def published(self) -> list[str]:
        """The blocks of printed numbers of which the study has a cell."""
        return [key for key, block in answers(self.own).items() if self._has_cell(block)]

    def _has_cell(self, block: dict) -> bool:
        return any(
            cell.task == block["task"]
            and cell.budget in block["budgets"]
            and cell.model in block["values"]
            and self.planned.signals[cell.signal].family in block["families"]
            for cell in self.cells
        )

    @cached_property
    def heatmaps(self) -> list[Comparison]:
        """Task, family and metric, of families with labels and of metrics with columns."""
        families = {
            (cell.task, signal.family, signal.label is not None)
            for cell in self.cells
            for signal in (self.planned.signals[cell.signal],)
        }
        return [
            (task, family, metric)
            for task, family, labelled in sorted(families)
            for metric in self.metrics_of(family)
            if labelled or registry.declare("metrics", metric).facts.parts
        ]

    @cached_property
    def galleries(self) -> Pictured:
        """What each gallery shows: the first realisation, the largest budget, and the controls.

        A family with labels is shown at its middle one.
        """
        shown = {}
        for place, group in self._pictured.items():
            budget = max(cell.budget for cell in group)
            shown[place] = [cell for cell in group if cell.budget in (0, budget)]
        return shown

    @cached_property
    def sheets(self) -> Pictured:
        """What each sheet shows of images and volumes: the gallery's models, at every budget.

        With one budget there would be nothing that the gallery does not show. Videos are for
        watching, and views are no volume.
        """
        shown = {}
        for place, group in self._pictured.items():
            fitted = [cell for cell in group if cell.budget]
            several = len({cell.budget for cell in fitted}) > 1
            signal = self.planned.signals[group[0].signal]
            if several and len(signal.shape) > 1 and signal.holds not in ("frames", "views"):
                shown[place] = fitted
        return shown

    @cached_property
    def surfaces(self) -> Pictured:
        """The fits of bodies whose surface is drawn: the gallery's models.

        A body is a volume of a kind that is declared binary or holds distances, or the user's own
        where IoU is asked for.
        """
        shown = {}
        for place, group in self.galleries.items():
            signal = self.planned.signals[group[0].signal]
            fitted = [cell for cell in group if cell.budget]
            declared = registry.declare("signals", signal.kind).facts
            body = declared.binary or signal.holds == "distances"
            own = signal.kind == "file" and "iou" in self.own.metrics
            if fitted and len(signal.shape) == 3 and (body or own):
                shown[place] = fitted
        return shown

    @cached_property
    def _pictured(self) -> Pictured:
        """The cells of the first seed's signals and the middle label, at all their seeds.

        Of those of one model and budget a picture shows the median.
        """
        groups: Pictured = {}
        first = {cell.signal for cell in self.cells if cell.seed == self.own.seeds[0]}
        for cell in self.cells:
            if cell.signal in first:
                family = self.planned.signals[cell.signal].family
                groups.setdefault((cell.task, family), []).append(cell)
        shown = {}
        for place, group in sorted(groups.items()):
            labels = sorted({self._label(cell) for cell in group})
            middle = labels[len(labels) // 2]
            shown[place] = [cell for cell in group if self._label(cell) == middle]
        return shown

    def _label(self, cell: Cell) -> int:
        return self.planned.signals[cell.signal].label or 0

    @cached_property
    def composed(self) -> dict[str, dict[str, str]]:
        """Its composed models and their parts; empty where there is but one."""
        return compositions.composed(self.name, self.preset)

    @property
    def rankings(self) -> list[tuple[str, str]]:
        """Task and metric of the tables that rank its composed models."""
        return list(compositions.leads(self.name, self.preset, self.planned).items())

    @property
    def compositions(self) -> list[Comparison]:
        """Task, family and metric of the figures of every encoding with every activation."""
        return self._composed("compositions")

    @property
    def bases(self) -> list[Comparison]:
        """Task, family and metric of the figures of Kolmogorov-Arnold networks by basis."""
        return self._composed("bases")

    @property
    def costs(self) -> list[Comparison]:
        """Task and family of the figures of composed models' scores against their costs."""
        return self._composed("costs")

    def _composed(self, what: str) -> list[Comparison]:
        return self._composed_comparisons.get(what, [])

    @cached_property
    def _composed_comparisons(self) -> dict[str, list[Comparison]]:
        return compositions.comparisons(self.name, self.preset, self.planned)
