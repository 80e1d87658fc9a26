"""What a comparison with printed numbers is of: its budgets and its signals."""

import pandas as pd


def budgets_of(own: pd.DataFrame) -> list[int]:
    return sorted(int(b) for b in own["budget"].unique())


def share(own: pd.DataFrame) -> str:
    """How many of the signals behind the printed means ours are over."""
    counts = own.loc[own["signals"] > 0, "signals"]
    low, high = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    many = f"{low}" if low == high else f"{low} to {high}"
    return f"{many} of {int(own['of'].iloc[0])} {own['what'].iloc[0]}"
