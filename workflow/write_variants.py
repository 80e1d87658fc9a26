"""Write docs/variants.md anew from the parts of composed models: `make variants`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fieldbench.plan.entries.variants import to_markdown

if __name__ == "__main__":
    page = Path(__file__).resolve().parent.parent / "docs" / "variants.md"
    page.write_text(to_markdown(), encoding="utf-8")
