"""The catalogue: every signal, task, model and metric, as a page for readers.

A line says what the entry's own file says: the first paragraph of its docstring, where it comes
from, and its settings with their defaults. A picture is whatever `pictures` has of that name.
"""

import ast
import json
import re
from collections.abc import Collection

from fieldbench.plan.entries import registry, source_code

ABOUT = """# Catalogue

Everything that a preset can name, made from the entries themselves when these pages are built. The
source of each is `workflow/fieldbench/<kind>/<name>.py`, with hyphens as underscores; it says more,
and where each default comes from. Settings are given under an entry's name in a
[preset](own-preset.md).
"""
SECTIONS = {
    "signals": "What is to be represented. Pictures show small versions; a signal without one is "
    "your own file, or is downloaded when it is needed. Of a volume the middle slice is shown, of "
    "a film the middle frame, of a scene one view.",
    "models": "What represents it. Pictures show one small photograph after a short training at "
    "the same small budget, to tell models apart at a glance and not to rank them. Beside these, "
    "[composed networks](variants.md) are models too: `mlp-rff-sine`, `kan-fourier` and so on.",
    "tasks": "What a model is shown of a signal, and what is asked back.",
    "metrics": "What is measured.",
}
_SENTENCE = re.compile(r"(?<!\b[A-Z])\. (?=[A-Z])")  # not after an initial
_YEAR = re.compile(r"^.*?\b(?:19|20)\d\d\b[)\"]*", re.DOTALL)


def to_markdown(pictures: Collection[str]) -> str:
    """The whole page; `pictures` are the paths of those there are, as `signals/star.png`."""
    parts = [ABOUT.rstrip()]
    for kind, said in SECTIONS.items():
        shown = any(path.startswith(f"{kind}/") for path in pictures)
        columns = ["name", "what it is", "source", "settings", *(["picture"] if shown else [])]
        rows = [columns, ["---"] * len(columns)]
        rows += [_row(kind, name, pictures, shown) for name in registry.names(kind)]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        parts += [f"## {kind.capitalize()}", said, table]
    return "\n\n".join(parts) + "\n"


def _row(kind: str, name: str, pictures: Collection[str], shown: bool) -> list[str]:
    settings = [_setting(k, v) for k, v in registry.declare(kind, name).settings.items()]
    row = [f"`{name}`", *_told(kind, name), ", ".join(settings)]
    path = f"{kind}/{name}.png"
    row += [f"![{name}](catalogue/{path})" if path in pictures else ""] if shown else []
    return [cell.replace("|", "\\|") for cell in row]


def _setting(name: str, default: object) -> str:
    if default is source_code.NO_DEFAULT:
        return f"`{name}` (required)"
    # As YAML has it: "001" in quotes is a text, without them a number.
    text = default if isinstance(default, str) and not default.isdigit() else json.dumps(default)
    return f"`{name}: {text}`"


def _told(kind: str, name: str) -> tuple[str, str]:
    """What an entry is, and the publication that it names first, from its docstrings."""
    module = ast.parse(registry.file_of(kind, name).read_text(encoding="utf-8"))
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    documented: list[ast.Module | ast.ClassDef] = [module, *classes]
    texts = [ast.get_docstring(node) or "" for node in documented]
    paragraphs = [" ".join(p.split()) for text in texts for p in text.split("\n\n")]
    dated = (_YEAR.match(p) for p in paragraphs[1:])
    source = next((found[0] for found in dated if found), "")
    return paragraphs[0], _SENTENCE.split(source)[-1].removeprefix("As ")
