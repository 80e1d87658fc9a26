"""Finding a preset, and checking that everything in it exists."""

import math
import re
from collections.abc import Set
from pathlib import Path
from typing import Any

from fieldbench.plan.config import published
from fieldbench.plan.config.models import Config, Entry, ModelEntry, Overrides, Part, Preset, Study
from fieldbench.plan.config.reading import parse, read_yaml
from fieldbench.plan.entries import folders, registry
from fieldbench.plan.errors import UserError
from fieldbench.plan.paths import DOWNLOADS, UNUSABLE

_STUDY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# The folders of results that belong to no preset, and which none may take.
THROUGHPUT, KERNELS = "throughput", "kernels"
OWN_FILES = "own-files"
CONFIG = registry.LIBRARY.parent.parent / "config"


def preset_names() -> tuple[str, ...]:
    """The presets that come with the project."""
    return tuple(sorted(f.stem for f in (CONFIG / "presets").glob("*.yaml")))


def find_preset(name: str) -> Path:
    """The file of a preset given by name, or by the path of the user's own file."""
    if name in preset_names():
        return CONFIG / "presets" / f"{name}.yaml"
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        taken = (*preset_names(), THROUGHPUT, KERNELS, OWN_FILES, DOWNLOADS)
        if path.stem in taken or not _STUDY.fullmatch(path.stem):
            raise UserError(
                f"{name} cannot be the name of a preset of your own: its results go to a folder "
                f"named '{path.stem}'.",
                "Rename the file: letters, digits, hyphens and underscores, and not as one of "
                f"{', '.join(taken)}.",
            )
        if path.is_file():
            return path
        raise UserError(
            f"The preset file {name} is not there.", "Check the path; it counts from this folder."
        )
    raise UserError(
        f"There is no preset '{name}'.",
        registry.nearest(name, preset_names()) + " A path ending in .yaml works too.",
    )


def read_config(data: dict[str, Any]) -> Config:
    """config/config.yaml with what the command line changed in it."""
    config = parse(Config, data, "config")
    folders.use(config.entries, tuple(registry.CLASSES))
    named = config.results
    # A leading hyphen would be an option's where a path is a word of a command.
    if not named.strip() or named[0] in "-~" or UNUSABLE.search(named):
        raise UserError(
            f"config: `results` is {named!r}, which cannot be the name of a folder here.",
            "Use letters, digits and other plain characters, and begin with none of - and ~.",
        )
    return config


def read_preset(path: Path) -> Preset:
    """A checked preset: every name in it exists, every setting is one its entry has."""
    where = str(path)
    preset = parse(Preset, read_yaml(path), where)
    for kind in ("signals", "tasks", "models"):
        for name, entry in getattr(preset, kind).items():
            check_entry(kind, name, entry, where)
    tasks = {*preset.tasks, *registry.names("tasks")}
    check_listed(list(preset.training.by_task), tasks, f"{where}: training: by_task", "task")
    for name, entry in preset.models.items():
        check_listed(list(entry.by_task), tasks, f"{where}: models '{name}': by_task", "task")
    registry.parts()  # refuses two entries of one name
    for name, part in preset.parts.items():
        _check_part(name, part, tasks, where)
    for name, study in preset.studies.items():
        _check_study(name, study, preset, tasks, where)
    check_listed(
        preset.optional_metrics, registry.names("metrics"), f"{where}: optional_metrics", "metric"
    )
    if not preset.studies:
        raise UserError(f"{where} has no study.", "Add one under `studies:`.")
    published.check(preset, where)
    return preset


def _check_study(name: str, study: Study, preset: Preset, tasks: Set[str], where: str) -> None:
    """Raise a UserError for what a study cannot be named or list."""
    place = f"{where}: study {name}"
    if not _STUDY.fullmatch(name):
        raise UserError(
            f"{where}: study '{name}' is not a usable name.",
            "Use letters, digits, hyphens and underscores: it becomes a folder.",
        )
    check_listed(study.signals, preset.signals, place, "signal")
    check_listed(study.tasks, tasks, place, "task")
    for model in study.models:
        if model not in preset.models and not registry.exists("models", model):
            helps = registry.nearest_entry("models", model, preset.models)
            raise UserError(f"{place}: there is no model '{model}'.", helps)
    check_listed(study.metrics, registry.names("metrics"), place, "metric")
    for key in ("tasks", "signals", "models", "budgets", "seeds", "metrics"):
        listed = getattr(study, key)
        if not listed:
            raise UserError(
                f"{place} is empty: it lists no {key}.", f"Add {key}, or take the study out."
            )
        if len(set(listed)) < len(listed):
            raise UserError(f"{place} lists one of its {key} twice.", "Take the second one out.")
    _check_shown(study, place)


