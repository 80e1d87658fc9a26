"""The signals of a preset: one a label, one a realisation, and the finer ones asked of some."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fieldbench.plan.bounds import MOST_SAMPLES
from fieldbench.plan.cells.own_files import OwnFiles, UnreadableError, listed
from fieldbench.plan.cells.told import Told
from fieldbench.plan.config.models import Preset
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.errors import UserError
from fieldbench.plan.paths import UNUSABLE

FINER = "-finer"  # ends the name of a signal's finer version


@dataclass(frozen=True)
class SignalPlan:
    """A signal of the preset: one label, one realisation."""

    name: str
    family: str  # its name in the preset
    kind: str
    settings: dict[str, Any]
    shape: tuple[int, ...]
    channels: int
    seed: int | None  # of its realisation; None when it is not random
    own: Told | None = None  # what it says of itself, once it has read the user's own files

    @property
    def label(self) -> int | None:
        return self.settings.get("label")

    @property
    def limits(self) -> tuple[float, float] | None:
        """The range of its values, to which reconstructions are clamped; None: no range."""
        if self.own:
            return self.own.limits
        return registry.declare("signals", self.kind).facts.limits

    @property
    def holds(self) -> str:
        """The sort of its values (distances, amplitudes, ...), which some tasks ask for."""
        if self.own:
            return self.own.holds
        return registry.declare("signals", self.kind).facts.holds

    @property
    def rate(self) -> float | None:
        """Samples a second along the first axis, of what is heard or moves; else None."""
        if self.own:
            return self.own.rate
        declared = registry.declare("signals", self.kind)
        told = declared.functions.get("rate")
        return told(**declared.settings | self.settings) if told else None

    @property
    def files(self) -> dict[str, str]:
        """The user's own files that it is made from, by the settings that name them."""
        declared = registry.declare("signals", self.kind)
        full = declared.settings | self.settings
        return {name: full[name] for name in declared.facts.files}

    @property
    def folders(self) -> dict[str, int]:
        """How many files there are in each of its own that is a folder."""
        return {k: len(listed(p)) for k, p in self.files.items() if Path(p).expanduser().is_dir()}

    @property
    def without_files(self) -> dict[str, Any]:
        """The settings that name no file."""
        return {k: v for k, v in self.settings.items() if k not in self.files}

    @property
    def domain(self) -> Domain:
        return Domain(len(self.shape), self.channels, self.shape)


class Signals(dict[str, SignalPlan]):
    """Every signal that is needed, by its own name."""

    def __init__(self, preset: Preset, own: OwnFiles):
        super().__init__()
        self.preset = preset
        self.own = own

    def unreadable(self, family: str) -> UnreadableError | None:
        """Why a signal of the preset cannot be read from the user's own files, if it cannot."""
        entry = self.preset.signals[family]
        declared = registry.declare("signals", entry.kind or family)
        if "shape" in declared.functions:
            return None
        try:
            _told(family, declared, declared.settings | entry.settings, self.own)
        except UnreadableError as error:
            return error
        return None

    def of(self, family: str, seed: int) -> list[SignalPlan]:
        """The signals of a family at one seed: one a label."""
        entry = self.preset.signals[family]
        kind = entry.kind or family
        declared = registry.declare("signals", kind)
        settings = dict(entry.settings)
        labels = settings.pop("label", None)
        random = declared.facts.random and "seed" not in settings
        found = []
        for label in labels if isinstance(labels, list) else [labels]:
            own = settings | ({} if label is None else {"label": label})
            name = family + (f"-b{label}" if isinstance(labels, list) else "")
            if random:
                own["seed"] = seed
                name += f"-s{seed}"
            found.append(self._add(name, family, kind, own, seed if random else None))
        return found

    def finer(self, signal: SignalPlan) -> SignalPlan | None:
        """The signal at the finer resolution that its kind declares, if it declares one."""
        declared = registry.declare("signals", signal.kind)
        finer = declared.functions.get("finer", lambda **_: None)
        settings = finer(**declared.settings | signal.settings)
        if settings is None:
            return None
        name = signal.name + FINER
        return self._add(name, signal.family, signal.kind, settings, signal.seed)

    def _add(
        self, name: str, family: str, kind: str, settings: dict, seed: int | None
    ) -> SignalPlan:
        known = self.get(name)
        if known is None:
            known = self[name] = _planned(
                SignalPlan(name, family, kind, settings, (), 1, seed), self.own
            )
        elif known.family != family:
            raise UserError(
                f"Two signals are named '{name}': one of '{family}', one of '{known.family}'.",
                "Rename one of the two under `signals:`.",
            )
        return known


def _check_path(setting: str, path: Any, family: str) -> None:
    """Raise a UserError for what cannot be the path of a user's own file."""
    if not isinstance(path, str) or not path.strip() or UNUSABLE.search(path):
        raise UserError(
            f"Signal '{family}': `{setting}` is {path!r}.",
            "Give the name of a file that exists, without braces and line breaks.",
        )


def _told(
    family: str, declared: registry.Declaration, settings: dict[str, Any], own: OwnFiles
) -> Told:
    """What a signal of the user's own files says of itself."""
    for setting in declared.facts.files:
        _check_path(setting, settings[setting], family)
    paths = [settings[setting] for setting in declared.facts.files]
    return own.told(declared.name, settings, paths)


def _planned(signal: SignalPlan, files: OwnFiles) -> SignalPlan:
    """A signal with its shape and channels, checked to be one of its kind."""
    declared = registry.declare("signals", signal.kind)
    full = declared.settings | signal.settings
    for setting in declared.facts.files:
        _check_path(setting, full[setting], signal.family)
    if "shape" not in declared.functions:
        own = _told(signal.family, declared, full, files)
        shape, channels = own.shape, own.channels
    else:
        own = None
        try:
            shape = tuple(declared.functions["shape"](**full))
        except ValueError as error:  # a setting that it cannot take
            what, todo = error.args
            raise UserError(f"Signal '{signal.family}': {what}", todo) from None
        channels = declared.functions.get("channels", lambda **_: 1)(**full)
    if len(shape) not in declared.facts.dims:
        raise UserError(
            f"Signal '{signal.family}': {signal.kind} does not come in {len(shape)}D.",
            f"Choose dims from {declared.facts.dims}.",
        )
    signal = replace(signal, shape=shape, channels=channels, own=own)
    if signal.domain.points > MOST_SAMPLES:
        raise UserError(
            f"Signal '{signal.family}' would have {signal.domain.points:,} samples.",
            f"Give it a smaller length: at most {MOST_SAMPLES:,} samples fit in memory.",
        )
    return signal
