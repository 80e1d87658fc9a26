"""Made-up means beside printed ones: two models, at two budgets."""

import numpy as np
import pandas as pd

NUMBERS = {  # model: (value, low, high, printed) at each of two budgets
    "siren": [(21.0, 20.0, 22.0, 21.4), (None, None, None, 30.0)],
    "grid": [(20.0, 19.5, 20.5, 25.0), (np.inf, None, None, 150.0)],
}


def cells(**changes):
    rows = []
    for model, numbers in NUMBERS.items():
        for budget, (value, low, high, printed) in zip((1000, 3000), numbers, strict=True):
            difference = None if value is None else min(value, 100) - min(printed, 100)
            near = None if value is None else "yes" if abs(difference) <= 0.5 else "no"
            rows.append(
                {"study": "main", "block": "one", "title": "Two images", "task": "represent",
                 "metric": "psnr", "budget": budget, "model": model, "value": value, "low": low,
                 "high": high, "n": 0 if value is None else 2, "failures": int(value is None),
                 "signals": 0 if value is None else 2, "of": 10, "what": "images",
                 "printed": printed, "difference": difference, "tolerance": 0.5, "within": near,
                 "source": "A page", "conventions": "Clipped."} | changes
            )  # fmt: skip
    return pd.DataFrame(rows)


RANKS = pd.DataFrame(
    [{"block": "one", "budget": 1000, "kendall": -1.0, "spearman": -1.0},
     {"block": "one", "budget": 3000, "kendall": np.nan, "spearman": np.nan}]
)  # fmt: skip
