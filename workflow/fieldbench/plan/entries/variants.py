"""What composed models can be made of: every part with its formula, as a page for readers.

A part's docstring begins with its name and its formula, and says the rest in fields: `Weights:`,
`Smoothness:`, `Source:`, `Grade:`. What is in none of them is a note. Numbers come from the part's
declaration.
"""

import ast
import re

from fieldbench.plan.entries import registry
from fieldbench.plan.entries.registry import Declaration

FIELDS = ("Weights", "Smoothness", "Source", "Grade")
TITLES = {
    "encodings": "Encodings of coordinates x",
    "activations": "Activations of values z",
    "bases": "Bases of Kolmogorov-Arnold layers",
}
ABOUT = """# What models are composed of

There are {frames}.
Every choice of parts is a model, named after them: `mlp-rff-sine`. Settings are those of the parts
and of the frame, and are given under the model's name in a preset.

Grades say how a constant, a formula and first weights are known: **A** read in the authors' own
material; **B** read in an adaptation of INR-Bench's code, or as a quotation of the paper; **P** our
proposal, because the paper could not be read on this point; **R** recalled from general knowledge.
Who invented a part and where it was printed is recalled throughout. INR-Bench names neither its 14
activations nor its 22 bases where we could read it: which of these belong to its variants is
not settled.

Two activations that others compare are not here. WIRE's wavelets are of complex numbers, between
complex weights: it is a model of its own, `wire`, and RealGabor is what its real layer shows.
INCODE's constants come from a second network that sees the signal, which no model here does;
ScaledSine is the same activation with constants that are learned. Made by `make pages`.
"""
LEARNED = {
    "encodings": "Learned in 2D",
    "activations": "Learned a layer",
    "bases": "Parameters, 64 to 64",
}
_PLACE = {"dims": 2, "shape": (256, 256), "fan_in": 64, "fan_out": 64, "first": False}


def to_markdown() -> str:
    """The whole page."""
    frames = [_frame(name) for name in registry.frames()]
    parts = [ABOUT.format(frames=" and ".join(frames)).rstrip()]
    for kind in registry.PARTS:
        if registry.names(kind):
            parts += [f"## {TITLES[kind]}", _table(kind)]
    return "\n\n".join(parts) + "\n"


def told(kind: str, name: str) -> dict[str, str]:
    """What a part's docstring says: title, formula, the fields that it has, and the note."""
    text = registry.file_of(kind, name).read_text(encoding="utf-8")
    first, *others = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")
    title, _, formula = first.partition(":")
    found = {"title": title, "formula": _line(formula).removesuffix(".")}
    notes = []
    for paragraph in others:
        said = re.split(rf"^({'|'.join(FIELDS)}):", paragraph, flags=re.MULTILINE)
        notes += [_line(said[0])] if said[0].strip() else []
        pairs = zip(said[1::2], said[2::2], strict=True)
        found |= {field.lower(): _line(value).removesuffix(".") for field, value in pairs}
    return found | {"note": " ".join(notes)}


def _frame(name: str) -> str:
    kinds = " and ".join(registry.declare("models", name).facts.made_of)
    return f"a frame `{name}` for {kinds}"


def _table(kind: str) -> str:
    columns = ["Name", "Formula", "Settings", LEARNED[kind]]
    columns += ["Features in 2D, 3D"] if kind == "encodings" else []
    columns += ["First weights"] if kind != "encodings" else []
    columns += ["Smoothness", "Derivatives", "Source", "Grade", "Note"]
    rows = [columns, ["---"] * len(columns)]
    rows += [_row(registry.declare(kind, name)) for name in registry.names(kind)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(part: Declaration) -> list[str]:
    said, count = told(part.kind, part.name), part.functions.get("parameters")
    learned = count(**_PLACE, **part.settings) if count else getattr(part.facts, "learned", 0)
    settings = ", ".join(f"`{k}: {_value(v)}`" for k, v in part.settings.items())
    row = [f"`{part.name}`", said["formula"], settings, f"{learned:,}"]
    if part.kind == "encodings":
        width = part.functions["width"]
        places = ({"dims": d, "shape": (256,) * d} for d in (2, 3))
        row += [", ".join(f"{width(**place, **part.settings):,}" for place in places)]
    else:
        row += [said.get("weights", "")]
    often = {1: "one", 2: "two or more"}.get(part.facts.derivatives, "none")
    smooth = said.get("smoothness", "everywhere" if often == "two or more" else "")
    row += [smooth, often, *(said.get(k, "") for k in ("source", "grade", "note"))]
    return [cell.replace("|", "\\|") for cell in row]


def _value(setting: object) -> str:
    return "null" if setting is None else str(setting)


def _line(text: str) -> str:
    return " ".join(text.split())
