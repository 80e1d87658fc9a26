"""The reference of every configuration key, generated from the config models."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from fieldbench.plan.config.datasets import DatasetsConfig
from fieldbench.plan.config.kernels import KernelsConfig
from fieldbench.plan.config.models import Config, ModelEntry, Preset
from fieldbench.plan.config.published import Published
from fieldbench.plan.config.throughput import ThroughputConfig

ABOUT = """# Every configuration key

The files of `config/`, key by key. A name in angle brackets is yours to choose. Unknown keys are
errors. [Write a preset](own-preset.md) explains what the keys are for; the
[catalogue](catalogue.md) lists the settings of each signal, task and model. Made by
`make pages`.
"""
FILES: dict[str, type[BaseModel]] = {
    "config/config.yaml": Config,
    "A preset": Preset,
    "config/models/": ModelEntry,
    "config/datasets.yaml": DatasetsConfig,
    "config/published.yaml": Published,
    "config/kernels.yaml": KernelsConfig,
    "config/throughput.yaml": ThroughputConfig,
}
HEAD = "| key | is | default | means |\n| --- | --- | --- | --- |"
OPEN = "Any other key is a setting of the kind."


def to_markdown() -> str:
    """The reference as one Markdown page: a section for each file, a table for each mapping."""
    parts = [ABOUT.rstrip()]
    known: dict[str, str] = {}
    for title, model in FILES.items():
        schema = model.model_json_schema()
        places = dict(known)
        told = list(_sections(schema, schema.get("$defs", {}), places))
        if model is Preset:  # other files share its mappings, which stand there alone
            known = {name: f"{place} of a preset" for name, place in places.items()}
        parts += [f"## {title}", _opening(told[0], title), *told[1:]]
    return "\n\n".join(parts) + "\n"


def _opening(sentence: str, title: str) -> str:
    """What a file is, without its name, which stands above."""
    said = sentence.removeprefix(f"{title}: ")
    return said[:1].upper() + said[1:]


def _sections(
    schema: dict[str, Any], definitions: dict[str, Any], places: dict[str, str]
) -> Iterator[str]:
    """A table for the file's own keys, then one for each mapping below it, in reading order.

    `places` tells where each definition is described: the first place that has it.
    """
    waiting = [("", schema)]
    while waiting:
        place, current = waiting.pop(0)
        below = []
        rows = []
        for key, field in current.get("properties", {}).items():
            path = f"{place}.{key}" if place else key
            for name, where in _referred(field, path):
                if name not in places:
                    places[name] = f"`{where}`"
                    below.append((where, definitions[name]))
            rows.append(_row(key, field, key in current.get("required", ()), places))
        if place:
            yield f"### `{place}`"
        yield _sentence(current)
        yield "\n".join([HEAD, *rows])
        waiting = below + waiting


def _referred(field: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Every definition that a field refers to, and the place that it describes there."""
    if "$ref" in field:
        yield field["$ref"].rsplit("/", 1)[-1], path
    for choice in (*field.get("anyOf", ()), *field.get("allOf", ())):
        yield from _referred(choice, path)
    for inside, step in (("items", "[]"), ("additionalProperties", ".<name>")):
        if isinstance(field.get(inside), dict):
            yield from _referred(field[inside], path + step)


def _sentence(schema: dict[str, Any]) -> str:
    """What a mapping is, and whether it takes keys beyond the listed ones."""
    said = " ".join(schema.get("description", "").split())
    return f"{said} {OPEN}".strip() if schema.get("additionalProperties") is True else said


def _row(key: str, field: dict[str, Any], required: bool, places: dict[str, str]) -> str:
    default = "required" if required else _default(field.get("default"))
    cells = (f"`{key}`", _kind(field, places), default, field.get("description", ""))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(value: Any) -> str:
    """A default as YAML has it; empty where nothing is set."""
    if value is None or value in ("", [], {}) or isinstance(value, dict):
        return ""
    return f"`{json.dumps(value).strip(chr(34))}`"


def _kind(field: dict[str, Any], places: dict[str, str]) -> str:
    """What a value may be, in words."""
    if "$ref" in field:
        return f"see {places[field['$ref'].rsplit('/', 1)[-1]]}"
    if "anyOf" in field:
        kinds = [_kind(choice, places) for choice in field["anyOf"] if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in field or "const" in field:
        return ", ".join(f"`{v}`" for v in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list: {_kind(field.get('items') or _first(field), places)}"
    if field.get("type") == "object":
        inside = field.get("additionalProperties")
        return f"mapping: {_kind(inside, places)}" if isinstance(inside, dict) else "mapping"
    return _scalar(field)


def _first(field: dict[str, Any]) -> dict[str, Any]:
    """What the first place of a list of fixed length holds."""
    return (field.get("prefixItems") or [{}])[0]


def _scalar(field: dict[str, Any]) -> str:
    """A plain value's type, with its bounds."""
    words = {"integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
    said = words.get(field.get("type", ""), "text")
    bounds = {"exclusiveMinimum": "above", "minimum": "at least", "maximum": "at most"}
    told = [f"{word} {field[bound]:g}" for bound, word in bounds.items() if bound in field]
    return " ".join([said, *([" and ".join(told)] if told else [])])
