"""The facts of each link of the chain, by its kind."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldbench.explaining.tree import Node
from fieldbench.plan.jobs.lineage import RESULTS, Product
from fieldbench.plan.jobs.run import Run
from fieldbench.results import provenance, store

Facts = Mapping[str, Any]
SHOWN = 6  # scores of a file that are told


def plural(kind: str) -> str:
    return {"data": "data files", "mesh": "meshes"}.get(kind, f"{kind}s")


def name_of(product: Product, run: Run) -> str:
    """The name of a file in words."""
    if product.kind == "mesh":
        of = (
            product.signal
            or f"what {product.cell.model} makes of {product.cell.signal}, task {product.cell.task}"
        )
        return f"mesh of the surface of {of}"
    if product.kind in RESULTS:
        if not product.study:
            return f"{product.kind} of every study"
        question = run.preset.studies[product.study].question
        return f"{product.kind} of the study {product.study}: {question}"
    if product.kind == "signal":
        signal = run.cells.signals[product.signal]
        shape = " × ".join(map(str, signal.shape))
        return f"signal of kind {signal.kind}, {shape}, {signal.channels} a sample"
    if product.kind == "observation":
        return f"{product.signal} as the task {product.task} shows it"
    cell = product.cell
    if product.kind == "score":
        fits = f"{len(product.shown):,} fit{'s' * (len(product.shown) > 1)}"
        return f"scores of {fits} of {cell.model} to {cell.signal}, task {cell.task}"
    budget = f" of budget {cell.budget:,}" if cell.budget else ""
    asked = ", asked of another fit" if cell in run.cells.rendered else ""
    return (
        f"fit of {cell.model}{budget} to {cell.signal}, task {cell.task}, seed {cell.seed}{asked}"
    )


def of_signal(node: Node, facts: Facts, product: Product, run: Run) -> None:
    node.tell("settings", settings(facts["entry"]["settings"]))
    if not facts.get("data"):
        node.tell("data", "none: made from these settings alone, or of a picture in scikit-image")


def of_observation(node: Node, facts: Facts, product: Product, run: Run) -> None:
    node.tell("task", f"{facts['entry']['kind']} {settings(facts['entry']['settings'])}".strip())


def of_fit(node: Node, facts: Facts, product: Product, run: Run) -> None:
    model = facts["model"]
    sizes = f"{facts['parameters']:,} parameters (size {model['size']:,})"
    node.tell("model", f"{model['kind']}, {sizes}, learning rate {model['learning_rate']:g}")
    node.tell("", settings(model["settings"]))
    node.tell("task", f"{facts['task']['kind']} {settings(facts['task']['settings'])}".strip())
    taken = f"{facts.get('steps', 0):,} of {facts['training']['steps']:,} steps"
    node.tell("training", f"{taken}, {settings(facts['training'], but='steps')}")
    ended = f"{facts['status']}: {facts['reason']}" if facts["reason"] else facts["status"]
    kept = f", kept step {facts['best_step']:,}" if facts.get("best_step") else ""
    node.tell("ended", f"{ended}{kept}")
    node.tell("ran on", f"{facts['device']}, backend {facts['backend']}")


def of_score(node: Node, facts: Facts, product: Product, run: Run) -> None:
    for record in list(store.cells(product.path, product.kind).values())[:SHOWN]:
        values = (f"{name} {found['value']:.6g}" for name, found in record.facts["scores"].items())
        place = f"budget {record.facts['budget']:,}, seed {record.facts['seed']}"
        node.tell("scores", f"{place}: {', '.join(values) or record.facts['status']}")
    if len(product.shown) > SHOWN:
        node.tell("", f"and of {len(product.shown) - SHOWN:,} more fits")


def of_origin(node: Node, facts: Facts, inputs: Sequence[Product]) -> None:
    """The code, the libraries, and whether the inputs on disk are still those that were read."""
    node.tell("code", facts["code"])
    node.tell("origin", facts.get("origin", "none: written before files had one"))
    node.tell("libraries", settings(facts.get("versions", {}), sign=" "))
    node.tell("processor", facts.get("processor", "not told: written before files named it"))
    for kind, digests in facts.get("made_of", {}).items():
        files = [p for p in inputs if p.kind == kind]
        told = Counter(map(_still, files, digests))
        named = f"{kind} {digests[0][:16]}" if len(digests) == 1 else f"{len(digests):,} {kind}s"
        node.tell("made of", f"{named}, {_counted(told.elements())}")
    files = [p for p in inputs if p.kind == "data"]
    for product, read in zip(files, facts.get("data", ()), strict=False):
        node.tell("made of", f"{read['file']}, {_still(product, read['sha256'])}")


def _still(product: Product, digest: str) -> str:
    """Whether an input on disk is still the one that was read."""
    if not Path(product.path).exists():
        return "which is not there any more"
    of = provenance.sha256 if product.kind == "data" else store.digest
    same = of(product.path) == digest
    return "as it is on disk" if same else "and another is on disk"


def of_data(node: Node, product: Product, run: Run) -> None:
    """A file from elsewhere: its digest, what it is pinned to, its licence and its source."""
    there = Path(product.path).exists()
    found = provenance.sha256(product.path) if there else "not there"
    node.tell("sha256", found)
    dataset = next((d for d in run.catalogue.by_key.values() if _is(d, product, run)), None)
    if dataset is None:
        node.tell("source", "your own file")
        return
    pinned = dataset.file.sha256
    if pinned:
        node.tell("pinned", "so" if found == pinned else pinned)
    node.tell("is", f"{dataset.key}: {dataset.collection.about}")
    node.tell("licence", dataset.collection.terms)
    node.tell("source", dataset.collection.source)


def _is(dataset: Any, product: Product, run: Run) -> bool:
    return run.data_files.path(dataset) == product.path


def of_group(node: Node, facts: Sequence[Facts], files: Sequence[Product], run: Run) -> None:
    """The facts of many files of a kind; where they differ, each with its count."""
    kind = files[0].kind
    if kind == "fit":
        node.tell("models", _counted(p.cell.model for p in files))
        node.tell("budgets", _counted(p.cell.budget for p in files if p.cell.budget))
        node.tell("seeds", _counted(p.cell.seed for p in files))
        node.tell("steps", _counted(f["training"]["steps"] for f in facts))
        node.tell("ended", _counted(f["status"] for f in facts))
        node.tell("ran on", _counted(f"{f['device']}, backend {f['backend']}" for f in facts))
    elif kind == "score":
        node.tell("models", _counted(p.cell.model for p in files))
        metrics = (m for p in files for m in p.job.params["metrics"])
        node.tell("metrics", ", ".join(dict.fromkeys(metrics)))
    elif kind == "signal":
        node.tell("of", _counted(run.cells.signals[p.signal].family for p in files))
    elif kind == "observation":
        node.tell("tasks", _counted(p.task for p in files))
    node.tell("libraries", _counted(settings(f.get("versions", {}), sign=" ") for f in facts))
    node.tell("processor", processors(facts))
    node.tell("code", _counted(f["code"] for f in facts))


def processors(facts: Iterable[Facts]) -> str:
    """Which kinds of processor computed files, and a warning where there are several."""
    kinds = Counter(f.get("processor", "one that is not told") for f in facts)
    if len(kinds) > 1:
        told = "; ".join(f"{label} ({count:,})" for label, count in kinds.items())
        return f"computed on {len(kinds)} kinds of processor, whose last digits differ: {told}"
    return "".join(kinds)


def _counted(values: Iterable[Any], most: int = 8) -> str:
    """`grid 8, siren 8`; a single answer without its count, many answers cut short."""
    counts = Counter(values)
    if len(counts) == 1:
        return str(next(iter(counts)))
    shown = [f"{value} ({count:,})" for value, count in list(counts.items())[:most]]
    more = f", and {len(counts) - most:,} others" if len(counts) > most else ""
    return ", ".join(shown) + more


def settings(values: Mapping[str, Any], sign: str = "=", but: str = "") -> str:
    """`a=1, b=2` of a mapping."""
    return ", ".join(f"{k}{sign}{_value(v)}" for k, v in values.items() if k != but)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{settings(value)}}}"
    return Path(value).name if isinstance(value, str) and "/" in value else str(value)
