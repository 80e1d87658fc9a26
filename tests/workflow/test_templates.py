"""A new entry of every kind, as its template writes it, passes its contract."""

import subprocess
import sys

import new_entry
import pytest
from helpers import own_entries, runs

from fieldbench.plan.errors import UserError

# Of the many models that are made of a new part, one each.
FEW = "not mlp- or mlp-my-encoding-tanh or mlp-identity-my-activation"


def test_templates_pass_their_contract(tmp_path):
    kinds = new_entry.kinds()
    for word, kind in kinds.items():
        own_entries.write(tmp_path, kind, f"my-{word}")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", f"--entries={tmp_path}", "-k", FEW],
        cwd=runs.PROJECT, env=runs.surroundings(), capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-2000:]
    assert all(f"my-{word}" in told.stdout for word in kinds), "a kind without a contract"


def test_a_new_entry_takes_no_name_that_is_taken_or_cannot_be_one(tmp_path):
    new_entry.write("models", "mine", tmp_path)
    for name, told in (("mine", "already"), ("siren", "already"), ("My_Model", "cannot be")):
        with pytest.raises(UserError, match=told):
            new_entry.write("models", name, tmp_path)
