"""A model's settings: of the preset, of its parts, and the tuned ones of config/models, merged."""

from collections.abc import Mapping, Set
from typing import Any

from fieldbench.plan.config import presets
from fieldbench.plan.config.models import ModelEntry, Part
from fieldbench.plan.config.reading import parse, read_yaml
from fieldbench.plan.entries import registry

PLACES = ("by_dims", "by_task")
GROUPS = (*PLACES, "by_budget")


def model_entry(
    entries: Mapping[str, ModelEntry], name: str, parts: Mapping[str, Part] | None = None
) -> ModelEntry:
    """A model as a preset's `models:` has it, over its `parts:` and the tuned ones in config."""
    own = entries.get(name, ModelEntry())
    kind = own.kind or name
    common = _of_parts(kind, parts or {})
    if common:
        told = own.model_dump(exclude_unset=True)
        each = {g: _joined(common[g], told.get(g, {})) for g in PLACES if g in common}
        own = parse(ModelEntry, common | told | each, f"model {name}")
    path = presets.CONFIG / "models" / f"{kind}.yaml"
    if not path.is_file():
        return own.model_copy(update={"kind": kind})
    tuned = parse(ModelEntry, read_yaml(path), str(path))
    presets.check_entry("models", kind, tuned, str(path))
    ours = own.model_dump(exclude_unset=True)
    # Shallow on purpose: a preset that names by_task replaces the tuned by_task whole.
    merged = _yielding(tuned.model_dump(exclude_unset=True), ours.keys() - set(GROUPS)) | ours
    return parse(ModelEntry, merged | {"kind": kind}, str(path))


def _of_parts(kind: str, parts: Mapping[str, Part]) -> dict[str, Any]:
    """The settings that a preset gives the parts of a composed model."""
    files = registry.sources("models", kind)
    names = [file.stem.replace("_", "-") for file in files] if len(files) > 1 else []
    made_of = [parts[name] for name in names if name in parts]
    found = {k: v for part in made_of for k, v in part.settings.items()}
    for group in PLACES:
        each: dict[Any, dict[str, Any]] = {}
        for part in made_of:
            each = _joined(each, {k: own.settings for k, own in getattr(part, group).items()})
        found |= {group: each} if each else {}
    return found


def _joined(one: Mapping[Any, dict], other: Mapping[Any, dict]) -> dict[Any, dict]:
    """Merge two mappings of settings by dimension or by task; the second wins."""
    return {place: one.get(place, {}) | other.get(place, {}) for place in {**one, **other}}


def _yielding(tuned: dict[str, Any], named: Set[str]) -> dict[str, Any]:
    """Tuned settings without those that a preset sets for all places, wherever they stand."""
    return {
        key: {k: _yielding(group, named) for k, group in value.items()} if key in GROUPS else value
        for key, value in tuned.items()
        if key not in named
    }