def _check_shown(study: Study, place: str) -> None:
    """Check a study's reference and its sets of signals, which tables and figures need."""
    if isinstance(study.reference, dict):
        check_listed(list(study.reference), study.tasks, f"{place}: reference", "task")
        check_listed(list(study.reference.values()), study.models, f"{place}: reference", "model")
    elif study.reference is not None:
        check_listed([study.reference], study.models, f"{place}: reference", "model")
    for name, signals in study.sets.items():
        inside = f"{place}: set {name}"
        if not registry.is_name(name):
            raise UserError(
                f"{inside} is not a usable name.", "Use small letters, digits and single hyphens."
            )
        if name in study.signals:
            raise UserError(f"{inside} is the name of a signal.", "Give the set another name.")
        if not signals:
            raise UserError(f"{inside} lists no signals.", "Name some of the study's.")
        check_listed(signals, study.signals, inside, "signal")


def check_entry(kind: str, name: str, entry: Entry, where: str) -> None:
    """Raise a UserError for an unknown kind or setting."""
    place = f"{where}: {kind} '{name}'"
    if not registry.is_name(name):
        raise UserError(
            f"{place} is not a usable name.",
            "Use small letters, digits and single hyphens, beginning with a letter.",
        )
    key = entry.kind or name
    registry.check_name(kind, key, place)
    if key != name and registry.exists(kind, name):
        raise UserError(
            f"{place} is of kind {key}, but {name} is a kind itself.", "Give it another name."
        )
    declared = registry.declare(kind, key).settings
    groups: list[Overrides | Entry] = [entry]
    if isinstance(entry, ModelEntry):
        own = [*entry.by_dims.values(), *entry.by_task.values()]
        groups += [*own, *entry.by_budget.values()]
        groups += (g for group in own for g in group.by_budget.values())
    for group in groups:
        for setting, value in group.settings.items():
            if setting != "learning_rate":
                _check_setting(setting, value, declared, f"{place} ({key})")
    for setting in registry.required(registry.declare(kind, key)):
        if setting not in entry.settings:
            raise UserError(f"{place} needs the setting '{setting}'.", "Add it.")


def _check_part(name: str, part: Part, tasks: Set[str], where: str) -> None:
    check_listed([name], registry.parts(), f"{where}: parts", "part")
    check_listed(list(part.by_task), tasks, f"{where}: parts '{name}': by_task", "task")
    declared = registry.declare(*registry.parts()[name]).settings
    for place in (part, *part.by_dims.values(), *part.by_task.values()):
        for setting, value in place.settings.items():
            if setting != "learning_rate":
                _check_setting(setting, value, declared, f"{where}: parts '{name}'")


LABELS = range(1, 10)  # the paper's .1 to .9
_FREE = ("label",)  # settings that may be a list: one signal each


def _check_setting(setting: str, value: Any, declared: dict[str, Any], place: str) -> None:
    if setting not in declared:
        if not declared:
            raise UserError(f"{place} has no settings, so not '{setting}'.", "Take it out.")
        raise UserError(
            f"{place}: unknown setting '{setting}'.", registry.nearest(setting, declared)
        )
    default = declared[setting]
    values = value if setting in _FREE and isinstance(value, list) else [value]
    for one in values:
        if type(default) is int and type(one) is not int:
            raise UserError(f"{place}: '{setting}' is {one!r}.", "Give a whole number.")
        if type(default) is float and (type(one) not in (int, float) or not math.isfinite(one)):
            raise UserError(f"{place}: '{setting}' is {one!r}.", "Give a number.")
        if isinstance(default, str) and not isinstance(one, str):
            raise UserError(  # YAML reads 0064 as an octal number, and 52 is all that is left
                f"{place}: '{setting}' is {one!r}.",
                "Give a word, in quotes if it consists of digits: YAML may change it otherwise.",
            )
        if setting == "label" and one not in LABELS:
            raise UserError(
                f"{place}: the label {one!r} is not one of 1 to 9.", "Give one of them."
            )


def check_listed(listed: list[str], known: Any, place: str, what: str) -> None:
    """Raise a UserError for a name that does not exist."""
    for name in listed:
        if name not in known:
            raise UserError(f"{place}: there is no {what} '{name}'.", registry.nearest(name, known))
