"""Which tables and figures answer a study."""

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.cells.planner import Cells, metric_applies
from fieldbench.plan.config.models import Preset
from fieldbench.plan.config.published import answers
from fieldbench.plan.entries import registry
from fieldbench.plan.paths import Paths
from fieldbench.plan.targets import compositions
from fieldbench.plan.targets.compositions import READABLE

FORMATS = ("pdf", "png")
TABLES = ("csv", "md", "tex")
REFERENCES = ("grid", "grid-tv")  # the paper's own: the regularised one where it has no other


def targets(
    study: str, preset: Preset, cells: Cells, paths: Paths, readable: int = READABLE
) -> list[str]:
    """Every table, figure and mesh of a study; `readable` is how many models a figure may show.

    Of more models at a single budget there would be clouds of points where else are lines.
    """
    metrics = study_metrics(study, preset, cells)
    own = preset.studies[study]
    clouds = len(own.models) > readable and len(own.budgets) == 1
    names = [f"heatmaps/{name}" for name in heatmaps(study, preset, cells)]
    names += ["convergence"] if clouds else ["convergence", "timings"]
    names += [f"galleries/{name}" for name in galleries(study, preset, cells)]
    names += [f"sheets/{name}" for name in sheets(study, preset, cells)]
    names += [f"surfaces/{name}" for name in surfaces(study, preset, cells)]
    blocks = printed(study, preset, cells)
    names += [f"published/{block}" for block in blocks]
    names += compositions.figures(study, preset, cells)
    ranked = compositions.rankings(study, preset, cells)
    tables = [f"timings-by-model.{suffix}" for suffix in TABLES] + ["timings.csv"]
    tables += [f"rankings/{name}.{suffix}" for name in ranked for suffix in TABLES]
    if blocks:
        tables += ["published.csv", "published-ranks.csv", "published.md", "published.tex"]
    drawn = [] if clouds else lines(study, preset, cells)
    for part in ("", "sets/") if own.sets else ("",):
        tables += [f"{part}summary.csv", *(f"{part}{m}.{s}" for m in metrics for s in TABLES[1:])]
        names += [f"{part}{name}-{metric}" for name in drawn for metric in metrics]
    return [
        *(paths.table(f"{study}/{table}") for table in tables),
        *(paths.figure(f"{study}/{name}.{suffix}") for name in names for suffix in FORMATS),
        *(paths.mesh(f"{study}/{name}.ply") for name in meshes(study, preset, cells)),
    ]


def overview(preset: Preset, cells: Cells, paths: Paths) -> list[str]:
    """The table and the figure of composed models over all tasks, where there are several."""
    if not compositions.overview(preset, cells):
        return []
    tables = [paths.table(f"overview.{suffix}") for suffix in TABLES]
    return tables + [paths.figure(f"overview.{suffix}") for suffix in FORMATS]


def printed(study: str, preset: Preset, cells: Cells) -> list[str]:
    """The blocks of printed numbers of which the study has a cell."""
    found = []
    for key, block in answers(preset.studies[study]).items():
        for cell in cells.studies[study]:
            here = cell.task == block["task"] and cell.budget in block["budgets"]
            family = cells.signals[cell.signal].family
            if here and cell.model in block["values"] and family in block["families"]:
                found.append(key)
                break
    return found


def lines(study: str, preset: Preset, cells: Cells) -> list[str]:
    """The kinds of figures that show a metric against the budget."""
    base = references(study, preset)
    others = any(
        c.budget and c.model != base[c.task] for c in cells.studies[study] if c.task in base
    )
    return ["curves", "gaps"] if others else ["curves"]


def references(study: str, preset: Preset) -> dict[str, str]:
    """Task to the model that its differences are counted from; empty where there is none."""
    own = preset.studies[study]
    usual = next((model for model in REFERENCES if model in own.models), None)
    named = own.reference if isinstance(own.reference, dict) else {}
    one = own.reference if isinstance(own.reference, str) else usual
    found = {task: named.get(task, one) for task in own.tasks}
    return {task: model for task, model in found.items() if model}


