"""Takes the terminal over, before Snakemake says what it reads. Defines no rule."""

import sys
from pathlib import Path

WORKFLOW = Path(workflow.current_basedir).parent / "workflow"
sys.path.insert(0, str(WORKFLOW))

from runtime.terminal import takeover

takeover.take_over(workflow)
