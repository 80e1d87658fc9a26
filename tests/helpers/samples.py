"""Made-up scores and pictures with the shapes that real ones have."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from fieldbench.figures.parts.style import Style

PSNR = {"name": "psnr", "label": "PSNR", "unit": "dB", "better": "higher", "range": [0, 70]}
SSIM = {"name": "ssim", "label": "SSIM", "unit": "", "better": "higher", "range": [0, 1]}
RINGS = {**PSNR, "name": "psnr-rings", "label": "Ring PSNR", "parts": ["1", "2", "3"],
         "part_name": "ring", "parts_are": "three rings, .1 at the edge"}  # fmt: skip
RELATIVE = {"name": "relative-l2", "label": "relative error", "unit": "", "better": "lower",
            "range": None}  # fmt: skip
LPIPS = {"name": "lpips", "label": "LPIPS", "unit": "", "better": "lower", "range": None}

MODELS = ["ffn", "siren", "wire", "ga-planes", "instant-ngp", "gsplat", "bacon", "grid",
          "grid-tv", "relu-mlp", "positional-mlp"]  # fmt: skip
BUDGETS = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000]
# How each gains with the budget (dB a decade), and loses with the label (dB a step).
_SHAPE = {
    "ffn": (14, 1.5, 4.5), "siren": (24, -2.0, 2.0), "wire": (21, 4.5, 1.5),
    "ga-planes": (21, 5.5, 2.0), "instant-ngp": (14, 9.0, 2.0), "gsplat": (18, 0.5, 1.0),
    "bacon": (16, 5.0, 2.5), "grid": (20, 7.0, 1.2), "grid-tv": (21, 5.0, 1.0),
    "relu-mlp": (10, 1.0, 0.8), "positional-mlp": (13, 4.0, 1.2),
}  # fmt: skip


def scores(models=MODELS, budgets=BUDGETS, labels=range(1, 10), seeds=5, families=("noise",),
           tasks=("represent",), controls=True, failures=False):  # fmt: skip
    """A tidy table: one row a cell. `labels=[None]` makes families without labels."""
    rng = np.random.default_rng(7)
    rows = []
    for task in tasks:
        for family in families:
            for label in labels:
                for seed in range(seeds):
                    place = (task, family, label, seed)
                    rows += [_fit(rng, *place, m, b, failures) for m in models for b in budgets]
                    if controls:
                        rows += [control(*place, m) for m in ("constant", "oracle")]
    return pd.DataFrame(rows)


def row(task, family, label, seed, model, budget, psnr, status="ok"):
    ok = status == "ok"
    return {
        "study": "main", "task": task, "family": family, "label": label, "dims": 2,
        "signal": family if label is None else f"{family}-{label}", "channels": 1,
        "samples": 1_000_000, "model": model, "budget": budget, "parameters": budget,
        "seed": seed, "status": status, "reason": "" if ok else "the loss is not finite",
        "psnr": psnr if ok else np.nan,
        "ssim": float(1 - np.exp(-psnr / 12)) if ok else np.nan,
        "lpips": float(np.exp(-psnr / 15)) if ok else np.nan,
    }  # fmt: skip


def _fit(rng, task, family, label, seed, model, budget, failures):
    start, gain, loss = _SHAPE.get(model, (17, 3.0, 1.5))
    psnr = start + gain * np.log10(budget / 1e4) - loss * ((label or 5) - 5) + rng.normal(0, 0.7)
    if model == "grid" and budget >= 1_000_000:
        psnr = np.inf if family == "star" else psnr + 90
    status = "ok"
    if failures and model == "siren" and budget >= 300_000 and (label or 5) > 6:
        status = "diverged" if budget > 300_000 or seed == 0 else "ok"
    if failures and model == "instant-ngp" and budget >= 3_000_000:
        status = "out-of-memory"
    return row(task, family, label, seed, model, budget, float(psnr), status)


def control(task, family, label, seed, model):
    psnr = 8.0 - 0.2 * (label or 5) if model == "constant" else np.inf
    return row(task, family, label, seed, model, None, psnr)


def rings(families=("star",), **more):
    """A tidy table with a score a ring of the star; other families have none."""
    rows = scores(families=families, labels=[None], **more)
    star = rows["family"] == "star"
    columns = {f"psnr-rings-{n}": (rows["psnr"] - 2 * n).where(star) for n in (1, 2, 3)}
    return rows.assign(**columns)


def history(models=MODELS, budgets=BUDGETS, labels=(1, 5, 9), seeds=5, steps=1000, **rest):
    """One row an evaluation of each fit: PSNR rises towards the score of `scores`."""
    table = scores(models, budgets, labels, seeds, **rest)
    at = np.unique(np.round(np.linspace(1, steps, 21)).astype(int))
    rows = []
    keys = ["study", "task", "signal", "family", "label", "model", "budget", "seed"]
    for fit in table.to_dict("records"):
        end = min(fit["psnr"], 90) if fit["status"] == "ok" else 15.0
        pace = 60 + 200 * (fit["model"] in ("siren", "bacon"))
        for step in at if fit["status"] == "ok" else at[:6]:
            psnr = 5 + (end - 5) * (1 - np.exp(-step / pace))
            at_step = {"step": step, "psnr": psnr, "loss": 10 ** (-psnr / 10)}
            rows.append({k: fit[k] for k in keys} | at_step)
    return pd.DataFrame(rows)


def picture(shape=(96, 96), channels=1):
    """A smooth ground with one patch of fine stripes, in [0, 1]; (*shape, channels)."""
    axes = np.meshgrid(*[np.linspace(0, 1, n) for n in shape], indexing="ij")
    ground = 0.5 + 0.3 * np.sin(3 * sum(axes)) * np.cos(2 * axes[0])
    patch = np.ones(shape)
    for axis, middle in zip(axes, (0.7, 0.3, 0.5), strict=False):
        patch = patch * np.exp(-(((axis - middle) / 0.12) ** 2))
    stripes = 0.45 * np.sin(60 * axes[-1] + 25 * axes[0]) * patch
    values = np.clip(ground + stripes, 0, 1)
    return np.stack([np.clip(values * (1 - 0.15 * c), 0, 1) for c in range(channels)], -1)


def reconstructions(truth, models=MODELS):
    """Noisy, smoothed copies of a truth, each model with its own share of both."""
    rng = np.random.default_rng(3)
    found = {}
    for number, model in enumerate(models):
        wave = np.sin(np.linspace(0, 20 + number, truth.shape[0]))
        wave = wave.reshape(-1, *[1] * (truth.ndim - 1))
        found[model] = truth + 0.02 * number * wave + rng.normal(0, 0.02, truth.shape)
    return found


def config():
    """What config/figures.yaml says."""
    return yaml.safe_load((Path(__file__).resolve().parents[2] / "config/figures.yaml").read_text())


def styles():
    """The look that fieldbench ships."""
    return Style.of(config())
