"""Whether two lists of scores put the same models in the same order."""

from collections.abc import Sequence

import numpy as np
from scipy import stats


def ranks(here: Sequence[float], there: Sequence[float]) -> tuple[float, float]:
    """Kendall's tau-b and Spearman's rho of two lists (n,), ties counted as ties.

    nan where no order is to be compared: of fewer than two, or where one list is all ties.
    """
    here, there = np.asarray(here, float), np.asarray(there, float)
    if len(here) < 2 or np.ptp(here) == 0 or np.ptp(there) == 0:
        return float("nan"), float("nan")
    tau, rho = stats.kendalltau(here, there), stats.spearmanr(here, there)
    return float(tau.statistic), float(rho.statistic)
