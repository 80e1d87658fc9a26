"""Write docs/budgets.md anew from the models: `make budgets`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fieldbench.plan.entries.budgets import to_markdown

if __name__ == "__main__":
    page = Path(__file__).resolve().parent.parent / "docs" / "budgets.md"
    page.write_text(to_markdown(), encoding="utf-8")
