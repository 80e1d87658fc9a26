"""Scores less those of a reference, fit by fit."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.data import Metric

PAIR = ["study", *data.PANEL, "signal", "budget", "seed"]  # what two fits of a pair share


def paired(fitted: pd.DataFrame, metric: Metric, reference: Mapping[str, str]) -> pd.DataFrame:
    """Rows of the other models, `metric` less the reference's at the same signal, budget and seed.

    Signed so that positive is better; both cut at 100 dB, and `fair` where neither was. A row
    whose reference failed or is not there has no number.
    """
    name: str = metric["name"]
    sign = 1 if metric["better"] == "higher" else -1
    cut = data.capped(fitted, metric)
    own = cut["model"] == cut["task"].map(dict(reference))
    base = cut.loc[own, [*PAIR, name]].rename(columns={name: "base"})
    pairs = cut[~own].merge(base, on=PAIR, how="left")
    top = data.CAP if data.is_capped(metric) else np.inf
    fair = ~((pairs[name] >= top) | (pairs["base"] >= top))
    return pairs.assign(**{name: sign * (pairs[name] - pairs["base"])}, fair=fair)
