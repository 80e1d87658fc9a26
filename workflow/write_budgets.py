"""Write docs/budgets.md anew from the models: `make budgets`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from fieldbench.plan.budgets import to_markdown

if __name__ == "__main__":
    (HERE.parent / "docs" / "budgets.md").write_text(to_markdown(), encoding="utf-8")
