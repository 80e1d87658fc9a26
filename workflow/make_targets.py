"""List the targets of the Makefile, or answer one that is not there with the nearest.

Any Python runs this, for there may be no environment yet.
"""

import difflib
import re
import sys
from pathlib import Path

MAKEFILE = Path(__file__).resolve().parent.parent / "Makefile"
TARGET = re.compile(r"^([a-z%-]+):.*?## (.+)$", re.MULTILINE)


def main(wanted: str = "") -> None:
    targets = dict(TARGET.findall(MAKEFILE.read_text(encoding="utf-8")))
    if not wanted:
        width = max(map(len, targets))
        print("\n".join(f"make {name:{width}}  {text}" for name, text in targets.items()))
        return
    near = difflib.get_close_matches(wanted, targets, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else "`make help` lists those that there are."
    sys.exit(f"There is no target '{wanted}'. {hint}")


if __name__ == "__main__":
    main(*sys.argv[1:])
