"""What models cost as a table: their size, and the time and memory that their fits took."""

from typing import Any

import pandas as pd

from fieldbench.figures.parts import data
from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style
from fieldbench.plan.errors import UserError
from fieldbench.tables.parts.latex import escape
from fieldbench.tables.parts.markdown import aligned, number

BY = ["study", "task", "family", "model", "budget"]
SHOWN = {  # heading to the column, and what its numbers are divided by
    "parameters": ("parameters", 1),
    "size (kB)": ("bytes", 1e3),
    "step (ms)": ("step_seconds", 1e-3),
    "training (s)": ("training_seconds", 1),
    "longest (s)": ("longest_seconds", 1),
    "peak (MB)": ("peak_bytes", 1e6),
}
COUNTS = ("parameters", "bytes", "peak_bytes")


class Table:
    """Writes what fits of each model cost."""

    path = "timings-by-model.{suffix}"
    suffixes = ("csv", "md", "tex")
    category = "timings"
    caption = (
        "What fits of each model cost: parameters, bytes, seconds and memory. Seconds belong "
        "to the machine that is named in the table."
    )
    reads = ("timings",)
    needs = ("sets",)

    def write(self, given: Given) -> str:
        rows = summarise(data.folded(given.tables["timings"], given.plan["sets"]))
        if given.names["suffix"] == "csv":
            return to_csv(rows)
        write = {"md": to_markdown, "tex": to_latex}[given.names["suffix"]]
        return write(rows, given.style)


def wanted(study: Any) -> list[dict[str, str]]:
    """The names of each table that a study gets."""
    return [{}]


def summarise(timings: pd.DataFrame) -> pd.DataFrame:
    """One row a study, task, family, model and budget, over the `n` fits that were trained.

    Medians of the step's and the training's seconds, the longest training, the most memory and the
    largest count of parameters and bytes. Controls do not train and are left out, as is a fit that
    failed before it took a step.
    """
    frame = timings[~data.is_control(timings)].copy()
    numbers = ["training_seconds", "step_seconds", *COUNTS]
    frame[numbers] = frame[numbers].apply(pd.to_numeric, errors="coerce")
    frame = frame[frame["training_seconds"] > 0]
    if frame.empty:
        raise UserError("No fit was timed: there is nothing to show.", "Add a model to the study.")
    rows = frame.groupby(BY, sort=True).agg(
        parameters=("parameters", "max"),
        bytes=("bytes", "max"),
        step_seconds=("step_seconds", "median"),
        training_seconds=("training_seconds", "median"),
        longest_seconds=("training_seconds", "max"),
        peak_bytes=("peak_bytes", "max"),
        n=("training_seconds", "size"),
        processor=("processor", lambda names: ", ".join(sorted(set(names.dropna())))),
    )
    return rows.reset_index().astype(dict.fromkeys((*COUNTS, "budget"), "Int64"))


def to_csv(rows: pd.DataFrame) -> str:
    """All of it, numbers in full."""
    return rows.to_csv(index=False, lineterminator="\n")


def to_markdown(rows: pd.DataFrame, style: Style) -> str:
    """One table a task and family."""
    parts = [_caption(rows)]
    for title, lines in _blocks(rows, style):
        parts += [f"**{title}**", aligned([["model", "budget", *SHOWN, "fits"], *lines])]
    return "\n\n".join(parts) + "\n"


def to_latex(rows: pd.DataFrame, style: Style) -> str:
    """A booktabs table; the preamble needs \\usepackage{booktabs}."""
    heads = ["model", "budget", *SHOWN, "fits"]
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escape(_caption(rows))}}}",
        rf"\label{{tab:{rows['study'].iloc[0].lower().replace('_', '-')}-timings}}",
        rf"\begin{{tabular}}{{l{'r' * (len(heads) - 1)}}}",
        r"\toprule",
        " & ".join(escape(head) for head in heads) + r" \\",
    ]
    for title, block in _blocks(rows, style):
        lines += [
            r"\midrule",
            rf"\multicolumn{{{len(heads)}}}{{l}}{{\emph{{{escape(title)}}}}} \\",
        ]
        lines += [" & ".join(escape(text) for text in line) + r" \\" for line in block]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}"]) + "\n"


def _blocks(rows: pd.DataFrame, style: Style) -> list[tuple[str, list[list[str]]]]:
    """[(title, lines)]: models in the style's order, each by growing budget."""
    groups = rows[["task", "family"]].drop_duplicates().itertuples(index=False, name=None)
    found = []
    for task, family, _ in style.ordered_panels((t, f, 0.0) for t, f in groups):
        own = rows[(rows["task"] == task) & (rows["family"] == family)]
        lines = []
        for model in style.ordered(own["model"]):
            for _, row in own[own["model"] == model].sort_values("budget").iterrows():
                shown = [_text(row[column], column, by) for column, by in SHOWN.values()]
                lines.append([style.model(model).name, f"{row['budget']:,}", *shown, str(row["n"])])
        found.append((f"{style.task(task)}: {style.family(family)}", lines))
    return found


def _text(value: float, column: str, by: float) -> str:
    if column == "parameters":
        return f"{int(value):,}"
    return number(float(value) / by if not pd.isna(value) else float("nan"))


def _caption(rows: pd.DataFrame) -> str:
    """What the columns are, and whose numbers they are."""
    processors = ", ".join(sorted(set(rows["processor"])))
    return (
        f"What fits cost on {processors}: median step and training over the fits, the longest "
        "training, and the most memory that a fit's process held on the device, on a CPU with all "
        "that it had loaded. Size: numbers that are stored, buffers included. The machine may "
        "have done other work at the same time."
    )
