"""Write every page of docs/ that is made from the code anew: `make pages`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fieldbench.files import listing
from fieldbench.plan.config import reference
from fieldbench.plan.entries import budgets, extending, variants

PAGES = {"budgets": budgets, "variants": variants, "extend": extending, "reference": reference}

DOCS = Path(__file__).resolve().parent.parent / "docs"

if __name__ == "__main__":
    for name, made in PAGES.items():
        (DOCS / f"{name}.md").write_text(made.to_markdown(), encoding="utf-8")
    own_data = DOCS / "own-data.md"  # written by hand but for its table of formats
    own_data.write_text(listing.in_page(own_data.read_text(encoding="utf-8")), encoding="utf-8")
