"""What a figure or a table is given: its job's parameters, and its inputs read."""

from typing import Any

import pandas as pd

from fieldbench.figures.parts.given import Given
from fieldbench.figures.parts.style import Style
from fieldbench.results import provenance

STORED = {"signal": "signal", "observation": "observation", "fits": "fit", "scores": "score"}


def given(job: Any) -> Given:
    """Read the tables of a job; of a picture, check where its signal, fits and scores come from."""
    plan = job.params.job
    files = {name: _listed(paths) for name, paths in job.input.items()}
    pictures = "fits" in files
    if pictures:
        stored = {STORED[name]: paths for name, paths in files.items()}
        provenance.check(stored, job.params.made_of)
    return Given(
        names=plan["names"],
        metrics=plan["metrics"],
        style=Style.of(plan["style"]),
        tables={} if pictures else _tables(files, plan),
        files=files if pictures else {},
        plan=plan["plan"],
        stamp=job.params.stamp or {},
    )


def _tables(files: dict[str, list[str]], plan: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables by their names; of an overview, each study's scores by the study."""
    if "columns" in plan["plan"]:
        studies = dict.fromkeys(study for study, *_ in plan["plan"]["columns"])
        return dict(zip(studies, map(pd.read_csv, files["scores"]), strict=True))
    return {name: pd.read_csv(paths[0]) for name, paths in files.items()}


def _listed(files: Any) -> list[str]:
    return [files] if isinstance(files, str) else list(map(str, files))
