"""The files from elsewhere that a run needs: their sources, and whether they can be fetched.

A signal names the files it needs by a planning function `needs`, a metric by a literal `needs`.
Every one of them becomes `<results>/downloads/<path>`, which a download rule makes: of the user's
own `datasets` folder, of the `mirror`, or of the network, in this order.
"""

import base64
import re
import urllib.parse
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from fieldbench.plan.cells.signals import SignalPlan
from fieldbench.plan.config.datasets import Catalogue, Dataset
from fieldbench.plan.config.models import Config, Preset
from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError
from fieldbench.plan.paths import DOWNLOADS

ASKING = 5.0  # seconds that a mirror may take to say whether it has a file


def public(address: str) -> str:
    """An address without the name and password that a mirror may need, for people and for notes."""
    return re.sub(r"//[^/@]*@", "//", address)


def needs_of_signal(kind: str, settings: dict[str, Any]) -> tuple[str, ...]:
    """The keys of the files that a signal is made from, in the order its class takes them."""
    declared = registry.declare("signals", kind)
    needs = declared.functions.get("needs")
    return tuple(needs(**(declared.settings | settings))) if needs else ()


def needs_of_metric(name: str) -> tuple[str, ...]:
    """The keys of the files that a metric reads, in the order its class takes them."""
    return tuple(registry.declare("metrics", name).facts.needs)


class Sources:
    """The sources of files from elsewhere, as config/config.yaml names them."""

    def __init__(self, config: Config):
        self.downloads = Path(config.results) / DOWNLOADS
        self.own = Path(config.datasets).expanduser() if config.datasets else None
        self.mirror = config.mirror or None
        self.network = config.network
        self.unreachable = False  # whether the mirror was asked in vain: once is enough

    @cached_property
    def mirror_folder(self) -> Path | None:
        """The mirror, where it is a folder."""
        if self.mirror is None or self.mirror.startswith(("http://", "https://")):
            return None
        if self.mirror.startswith("file://"):
            return Path(urllib.parse.unquote(self.mirror.removeprefix("file://")))
        return Path(self.mirror).expanduser()

    def mirror_url(self, path: str) -> str:
        """The address of a file, where the mirror is a server."""
        assert self.mirror is not None
        return f"{self.mirror.rstrip('/')}/{urllib.parse.quote(path)}"

    def check(self) -> None:
        """Raise a UserError for a folder that is not there."""
        if self.mirror and (scheme := re.match(r"(?!https?:|file:)\w[\w+.-]*://", self.mirror)):
            raise UserError(
                f"The mirror {public(self.mirror)} cannot be asked: nothing here speaks "
                f"{scheme[0]}.",
                "Give `mirror` as a folder, or as a file://, http:// or https:// address.",
            )
        for key, folder in (("datasets", self.own), ("mirror", self.mirror_folder)):
            if folder is not None and not folder.is_dir():
                raise UserError(
                    f"The folder {folder} is not there.",
                    f"Mend `{key}` in config/config.yaml, or take it out.",
                )

    def at_hand(self, path: str, ask: bool) -> bool:
        """Whether a file can be had without the network; `ask`: a mirror may be asked over HTTP."""
        folders = (self.own, self.downloads, self.mirror_folder)
        if any(folder is not None and (folder / path).is_file() for folder in folders):
            return True
        return ask and self.mirror is not None and self.mirror_folder is None and self._asked(path)

    def _asked(self, path: str) -> bool:
        # Not above: every job's own process plans, and few ever ask.
        import urllib.error
        import urllib.request

        if self.unreachable:
            return False
        address = self.mirror_url(path)
        request = urllib.request.Request(public(address), method="HEAD")
        if login := urllib.parse.unquote(urllib.parse.urlsplit(address).netloc.rpartition("@")[0]):
            code = base64.b64encode(login.encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {code}")
        try:
            with urllib.request.urlopen(request, timeout=ASKING):
                return True
        except urllib.error.HTTPError:
            return False
        except (OSError, ValueError):
            self.unreachable = True
            return False


class DataFiles:
    """The files that a run needs, and whether they can be fetched.

    `checks` is for the process that begins a run: it alone asks a mirror over HTTP and refuses
    what cannot be had. A job's own process, perhaps on a machine without a network, takes over
    what has been decided: its files are there by the time it starts.
    """

    def __init__(self, config: Config, catalogue: Catalogue, checks: bool):
        self.catalogue = catalogue
        self.sources = Sources(config)
        self.checks = checks
        if checks:
            self.sources.check()

    @property
    def pattern(self) -> str:
        return f"{self.sources.downloads}/{{file}}"

    def path(self, dataset: Dataset) -> str:
        """Where a file lies once it has been fetched."""
        return f"{self.sources.downloads}/{dataset.file.path}"

    def of_signal(self, signal: SignalPlan) -> list[Dataset]:
        keys = needs_of_signal(signal.kind, signal.settings)
        return [self.catalogue.get(key, f"Signal '{signal.family}'") for key in keys]

    def of_metric(self, name: str) -> list[Dataset]:
        return [self.catalogue.get(key, f"Metric {name}") for key in needs_of_metric(name)]

    def needed(self, signals: Iterable[SignalPlan], metrics: Iterable[str]) -> list[Dataset]:
        """The files that signals and metrics need, each once."""
        found = [d for signal in signals for d in self.of_signal(signal)]
        found += [d for metric in sorted(metrics) for d in self.of_metric(metric)]
        return list(dict.fromkeys(found))

    def absent(self, datasets: Iterable[Dataset]) -> list[Dataset]:
        """The files that cannot be had; with a network, all that have an address can."""
        doubtful = [d for d in datasets if not (self.sources.network and d.file.places)]
        return [d for d in doubtful if not self.sources.at_hand(d.file.path, ask=self.checks)]

    def require(self, datasets: Iterable[Dataset]) -> None:
        """Raise a UserError that names the files that cannot be had."""
        if self.checks and (missing := self.absent(datasets)):
            paths = ", ".join(d.file.path for d in missing)
            if self.sources.network:
                why, beside = "no address has them", f"{self.catalogue.where} says of what they are"
            else:
                why, beside = "`network` is false", "or set `network: true`"
            raise UserError(
                f"This preset needs files that are not here, and {why}: {paths}.",
                "Put them below the folder that `datasets` or `mirror` in config/config.yaml "
                f"names, {beside}.",
            )

    def without_absent_metrics(self, preset: Preset) -> tuple[Preset, dict[str, list[str]]]:
        """The preset without those of its optional metrics whose files cannot be had."""
        left_out: dict[str, list[str]] = {}
        for metric in preset.optional_metrics:
            if missing := self.absent(self.of_metric(metric)):
                left_out[metric] = [d.file.path for d in missing]
        studies = {
            name: study.model_copy(
                update={"metrics": [m for m in study.metrics if m not in left_out]}
            )
            for name, study in preset.studies.items()
        }
        for name, study in studies.items():
            if not study.metrics:
                raise UserError(
                    f"Study {name} has no metric whose files can be had.",
                    "Add psnr to its metrics, or make the files available.",
                )
        return preset.model_copy(update={"studies": studies}), left_out
