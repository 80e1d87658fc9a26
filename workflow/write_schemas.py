"""Write config/schemas anew from the config models: `make schemas`."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fieldbench.plan.config.presets import CONFIG
from fieldbench.plan.config.schema import schemas

if __name__ == "__main__":
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, sort_keys=True) + "\n"
        (CONFIG / "schemas" / name).write_text(text, encoding="utf-8")
