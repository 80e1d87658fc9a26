"""A tree of files as text."""

from collections.abc import Iterable
from dataclasses import dataclass, field

LABEL = 11  # characters that the name of a fact takes, with the space behind it


@dataclass
class Node:
    """A file, or several of a kind; what is said of it; and what it is made of."""

    title: str
    lines: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    def tell(self, name: str, value: str) -> None:
        """Say a fact, unless there is nothing to say."""
        if value:
            self.lines.append(f"{name:<{LABEL}}{value}")

    def text(self) -> str:
        return "\n".join([self.title, *self._below()])

    def _below(self) -> Iterable[str]:
        trunk = "│  " if self.children else "   "
        yield from (f"{trunk}{line}" for line in self.lines)
        for child in self.children:
            last = child is self.children[-1]
            yield f"{'└─ ' if last else '├─ '}{child.title}"
            yield from (f"{'   ' if last else '│  '}{line}" for line in child._below())
