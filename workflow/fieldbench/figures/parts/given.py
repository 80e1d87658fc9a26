"""What a figure or a table is given: the names of one, and what it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from fieldbench.figures.parts.style import Style


@dataclass(frozen=True)
class Given:
    """One drawing or table: what it is of, its data, and how things are named and coloured.

    A figure of pictures has files, which are many, instead of tables; one over all studies has the
    scores of each by its name. `plan` is what the entry `needs` of the plan.
    """

    names: Mapping[str, str]  # task, family, metric, ...: what braces of its path stand for
    metrics: Mapping[str, Mapping[str, Any]]  # the study's by name; the first one leads
    style: Style
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # those it reads
    files: Mapping[str, list[str]] = field(default_factory=dict)  # by what they hold
    plan: Mapping[str, Any] = field(default_factory=dict)
    stamp: Mapping[str, Any] = field(default_factory=dict)  # where it comes from

    @property
    def lead(self) -> Mapping[str, Any]:
        """The metric that models are chosen by where a figure cannot show them all."""
        return next(iter(self.metrics.values()))

    @property
    def metric(self) -> Mapping[str, Any]:
        """The metric that it is named after."""
        return self.metrics[self.names["metric"]]

    @property
    def title(self) -> str:
        """Its task and its signals, in words."""
        return f"{self.style.task(self.names['task'])}: {self.style.family(self.names['family'])}"

    @property
    def sets(self) -> Mapping[str, list[str]]:
        """The sets of signals, where it is one over sets; else none."""
        return self.plan["sets"] if self.names.get("sets") else {}

    def rows(self, table: str) -> pd.DataFrame:
        """A table's rows of its task and family, as far as it is named after these."""
        found = self.tables[table]
        for name in ("task", "family"):
            if name in self.names:
                found = found[found[name] == self.names[name]]
        return found
