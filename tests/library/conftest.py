"""What several tests of plans are given."""

import pytest
import yaml

from fieldbench.plan.jobs.run import Run


@pytest.fixture
def plan(tmp_path):
    """Plan a preset given as a dictionary or as the text of its file."""

    def run(preset):
        file = tmp_path / "mine.yaml"
        file.write_text(preset if isinstance(preset, str) else yaml.safe_dump(preset))
        return Run({"preset": str(file)})

    return run
