"""What every figure and table does to scores before showing them: check, order, cap, average."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from fieldbench.plan.errors import UserError
from fieldbench.plan.metric_columns import column
from fieldbench.results.statuses import COLLAPSED, SCORED

# name, label, unit, better ("higher" or "lower"), range; of one with parts also parts, part_name
# (what one is called) and parts_are (what they all are)
Metric = Mapping[str, Any]
# The ends of an interval about the mean, of values, their signals and their seeds.
Interval = Callable[[Any, Sequence, Sequence], tuple[float, float]]

CONTROLS = {"constant": "floor", "oracle": "ceiling"}
CAP = 100.0  # dB: above it, differences between models are rounding error, not quality
PANEL = ["task", "family", "label"]


def tidy(frame: pd.DataFrame, needs: Iterable[str], order: Sequence[str]) -> pd.DataFrame:
    """Checked rows in one order, so that sums do not depend on how rows came; numeric axes."""
    missing = sorted(set(needs) - set(frame.columns))
    if missing:
        raise ValueError(f"columns {missing} are not in the table")
    if frame.empty:
        raise UserError(
            "There are no scores to show.",
            "Give the study at least one cell that can run, then run snakemake again.",
        )
    numeric = {k: pd.to_numeric(frame[k]).astype(float) for k in ("label", "budget", "seed")}
    return frame.assign(**numeric).sort_values(list(order), kind="stable", ignore_index=True)


def tidy_scores(scores: pd.DataFrame, metrics: Iterable[str]) -> pd.DataFrame:
    """Scores, checked and ordered, with numeric metrics that are empty where a fit failed."""
    order = ["study", *PANEL, "model", "budget", "signal", "seed"]
    frame = tidy(scores, {*order, "status", *metrics}, order)
    numbers = {m: pd.to_numeric(frame[m]).astype(float).where(scored(frame)) for m in metrics}
    return frame.assign(**numbers)


def unfolded(scores: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """A metric with parts as one column: a row a part, which takes the place of the label.

    Families that the metric is not defined for are left out. Other metrics stay as they are.
    """
    columns = {column(metric["name"], part): float(part) for part in metric.get("parts", ())}
    if not columns:
        return scores
    name: str = metric["name"]
    place = [scores["task"], scores["family"]]
    some = scores[list(columns)].notna().any(axis=1).groupby(place).transform("any")
    failed = (~scored(scores)).groupby(place).transform("all")
    own = scores[some | failed]
    parts = [own.assign(label=p, **{name: own[c]}) for c, p in columns.items()]
    return pd.concat(parts, ignore_index=True)


def is_capped(metric: Metric) -> bool:
    return metric.get("unit") == "dB"


def capped(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """Scores in dB cut at CAP, so that exact reconstructions (infinite) can be averaged."""
    if not is_capped(metric):
        return frame
    name: str = metric["name"]
    return frame.assign(**{name: frame[name].clip(upper=CAP)})


def fitted_rows(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The rows of models that are no controls, when there is something to draw of them."""
    fitted = frame[~is_control(frame)]
    if fitted.empty:
        raise UserError(
            "No model was fitted: the study has controls only.",
            "Add a model to it, then run snakemake again.",
        )
    if scored(fitted).any() and fitted[metric].isna().all():
        raise UserError(
            f"No fit has the metric '{metric}'.",
            "Choose one that the study's signals can be scored by.",
        )
    return fitted


def scored(frame: pd.DataFrame) -> pd.Series:
    """The fits that have a reconstruction, and so scores."""
    return frame["status"].isin(SCORED)


def is_control(frame: pd.DataFrame) -> pd.Series:
    return frame["model"].isin(list(CONTROLS))


def averages(
    frame: pd.DataFrame, by: Sequence[str], metric: str, interval: Interval | None = None
) -> pd.DataFrame:
    """One row a group: mean, std (population), n counted, failures, exact (infinite) ones.

    `failure` is the status of the failed fits, the most frequent first. Averages are over the
    fits that gave a number, `collapsed` ones among them. `parameters` is the mean true count.
    With `interval`, its ends follow as low and high.
    """
    rows = []
    for key, group in frame.groupby(list(by), dropna=False, sort=True):
        good = group[group[metric].notna()]
        values = good[metric].to_numpy()
        failed = group.loc[~scored(group), "status"]
        collapsed = int((good["status"] == COLLAPSED).sum())
        ends = interval(values, list(good["signal"]), list(good["seed"])) if interval else ()
        told = len(failed), _most_frequent(failed), collapsed, _parameters(group)
        rows.append((*key, *_moments(values), *told, *ends))
    counted = ["mean", "std", "n", "exact", "failures", "failure", "collapsed", "parameters"]
    counted += ["low", "high"] if interval else []
    return pd.DataFrame(rows, columns=[*by, *counted])


