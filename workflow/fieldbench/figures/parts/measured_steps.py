"""What measured training steps are called: places, budgets, machines."""

import pandas as pd


def place_text(own: pd.DataFrame) -> str:
    """A place's name and its samples: '2d: 256 × 256'."""
    first = own.iloc[0]
    colour = " × RGB" if first["channels"] == 3 else ""
    return f"{first['place']}: {str(first['shape']).replace('x', ' × ')}{colour}"


def budgets_of(rows: pd.DataFrame) -> list[int]:
    return sorted(int(budget) for budget in rows["budget"].unique())


def machine_text(rows: pd.DataFrame) -> str:
    """What was measured on, and how busy it was."""
    processors = ", ".join(sorted(rows["processor"].dropna().unique()))
    threads = ", ".join(str(n) for n in sorted(rows["threads"].unique()))
    plural = "" if threads == "1" else "s"
    where = f"{processors}, {threads} thread{plural}"
    return f"{where}, load average up to {rows['load'].max():.1f}"
