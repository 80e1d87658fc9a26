"""What models cost, as a table: medians over fits, controls left out."""

import io

import numpy as np
import pandas as pd
import pytest
from helpers import samples

from fieldbench.plan.errors import UserError
from fieldbench.tables import timings_by_model

LOOK = samples.styles()


def timings():
    fit = {"study": "main", "task": "represent", "family": "my_photo", "processor": "a chip"}
    rows = [
        fit | {"model": "siren", "budget": 1000, "parameters": 987, "bytes": 3948,
               "step_seconds": step, "training_seconds": train, "peak_bytes": peak}
        for step, train, peak in ((0.001, 1.0, 3e8), (0.002, 9.0, 4e8), (0.004, 2.0, 2e8))
    ]  # fmt: skip
    none = {"parameters": 1, "bytes": 4, "peak_bytes": 1e8, "step_seconds": np.nan}
    rows.append(fit | none | {"model": "grid", "budget": 1000, "training_seconds": np.nan})
    rows.append(fit | none | {"model": "oracle", "budget": np.nan, "training_seconds": 0.0})
    return pd.DataFrame(rows)


def test_by_hand():
    (row,) = timings_by_model.summarise(timings()).itertuples()
    assert (row.model, row.budget, row.parameters, row.bytes) == ("siren", 1000, 987, 3948)
    assert (row.step_seconds, row.training_seconds, row.longest_seconds) == (0.002, 2.0, 9.0)
    assert (row.peak_bytes, row.n, row.processor) == (4e8, 3, "a chip")


def test_csv_reads_back():
    rows = timings_by_model.summarise(timings())
    back = pd.read_csv(io.StringIO(timings_by_model.to_csv(rows)))
    assert list(back.columns) == list(rows.columns) and back["bytes"].tolist() == [3948]


def test_markdown_and_latex_say_the_same():
    rows = timings_by_model.summarise(timings())
    plain, latex = timings_by_model.to_markdown(rows, LOOK), timings_by_model.to_latex(rows, LOOK)
    numbers = ["SIREN", "1,000", "987", "3.95", "2.00", "2.00", "9.00", "400", "3"]
    found = [line for line in plain.splitlines() if line.startswith("| SIREN")]
    assert [cell.strip() for cell in found[0].strip("|").split("|")] == numbers
    assert " & ".join(numbers) + r" \\" in latex
    assert "a chip" in plain and r"my\_photo" in latex
    assert latex.count(r"\begin{tabular}") == latex.count(r"\end{tabular}") == 1


def test_nothing_timed_is_said():
    with pytest.raises(UserError, match="nothing to show"):
        timings_by_model.summarise(timings().iloc[3:])