def together(frame: pd.DataFrame, sets: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """The rows of each set's families, as if the set were one family; all rows without sets.

    A family of two sets comes twice.
    """
    parts = [frame[frame["family"].isin(list(of))].assign(family=name) for name, of in sets.items()]
    return pd.concat(parts, ignore_index=True) if parts else frame


def folded(frame: pd.DataFrame, sets: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """As `together`, with the families that are in no set beside."""
    inside = {family for of in sets.values() for family in of}
    rest = frame[~frame["family"].isin(inside)]
    return pd.concat([together(frame, sets), rest], ignore_index=True) if sets else frame


def _moments(values: np.ndarray) -> tuple[float, float, int, int]:
    """Mean, population standard deviation (nan for fewer than two), count, infinite ones."""
    n, exact = len(values), int(np.isinf(values).sum())
    mean = float(np.mean(values)) if n else np.nan
    std = float(np.std(values)) if n > 1 and not exact else np.nan
    return mean, std, n, exact


def _parameters(group: pd.DataFrame) -> float:
    """The mean of the true counts, rounded; nan of a table without them."""
    return np.round(pd.to_numeric(group["parameters"]).mean()) if "parameters" in group else np.nan


def _most_frequent(words: pd.Series) -> str:
    if words.empty:
        return ""
    counts = words.value_counts()
    return min(counts.index, key=lambda word: (-counts[word], word))


def panels(frame: pd.DataFrame) -> list[tuple[str, str, float]]:
    """The (task, family, label) found, in order; label is nan for a family without labels."""
    found = frame[PANEL].drop_duplicates().astype({"label": float}).sort_values(PANEL)
    return list(found.itertuples(index=False, name=None))


def rows_of(frame: pd.DataFrame, panel: tuple[str, str, float]) -> pd.DataFrame:
    """The rows of one (task, family, label)."""
    task, family, label = panel
    same = frame["label"].isna() if np.isnan(label) else frame["label"] == label
    return frame[(frame["task"] == task) & (frame["family"] == family) & same]


def thinned(found: list[tuple[str, str, float]], most: int) -> list[tuple[str, str, float]]:
    """At most about `most` panels: each task and family keeps labels spread over its range."""
    groups: dict[tuple[str, str], list] = {}
    for panel in found:
        groups.setdefault(panel[:2], []).append(panel)
    share = max(1, most // len(groups))
    kept = []
    for group in groups.values():
        ends = np.linspace(0, len(group) - 1, min(share, len(group)))
        middle = [(len(group) - 1) / 2] if share == 1 else ends
        kept += [group[int(place + 0.5)] for place in middle]
    return kept


def label_text(label: float) -> str:
    """A label 1..9 as the fraction it stands for: '.3'."""
    return f"{label / 10:.1f}".removeprefix("0")


def budget_text(budget: float) -> str:
    """A budget as Matplotlib mathematics: 10^4, 3×10^4."""
    power = int(np.floor(np.log10(budget) + 1e-9))
    factor = f"{budget / 10**power:.3g}"
    return f"$10^{{{power}}}$" if factor == "1" else f"${factor}{{\\times}}10^{{{power}}}$"


def count_text(counts: Iterable[float]) -> str:
    """How many fits stand behind each number: 'n = 5', or 'n = 3–5' where it differs."""
    counts = [int(c) for c in counts]
    if not counts:
        return "n = 0"
    low, high = min(counts), max(counts)
    return f"n = {low}" if low == high else f"n = {low}–{high}"


def text_of(value: float, metric: Metric) -> str:
    """A score as it stands in a table: of one with a unit two digits, else three."""
    if np.isinf(value):
        return "exact"
    text = f"{value:.{2 if metric.get('unit') else 3}f}"
    return text.replace("-", "−")
