"""The rules of the pipeline as they are written."""

import re

from helpers.runs import PROJECT


def texts() -> dict[str, str]:
    """The text of each rule that has a name, by its name."""
    rules: dict[str, str] = {}
    for file in (PROJECT / "rules").glob("*.smk"):
        parts = re.split(r"^rule (\w+):\n", file.read_text(), flags=re.MULTILINE)
        rules |= dict(zip(parts[1::2], parts[2::2], strict=True))
    return rules