def heatmaps(study: str, preset: Preset, cells: Cells) -> list[str]:
    """`task/family-metric` of families with labels, and of metrics with parts."""
    families = {
        (cell.task, signal.family, signal.label is not None)
        for cell in cells.studies[study]
        for signal in (cells.signals[cell.signal],)
    }
    return [
        f"{task}/{family}-{metric}"
        for task, family, labelled in sorted(families)
        for metric in study_metrics(study, preset, cells, family)
        if labelled or "parts" in registry.declare("metrics", metric).facts
    ]


def galleries(study: str, preset: Preset, cells: Cells) -> dict[str, list[Cell]]:
    """`task/family` to the cells it shows: first seed, largest budget, and the controls.

    A family with labels is shown at its middle one.
    """
    shown = {}
    for name, group in _pictured(study, preset, cells).items():
        budget = max(cell.budget for cell in group)
        shown[name] = [cell for cell in group if cell.budget in (0, budget)]
    return shown


def sheets(study: str, preset: Preset, cells: Cells) -> dict[str, list[Cell]]:
    """`task/family` of images and volumes to the cells of a sheet: the gallery's, at each budget.

    With one budget there would be nothing that the gallery does not show. Videos are for watching,
    and views are no volume.
    """
    shown = {}
    for name, group in _pictured(study, preset, cells).items():
        fitted = [cell for cell in group if cell.budget]
        several = len({cell.budget for cell in fitted}) > 1
        signal = cells.signals[group[0].signal]
        if several and len(signal.shape) > 1 and signal.holds not in ("frames", "views"):
            shown[name] = fitted
    return shown


def surfaces(study: str, preset: Preset, cells: Cells) -> dict[str, list[Cell]]:
    """`task/family` of bodies to the cells whose surface is drawn: the gallery's models.

    A body is a volume of a kind that is declared binary or holds distances, or the user's own
    where IoU is asked for.
    """
    shown = {}
    for name, group in galleries(study, preset, cells).items():
        signal, fitted = cells.signals[group[0].signal], [cell for cell in group if cell.budget]
        declared = registry.declare("signals", signal.kind).facts
        body = declared.get("binary", False) or signal.holds == "distances"
        own = signal.kind == "file" and "iou" in preset.studies[study].metrics
        if fitted and len(signal.shape) == 3 and (body or own):
            shown[name] = fitted
    return shown


def meshes(study: str, preset: Preset, cells: Cells) -> list[str]:
    """`task/family` of bodies, for the truth, and `task/family/model` of what is drawn of them."""
    found = []
    for name, fitted in surfaces(study, preset, cells).items():
        found += [name, *(f"{name}/{cell.model}" for cell in fitted)]
    return found


def _pictured(study: str, preset: Preset, cells: Cells) -> dict[str, list[Cell]]:
    """`task/family` to its cells of the first seed and the middle label."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells.studies[study]:
        if cell.seed == preset.studies[study].seeds[0]:
            family = cells.signals[cell.signal].family
            groups.setdefault(f"{cell.task}/{family}", []).append(cell)

    def label(cell: Cell) -> int:
        return cells.signals[cell.signal].label or 0

    shown = {}
    for name, group in sorted(groups.items()):
        labels = sorted({label(cell) for cell in group})
        middle = labels[len(labels) // 2]
        shown[name] = [cell for cell in group if label(cell) == middle]
    return shown


def study_metrics(study: str, preset: Preset, cells: Cells, family: str | None = None) -> list[str]:
    """The metrics of a study that are defined for its signals, or for one family of them."""
    truths = {cells.truth(cell).name: cells.truth(cell) for cell in cells.studies[study]}
    return [
        metric
        for metric in preset.studies[study].metrics
        if any(
            metric_applies(metric, signal)
            for signal in truths.values()
            if family in (None, signal.family)
        )
    ]
