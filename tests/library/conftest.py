"""What several tests of plans are given."""

from pathlib import Path

import pytest
import yaml

from fieldbench.plan.cells import own_files
from fieldbench.plan.jobs.run import Run


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Plan a preset given as a dictionary, as the text of its file, or as that file."""

    # Nothing is kept in the folder that the tests run in.
    monkeypatch.setattr(own_files.OwnFiles, "_keep", lambda *_: None)

    def run(preset, checks=True, name="mine", **config):
        file = preset
        if not isinstance(preset, Path):
            file = tmp_path / f"{name}.yaml"
            file.write_text(preset if isinstance(preset, str) else yaml.safe_dump(preset))
        return Run({"preset": str(file), **config}, checks=checks)

    return run
