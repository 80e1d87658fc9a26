"""The chain behind a file: from a figure to the data, each link with what it says of itself."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from fieldbench.explaining import details
from fieldbench.explaining.agreement import ABSENT, SAME, SOUND, STORED, Agreement
from fieldbench.explaining.tree import Node
from fieldbench.plan.jobs.lineage import ORDER, RESULTS, Lineage, Product
from fieldbench.plan.jobs.run import Run

NAMED = 3  # files of many that are named when they are not as planned


class Chain:
    """Builds the tree behind one file of a run."""

    def __init__(self, run: Run):
        self.run = run
        self.lineage = Lineage(run)
        self.agreement = Agreement(run)
        self._faults: dict[str, str] = {}

    def tree(self, path: str) -> Node:
        """A file's facts, and below it everything that it is made of."""
        return self._node([self.lineage.find(path)])

    def _node(self, files: Sequence[Product]) -> Node:
        """One file in full, or several of a kind counted; then what they are made of."""
        node = self._one(files[0]) if len(files) == 1 else self._many(files)
        below = {p.path: p for one in files for p in self.lineage.below(one)}
        # What is also behind another of these is told there.
        behind = set().union(*(self.lineage.behind(p) for p in below.values()))
        rest = [p for p in below.values() if p.path not in behind]
        for kind in ORDER:
            if same := [p for p in rest if p.kind == kind]:
                node.children.append(self._node(same))
        return node

    def _one(self, product: Product) -> Node:
        node = Node(product.path)
        facts = self.agreement.facts(product) if product.kind in STORED else None
        if product.kind == "data":
            details.of_data(node, product, self.run)
            return node
        node.tell("is", details.name_of(product, self.run))
        if facts is not None:
            getattr(details, f"of_{product.kind}")(node, facts, product, self.run)
            details.of_origin(node, facts, [self.lineage.files[p] for p in product.inputs])
        node.tell("plan", self.agreement.said(product))
        return node

    def _many(self, files: Sequence[Product]) -> Node:
        kind = files[0].kind
        node = Node(f"{len(files):,} {details.plural(kind)}")
        if kind in ("data", *RESULTS):
            for product in files:
                node.children.append(self._one(product))
            return node
        details.of_group(
            node, [f for p in files if (f := self.agreement.facts(p))], files, self.run
        )
        node.lines += self._states(files)
        return node

    def _states(self, files: Iterable[Product]) -> list[str]:
        """How many are as planned, and the first of those that are not, each way counted."""
        said: dict[str, list[str]] = {}
        for product in files:
            said.setdefault(self.agreement.said(product), []).append(product.path)
        lines = [f"{len(said.pop(text)):,} {text}" for text in (SAME, ABSENT) if text in said]
        for text, paths in sorted(said.items(), key=lambda item: -len(item[1]))[:NAMED]:
            more = f" and {len(paths) - NAMED:,} more" if len(paths) > NAMED else ""
            lines.append(f"{len(paths):,} {text}: {', '.join(paths[:NAMED])}{more}")
        if len(said) > NAMED:
            lines.append(f"{sum(map(len, list(said.values())[NAMED:])):,} in other ways")
        return lines

    def stale(self, below: str) -> tuple[dict[str, list[str]], int]:
        """The files below a folder that are there and not as planned, by how; how many are.

        What is made of such a file is one itself.
        """
        ways: dict[str, list[str]] = {}
        same = 0
        for product in self.lineage.files.values():
            if product.path.startswith(below) and Path(product.path).exists():
                if said := self._fault(product):
                    ways.setdefault(said, []).append(product.path)
                else:
                    same += 1
        return ways, same

    def _fault(self, product: Product) -> str:
        """How a file differs from the plan; empty where it does not, or is absent."""
        if product.path not in self._faults:
            said = "" if product.kind == "data" else self.agreement.said(product)
            inputs = (self.lineage.files[path] for path in product.inputs)
            if said in SOUND:
                said = "made of files that were made otherwise" * any(map(self._fault, inputs))
            self._faults[product.path] = said
        return self._faults[product.path]
