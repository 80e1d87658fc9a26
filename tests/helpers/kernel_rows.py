"""Made-up tables of kernels: three models that learn ever fewer frequencies."""

import numpy as np
import pandas as pd

FREQUENCIES = (1, 2, 4, 8, 16, 32)


def cells():
    """Three models with two seeds each, at two places."""
    for place in ("line", "plane"):
        for number, model in enumerate(("grid", "siren", "kan-fourier")):
            for seed in (1, 2):
                yield number, {"place": place, "model": model, "budget": 9, "seed": seed}


def responses():
    rows = []
    for number, cell in cells():
        for k in FREQUENCIES:
            rate = cell["seed"] * 10.0 * k ** -(1.0 + number)
            late = np.nan if k == 32 else 500 / rate
            measured = {"descent_reached": late, "adam_reached": 7.0 * k}
            rows.append(cell | {"frequency": k, "rates": rate} | measured)
    return pd.DataFrame(rows)


def spectra():
    return pd.DataFrame(
        [c | {"rank": k, "value": float(k) ** -(n + 1)} for n, c in cells() for k in range(1, 40)]
    )


def kernels():
    return pd.DataFrame([c | {"descent_drift": 0.1 * n, "adam_drift": 0.9} for n, c in cells()])
