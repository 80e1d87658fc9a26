"""Whether a file on disk is what the plan would make, and if not, in what it differs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.fingerprints import read_stamp
from fieldbench.plan.jobs.lineage import Product
from fieldbench.plan.jobs.run import Run
from fieldbench.results import store

STORED = ("signal", "observation", "fit", "score")  # kinds of HDF5 files
SAME = "made by this code and these settings"
DRAWN = "made by this code from these results"
PLAIN = "there; plain CSV says nothing of itself"
ABSENT = "not there: the next run makes it"
SOUND = ("", SAME, DRAWN, PLAIN, ABSENT)  # what is said of a file that nothing is wrong with
_NONE = object()


class Agreement:
    """Compares the files of one run with its plan; each is read once."""

    def __init__(self, run: Run):
        self.run = run
        self._facts: dict[str, dict[str, Any] | None] = {}

    def facts(self, product: Product) -> dict[str, Any] | None:
        """The facts of an HDF5 file; None where it is absent or damaged."""
        if product.path not in self._facts:
            try:
                self._facts[product.path] = store.facts(product.path, product.kind)
            except UserError:
                self._facts[product.path] = None
        return self._facts[product.path]

    def said(self, product: Product) -> str:
        """A sentence on a file: as planned, not there, or how it differs."""
        if not Path(product.path).exists():
            return ABSENT
        if product.kind in STORED:
            facts = self.facts(product)
            if facts is None:
                return "damaged: not a whole file of this kind"
            return self._stored(product, facts)
        return self._stamped(product)

    def fingerprint(self, product: Product) -> str:
        """The planned one, of an HDF5 file."""
        return self.run.fingerprints.of(product.path)

    def planned(self, product: Product) -> dict[str, Any]:
        """The parameters of the job that makes an HDF5 file."""
        params = product.job.params
        if product.job.key == "rendering":
            return {k: params["fit"][k] for k in ("model", "training", "device")} | params
        return params

    def _stored(self, product: Product, facts: Mapping[str, Any]) -> str:
        if facts.get("origin") == self.fingerprint(product):
            return SAME
        planned, found = self.planned(product), dict(facts)
        if product.kind in ("signal", "observation"):
            found |= facts["entry"]
        said = []
        if found["code"] != planned["code"]:
            said.append(f"other code: planned digest {planned['code']}, file's {found['code']}")
            said += _libraries(planned["libraries"], facts.get("versions", {}))
        if found.get("processor") != planned["processor"]:
            known = found.get("processor", "one that it does not name")
            said.append(f"other processor: {known} in the file, {planned['processor']} planned")
        compared = planned.keys() & found.keys() - {"code", "fit", "processor"}
        for key in sorted(compared):
            said += differences(planned[key], found[key], key)
        return "; ".join(said) or "made of other inputs, which see below"

    def _stamped(self, product: Product) -> str:
        """Tables for readers, figures and meshes; plain CSV says nothing of itself."""
        if product.path.endswith(".csv"):
            return PLAIN
        found = read_stamp(product.path)
        if found is None:
            return "other code: the file does not say where it comes from"
        results, code = found
        planned = product.job.stamp
        said = []
        if code != planned["code"]:
            said.append(f"other code: planned digest {planned['code']}, file's {code}")
        if results != planned["results"]:
            said.append(f"other results: planned {planned['results']}, file's {results}")
        return "; ".join(said) or DRAWN


def _libraries(here: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Which libraries have other versions here than in a file: they are part of the digest."""
    for name in sorted(here.keys() & found.keys()):
        if here[name] != found[name]:
            yield f"other libraries: {name} {found[name]} in the file, {here[name]} here"


def differences(planned: Any, found: Any, at: str) -> Iterator[str]:
    """Where two settings differ: `training.steps 1000 in the file, 20 planned`."""
    if isinstance(planned, Mapping) and isinstance(found, Mapping):
        for key in sorted({*planned, *found} - {"path"}, key=str):
            yield from differences(planned.get(key, _NONE), found.get(key, _NONE), f"{at}.{key}")
    elif _plain(planned) != _plain(found):
        yield f"other settings: {at} {_shown(found)} in the file, {_shown(planned)} planned"


def _plain(value: Any) -> Any:
    """Tuples come back from a file as lists."""
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def _shown(value: Any) -> str:
    return "absent" if value is _NONE else str(value)
