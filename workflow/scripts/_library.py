"""Puts the library, and what guards jobs, within reach of a script."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
