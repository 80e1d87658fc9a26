"""JSON schemas of the config files, generated from the config models, for editors."""

from typing import Any

from fieldbench.plan.config.datasets import DatasetsConfig
from fieldbench.plan.config.kernels import KernelsConfig
from fieldbench.plan.config.models import Config, ModelEntry, Preset
from fieldbench.plan.config.published import Published
from fieldbench.plan.config.throughput import ThroughputConfig
from fieldbench.plan.entries import registry


def schemas() -> dict[str, dict[str, Any]]:
    """File name to schema, for each kind of file in config."""
    preset = Preset.model_json_schema()
    for kind, definition in (("signals", "Entry"), ("tasks", "Entry"), ("models", "ModelEntry")):
        preset["properties"][kind]["additionalProperties"] = {
            "allOf": [{"$ref": f"#/$defs/{definition}"}],
            "properties": _settings_of(kind),
        }
    preset["properties"]["parts"]["propertyNames"] = {"enum": list(registry.parts())}
    metric = {"type": "string", "enum": list(registry.names("metrics"))}
    preset["$defs"]["Study"]["properties"]["metrics"]["items"] = metric
    preset["properties"]["optional_metrics"]["items"] = metric
    return {
        "config.schema.json": Config.model_json_schema(),
        "preset.schema.json": preset,
        "model.schema.json": ModelEntry.model_json_schema(),
        "datasets.schema.json": DatasetsConfig.model_json_schema(),
        "kernels.schema.json": KernelsConfig.model_json_schema(),
        "throughput.schema.json": ThroughputConfig.model_json_schema(),
        "published.schema.json": Published.model_json_schema(),
    }


def _settings_of(kind: str) -> dict[str, Any]:
    """Every setting that some entry of a kind has, with the entries that have it."""
    owners: dict[str, list[str]] = {}
    entries = [(kind, name) for name in registry.names(kind)]
    kinds: dict[str, Any] = {"enum": list(registry.names(kind))}
    if kind == "models":
        entries += [("models", frame) for frame in registry.frames()]
        entries += [(part, name) for part in registry.PARTS for name in registry.names(part)]
        kinds = {"anyOf": [kinds, {"pattern": f"^({'|'.join(registry.frames())})-"}]}
    for entry in entries:
        for setting in registry.declare(*entry).settings:
            owners.setdefault(setting, []).append(entry[1])
    found = {s: {"description": f"Setting of {', '.join(o)}."} for s, o in sorted(owners.items())}
    return {"kind": kinds, **found}
