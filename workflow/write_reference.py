"""Write docs/reference.md anew from the config models: `make reference`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fieldbench.plan.config.reference import to_markdown

if __name__ == "__main__":
    page = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
    page.write_text(to_markdown(), encoding="utf-8")
