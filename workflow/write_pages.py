"""Write every page of docs/ that is made from the code anew: `make pages`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fieldbench.plan.config import reference
from fieldbench.plan.entries import budgets, extending, variants

PAGES = {"budgets": budgets, "variants": variants, "extend": extending, "reference": reference}

if __name__ == "__main__":
    for name, made in PAGES.items():
        page = Path(__file__).resolve().parent.parent / "docs" / f"{name}.md"
        page.write_text(made.to_markdown(), encoding="utf-8")
