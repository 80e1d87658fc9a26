"""How to add an entry: for every kind what it may declare, as a page for readers."""

import dataclasses
import types
from dataclasses import MISSING
from pathlib import Path
from typing import Any

from fieldbench.plan.entries import registry
from fieldbench.plan.entries.kinds import KINDS, Kind

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
ABOUT = """# Add your own

Every signal, task, model, metric and part of a network is one file, whose name is its name in a
preset. Begin with a template that works as it stands:

```
make new-model NAME=my-model ENTRIES=my_entries
make test ARGS="--entries my_entries"
```

The first line writes `my_entries/models/my_model.py`; the second holds your entries to the same
contract as fieldbench's own. Let a run know the folder by `entries: my_entries` in
`config/config.yaml`, or on the command line: `snakemake --config entries=my_entries preset=...`.
Editing an entry makes anew what it was used for, and nothing else. Without `ENTRIES` the file goes
into fieldbench itself; then `make pages` writes the pages anew that list all entries.

What a file's class declares, in plain sight, is read without running the file. So is each planning
function beside the class, which uses its arguments, `math`, and constants and functions of the
same file, and none of its imports. Constants of your own are written in capitals. Shared parts go
into files whose names begin with an underscore: `from ._shared import helper`.

A model has a name and a colour in figures without further ado; `config/figures.yaml` gives it
others. Made by `make pages`."""


def to_markdown() -> str:
    """The whole page."""
    return "\n\n".join([ABOUT, *(_section(kind) for kind in registry.CLASSES)]) + "\n"


def _section(kind: str) -> str:
    held, one = KINDS[kind], registry.singular(kind)
    given = ", ".join(f"`{name}`" for name in registry.GIVEN.get(kind, ()))
    parts = [f"## {one.capitalize()}", held.facts.__doc__ or "", _facts(held)]
    parts += [_functions(held)] if held.functions else []
    if given:
        parts += [f"A job gives its constructor {given}; all its other arguments are settings."]
    else:
        parts += ["The arguments of its constructor are its settings."]
    template = TEMPLATES / f"{one}.py"
    if template.is_file():
        parts += [f"```python\n{template.read_text(encoding='utf-8').rstrip()}\n```"]
    return "\n\n".join(parts)


def _facts(held: Kind) -> str:
    rows = ["| fact | type | default | meaning |", "| --- | --- | --- | --- |"]
    for field in dataclasses.fields(held.facts):
        default = "needed" if field.default is MISSING else f"`{field.default!r}`"
        rows.append(
            f"| `{field.name}` | {_type(field.type)} | {default} | {field.metadata['means']} |"
        )
    return "\n".join(rows)


def _functions(held: Kind) -> str:
    rows = ["| planning function | returns |", "| --- | --- |"]
    for name, returns in held.functions.items():
        needed = " Needed." if name in held.required else ""
        rows.append(f"| `{name}` | {returns}{needed} |")
    return "\n".join(rows)


def _type(hint: Any) -> str:
    """A type in words that fit into a table."""
    told = hint.__name__ if isinstance(hint, type) and not _generic(hint) else str(hint)
    return f"`{told.replace('typing.', '')}`".replace("|", "or")


def _generic(hint: Any) -> bool:
    return isinstance(hint, types.GenericAlias)
