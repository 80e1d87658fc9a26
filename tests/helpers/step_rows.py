"""Made-up measurements of training steps: three models at two places."""

import numpy as np
import pandas as pd

from fieldbench.figures.parts.style import ModelStyle, Style

STYLE = Style(
    models={
        "grid": ModelStyle("Grid", "#000000"),
        "siren": ModelStyle("SIREN", "#d55e00"),
        "gsplat": ModelStyle("GSplat", "#882255"),
    }
)
RATIO = {"siren": 2.0, "grid": 8.0, "gsplat": 0.5}


def row(model, place, budget):
    ratio = RATIO[model] * (1 if budget == 1000 else 2)
    counted = model != "gsplat"
    return {
        "model": model,
        "place": place,
        "dims": int(place[0]),
        "shape": {"2d": "8x8", "3d": "4x4x4"}[place],
        "budget": budget,
        "size": 7,
        "points": 64,
        "channels": 1,
        "parameters": budget - 1,
        "processor": "a chip",
        "threads": 1,
        "load": 0.25,
        "pairs": 5,
        "textbook_every": 1 if counted else 4,
        "textbook_points_at_once": 32 if model == "siren" else 64,
        "textbook_ms": 1234.5,
        "ours_ms": 1234.5 / ratio,
        "ratio": ratio,
        "ratio_low": 0.9 * ratio,
        "ratio_high": 1.1 * ratio,
        "gflops": 50.0 if counted else np.nan,
        "peak_gflops": 100.0,
        "fraction": 0.5 if counted else np.nan,
        "gbytes": 0.5,
        "copy_gbytes": 10.0,
        "fraction_bytes": 0.05,
        "bound": "arithmetic" if counted else "neither",
        "textbook_mb": 80.0,
        "ours_mb": 4.0,
        "gradient_difference": 1.2e-7,
    }


def table(places=("2d", "3d"), models=tuple(RATIO), budgets=(1000, 2000)):
    return pd.DataFrame([row(m, p, b) for m in models for p in places for b in budgets])
