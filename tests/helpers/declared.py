"""Entries that declare something else for the length of a test."""

from dataclasses import replace

import pytest

from fieldbench.plan.entries import registry


def change(monkeypatch: pytest.MonkeyPatch, kind: str, name: str, **facts: object) -> None:
    """Let an entry declare other facts."""
    declaration = registry.declare(kind, name)
    # What is declared is frozen; a test changes what the cache of declarations holds.
    monkeypatch.setitem(vars(declaration), "facts", replace(declaration.facts, **facts))
